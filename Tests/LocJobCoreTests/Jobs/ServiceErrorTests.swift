import Foundation
import Testing

@testable import LocJob

@Suite("Errors of the service")
struct ServiceErrorTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var status: Int
        var head: [UInt8]
        var body: [UInt8]
        var code: String
        var message: String
        var reason: String?
        /// As JSON text with sorted keys.
        var fieldList: String?
        /// Whether all of it is as botocore has it, `Message` beside `Error` included.
        var isSame: Bool
        var modelledMessage: String?

        var testDescription: String { name }

        /// What botocore makes of it, with what this library does otherwise on top.
        init(_ object: [String: Any]) {
            name = object["name"] as! String
            status = object["status"] as! Int
            head = (object["head"] as! String).unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
            let base64 = object["body_base64"] as? String
            body = base64.map { Array(Data(base64Encoded: $0)!) } ?? Array((object["body"] as! String).utf8)
            let response = object["response"] as? [String: Any] ?? [:]
            let error = response["Error"] as? [String: Any] ?? [:]
            let here = object["here"] as? [String: Any] ?? [:]
            code = (here["Code"] ?? error["Code"]) as? String ?? "(undecided)"
            message = (here["Message"] ?? error["Message"]) as? String ?? ""
            reason = response["Reason"] as? String
            fieldList = (response["FieldList"] as? [Any]).map(Self.text)
            isSame = object["here"] == nil
            modelledMessage = response["Message"] as? String
        }

        static func text(_ value: Any) -> String {
            let data = try! JSONSerialization.data(withJSONObject: value, options: [.sortedKeys, .fragmentsAllowed])
            return String(decoding: data, as: Unicode.UTF8.self)
        }
    }

    static let rows: [Row] = {
        let data = try! Data(contentsOf: Repository.fixtures.appending(path: "errors/responses.json"))
        return (try! JSONSerialization.jsonObject(with: data) as! [[String: Any]]).map(Row.init)
    }()

    private func error<R>(_ row: Row, _ look: (ServiceError) throws -> R) rethrows -> R {
        try row.head.withExactView { head in
            try row.body.withExactView { body in
                try look(ServiceError(HTTPResponse(status: row.status, head: head, body: body), mode: .standard))
            }
        }
    }

    @Test("are read as other clients read them", arguments: rows)
    func table(_ row: Row) throws {
        error(row) { error in
            #expect(error.name.text == row.code)
            #expect(error.message.text == row.message)
        }
        let talk = Conversation(try .make(["max_attempts": "1"]))
        let memory = Memory()
        _ = talk.start()
        let response = HTTPResponse(status: row.status, head: memory.view(row.head), body: memory.view(row.body))
        let outcome = try #require(talk.answer(.response(response, Timings())).outcome)
        #expect(outcome.errorCode.text == row.code)
        let json = try #require(JSONSerialization.jsonObject(with: Data(outcome.ownJSON)) as? [String: Any])
        // Foundation drops a byte order mark that begins a string.
        let written = try #require(json["Error"] as? [String: String])
        #expect(written == ["Code": row.code, "Message": row.message.trimmingPrefix("\u{FEFF}").description])
        #expect(json["Reason"] as? String == row.reason)
        #expect(json["FieldList"].map(Row.text) == row.fieldList)
        if row.isSame { #expect(json["Message"] as? String == row.modelledMessage) }
    }

    @Test("have names and messages that are valid text on one line for people", arguments: rows)
    func texts(_ row: Row) {
        error(row) { error in
            for bytes in [error.name, error.message, error.text.bytes] { #expect(String(validating: bytes,
                as: Unicode.UTF8.self) != nil) }
            #expect(!error.text.text.contains { $0 == "\n" || $0 == "\r" || $0 == "\r\n" })
            #expect(error.text.text.hasPrefix(error.name.text))
        }
    }

    @Test(
        "have a code of this library",
        arguments: [
            (400, "ValidationException", Code.validationError), (404, "ResourceNotFoundException", .notFound),
            (403, "AccessDeniedException", .accessDenied),
            (429, "ThrottlingException", .throttled), (400, "ThrottlingException", .throttled),
            (429, "Weird", .throttled), (503, "SlowDown", .throttled), (400, "PriorRequestNotComplete", .throttled),
            (500, "InternalServerException", .serverError), (500, "", .serverError), (503, "", .serverError),
            (501, "", .serverError), (599, "Odd", .serverError),
            (403, "InvalidSignatureException", .authenticationFailed),
            (403, "SignatureDoesNotMatch", .authenticationFailed),
            (403, "UnrecognizedClientException", .authenticationFailed),
            (403, "ExpiredTokenException", .authenticationFailed),
            (403, "MissingAuthenticationTokenException", .authenticationFailed),
            (400, "IncompleteSignatureException", .authenticationFailed),
            (403, "InvalidClientTokenId", .authenticationFailed), (403, "RequestExpired", .authenticationFailed),
            (404, "", .serviceError), (400, "Odd", .serviceError), (301, "", .serviceError),
            (403, "", .serviceError), (418, "", .serviceError),
            // The name counts, not the status.
            (200 + 300, "ResourceNotFoundException", .notFound), (404, "AccessDeniedException", .accessDenied),
        ])
    func codes(_ status: Int, _ name: String, _ code: Code) {
        let head = "HTTP/1.1 \(status) X\r\n" + (name.isEmpty ? "" : "x-amzn-errortype: \(name)\r\n") + "\r\n"
        head.withView { head in
            "{}".withView { body in
                let error = ServiceError(HTTPResponse(status: status, head: head, body: body), mode: .standard)
                #expect(error.code == code)
            }
        }
    }

    @Test("cut a long body that is no JSON, between characters", arguments: ["x", "é", "日", "😀", "xé日😀"])
    func longBody(_ part: String) {
        // Each start moves the cut to another place in a character.
        for start in ["", "a", "ab", "abc"] {
            (start + String(repeating: part, count: 100_000)).withView { body in
                let error = ServiceError(HTTPResponse(status: 400, head: .empty, body: body), mode: .standard)
                #expect((900...1100).contains(error.message.count))
                #expect(!error.message.text.contains("\u{FFFD}"))
            }
        }
    }

    @Test("keep 64 KiB of a message of JSON, and less in their text for people")
    func longMessage() {
        "{\"message\":\"\(String(repeating: "x", count: 100_000))\"}".withView { body in
            let error = ServiceError(HTTPResponse(status: 400, head: .empty, body: body), mode: .standard)
            #expect(error.message.count == 65_536)
            #expect(error.text.bytes.count < 2000)
        }
    }

    @Test(
        "have lists of fields that are odd, and never a crash",
        arguments: [
            "[1]", "[null]", "[[]]", "[{}]", "[{\"name\":1}]", "[{\"name\":null}]", "[\"a\"]",
            "[{\"name\":\"a\",\"name\":\"b\"}]", "{}", "\"a\"", "1",
        ])
    func oddLists(_ list: String) throws {
        try "{\"message\":\"m\",\"__type\":\"ValidationException\",\"fieldList\":\(list)}".withView { body in
            let error = ServiceError(HTTPResponse(status: 400, head: .empty, body: body), mode: .standard)
            #expect(error.code == .validationError)
            if !error.fieldList.isEmpty { _ = try JSONSerialization.jsonObject(with: Data(error.fieldList)) }
        }
    }
}
