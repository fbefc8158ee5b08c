import Foundation
import Testing

@testable import LocJob

@Suite("Outcomes")
struct OutcomeTests {
    private func object(_ bytes: Bytes) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    }

    @Test("of the service's errors have the shape of ClientError.response")
    func serviceError() throws {
        let talk = Conversation(try .make())
        _ = talk.start()
        let body = """
            {"message":"2 fields","reason":"FieldValidationFailed","fieldList":[{"name":"JobId","message":"too \\"long\\""}]}
            """
        let outcome = try #require(
            talk.respond(400, ["x-amzn-errortype: ValidationException", "x-amzn-requestid: id"], body).outcome)
        #expect(outcome.code == .validationError)
        #expect(outcome.errorCode.text == "ValidationException")
        #expect(outcome.message.text == "ValidationException: 2 fields")
        let json = try object(outcome.ownJSON)
        #expect(Set(json.keys) == ["Error", "ResponseMetadata", "Message", "Reason", "FieldList"])
        #expect(json["Message"] as? String == "2 fields")
        #expect(json["Error"] as? [String: String] == ["Code": "ValidationException", "Message": "2 fields"])
        #expect(json["Reason"] as? String == "FieldValidationFailed")
        #expect(json["FieldList"] as? [[String: String]] == [["Name": "JobId", "Message": "too \"long\""]])
        let metadata = try #require(json["ResponseMetadata"] as? [String: Any])
        #expect(metadata["RequestId"] as? String == "id")
        #expect(metadata["HTTPStatusCode"] as? Int == 400)
        #expect(metadata["RetryAttempts"] as? Int == 0)
    }

    @Test("of errors without reason have no members for it")
    func plain() throws {
        let talk = Conversation(try .make())
        _ = talk.start()
        let outcome = try #require(talk.respond(404, ["x-amzn-errortype: ResourceNotFoundException"], "{}").outcome)
        #expect(Set(try object(outcome.ownJSON).keys) == ["Error", "ResponseMetadata"])
        #expect(outcome.message.text == "ResourceNotFoundException")
    }

    @Test("of other failures have the same shape with the code's name")
    func failure() throws {
        let outcome = Outcome.failure(Failure(.noRegion, "no \"Region\"\n"))
        let json = try object(outcome.ownJSON)
        #expect(json["Error"] as? [String: String] == ["Code": "NO_REGION", "Message": "no \"Region\"\n"])
        #expect((json["ResponseMetadata"] as? [String: Int]) == ["RetryAttempts": 0])
        #expect(outcome.errorCode.text == "NO_REGION")
        #expect(outcome.requestID.isEmpty)
    }

    @Test(
        "have the request id of the last response",
        arguments: [
            (["x-amzn-requestid: a", "x-amz-request-id: b"], "a"),
            (["x-amz-request-id: b", "x-amzn-requestid: a"], "a"), (["x-amz-request-id: b"], "b"),
            (["X-AmzN-RequestId:  c "], "c"), (["other: x"], ""), ([], ""),
        ])
    func requestID(_ fields: [String], _ id: String) throws {
        let talk = Conversation(try .make())
        _ = talk.start()
        #expect(talk.respond(404, fields, "{}").outcome?.requestID.text == id)
    }

    @Test("have no request id when the last request had no response")
    func noRequestID() throws {
        let talk = Conversation(try .make(["max_attempts": "2"]))
        _ = talk.start()
        _ = talk.wake(talk.respond(503, ["x-amzn-requestid: a"], "{}"))
        #expect(talk.fail(.connectionLost).outcome?.requestID.text == "")
    }

    @Test("have request ids in ISO 8859-1 made UTF-8")
    func latin1ID() throws {
        let talk = Conversation(try .make())
        let memory = Memory()
        _ = talk.start()
        let head = memory.view(Array("HTTP/1.1 404 X\r\nx-amzn-requestid: caf".utf8) + [0xE9, 0x0D, 0x0A, 0x0D, 0x0A])
        let outcome = talk.answer(.response(HTTPResponse(status: 404, head: head, body: .empty), Timings())).outcome
        #expect(outcome?.requestID.text == "café")
        #expect(try object(try #require(outcome).metadata.json)["RequestId"] as? String == "café")
    }
}

@Suite("Traces")
struct TraceTests {
    @Test("are a JSON array with one object an attempt")
    func json() throws {
        var timings = Timings()
        timings.lookup = 1
        timings.connect = 2
        timings.tls = 3
        timings.firstByte = 4
        timings.total = 5
        let talk = Conversation(try .make())
        let memory = Memory()
        _ = talk.start()
        let head = memory.view("HTTP/1.1 503 X\r\nx-amzn-requestid: \"a\"\r\n\r\n")
        let step = talk.answer(.response(HTTPResponse(status: 503, head: head, body: .empty), timings))
        let pause = try #require(step.waitsUntil) - talk.now.monotonic
        _ = talk.wake(step)
        let outcome = try #require(talk.respond(200, [], JobBody.full).outcome)
        let array = try #require(JSONSerialization.jsonObject(with: Data(traceJSON(outcome.trace))) as? [[String: Any]])
        #expect(array.count == 2)
        let first = array[0]
        #expect(
            Set(first.keys) == ["status", "code", "request_id", "delay_us", "lookup_us", "connect_us", "tls_us",
                "first_byte_us", "total_us"])
        #expect(first["status"] as? Int == 503)
        #expect(first["code"] as? String == "503")
        #expect(first["request_id"] as? String == "\"a\"")
        #expect(first["delay_us"] as? Int64 == 0)
        for (name, value) in [("lookup_us", 1), ("connect_us", 2), ("tls_us", 3), ("first_byte_us", 4),
            ("total_us", 5)] {
            #expect(first[name] as? Int == value)
        }
        #expect(array[1]["status"] as? Int == 200)
        #expect(array[1]["code"] as? String == "")
        #expect(array[1]["delay_us"] as? Int64 == pause / 1000)
    }

    @Test("of nothing are an empty array")
    func empty() {
        #expect(traceJSON([]).text == "[]")
    }
}
