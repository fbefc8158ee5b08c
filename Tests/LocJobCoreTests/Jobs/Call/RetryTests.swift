import Testing

@testable import LocJob

@Suite("A call's retries")
struct RetryTests {
    @Test("are none after a success")
    func success() throws {
        let talk = Conversation(try .make())
        _ = talk.start()
        let outcome = try #require(talk.respond(200, ["x-amzn-requestid: id-1"], " \(JobBody.full)\n").outcome)
        #expect(outcome.code == .ok)
        #expect(outcome.job?.status.value == 4)
        #expect(outcome.body.text == JobBody.full)
        #expect(outcome.message.text.isEmpty)
        #expect(outcome.errorCode.isEmpty)
        #expect(!outcome.isRetryable)
        #expect(outcome.requestID.text == "id-1")
        #expect(outcome.metadata.status == 200)
        #expect(outcome.metadata.attempts == 1)
        #expect(outcome.trace.count == 1)
    }

    @Test("follow a failure of the service or of the way there, and end with the success")
    func recovery() throws {
        let talk = Conversation(try .make())
        _ = talk.start()
        _ = talk.wake(talk.respond(503))
        _ = talk.wake(talk.fail(.connectionLost))
        let outcome = try #require(talk.respond(200, [], JobBody.full).outcome)
        #expect(outcome.code == .ok)
        #expect(outcome.metadata.attempts == 3)
        #expect(outcome.trace.map(\.status) == [503, 0, 200])
        #expect(outcome.trace.map(\.errorCode.text) == ["503", "CONNECTION_LOST", ""])
    }

    @Test("wait inside their bounds", arguments: 1...40 as ClosedRange<UInt64>)
    func bounds(_ seed: UInt64) throws {
        let talk = Conversation(try .make(["max_attempts": "12", "call_timeout_ms": "0"]), random: (seed, seed &* 7))
        _ = talk.start()
        var limit: Int64 = 50_000_000
        for _ in 1..<12 {
            let step = talk.fail(.connectFailed)
            let pause = try #require(step.waitsUntil) - talk.now.monotonic
            #expect((0...limit).contains(pause))
            limit = min(limit * 2, 20_000_000_000)
            _ = talk.wake(step)
        }
        #expect(talk.fail(.connectFailed).outcome?.code == .connectFailed)
    }

    @Test("wait longer after throttling, and as the service hints")
    func hint() throws {
        for (fields, range) in [
            ([], 0...1_000_000_000), (["x-amz-retry-after: 3000"], 3_000_000_000...4_000_000_000),
            (["X-Amz-Retry-After: 600000"], 5_000_000_000...6_000_000_000),
            (["Retry-After: 100"], 0...1_000_000_000), (["x-amz-retry-after: -5"], 0...1_000_000_000),
            (["x-amz-retry-after: soon"], 0...1_000_000_000),
        ] as [([String], ClosedRange<Int64>)] {
            let talk = Conversation(try .make())
            _ = talk.start()
            let step = talk.respond(429, fields, "{}")
            let pause = try #require(step.waitsUntil) - talk.now.monotonic
            #expect(range.contains(pause), "\(fields)")
        }
    }

    @Test("end when the attempts are used up", arguments: [1, 2, 3, 7])
    func limit(_ attempts: Int) throws {
        let talk = Conversation(try .make(["max_attempts": "\(attempts)"]))
        var step = talk.start()
        var sent = 0
        while step.outcome == nil {
            if step.waitsUntil != nil {
                step = talk.wake(step)
            } else {
                sent += 1
                step = talk.respond(500, ["x-amzn-requestid: r\(sent)"], "{\"message\":\"m\(sent)\"}")
            }
        }
        let outcome = try #require(step.outcome)
        #expect(sent == attempts)
        #expect(outcome.code == .serverError)
        #expect(outcome.message.text == "500: m\(attempts)")
        #expect(outcome.requestID.text == "r\(attempts)")
        #expect(outcome.metadata.isMaxAttemptsReached)
        #expect(!outcome.metadata.isRetryQuotaReached)
        #expect(outcome.isRetryable)
    }

    @Test(
        "are not made of errors that stay",
        arguments: [
            (400, "ValidationException"), (403, "AccessDeniedException"), (404, "ResourceNotFoundException"),
            (403, "ExpiredTokenException"), (501, ""), (408, ""), (301, ""), (429, "AccessDeniedException"),
        ])
    func permanent(_ status: Int, _ name: String) throws {
        let talk = Conversation(try .make())
        _ = talk.start()
        let outcome = try #require(talk.respond(status, name.isEmpty ? [] : ["x-amzn-errortype: \(name)"],
            "{}").outcome)
        #expect(!outcome.isRetryable)
        #expect(outcome.metadata.attempts == 1)
        #expect(!outcome.metadata.isMaxAttemptsReached)
    }

    @Test(
        "are made of failures of the way",
        arguments: [
            Code.resolveFailed, .connectFailed, .proxyFailed, .tlsFailed, .connectionLost, .connectTimeout,
                .readTimeout, .invalidResponse,
        ])
    func transport(_ code: Code) throws {
        let talk = Conversation(try .make())
        _ = talk.start()
        #expect(talk.fail(code).waitsUntil != nil)
    }

    @Test(
        "are not made of failures that do not get better",
        arguments: [Code.certificateRejected, .responseTooLarge, .internalError])
    func hopeless(_ code: Code) throws {
        let talk = Conversation(try .make())
        _ = talk.start()
        let outcome = try #require(talk.fail(code).outcome)
        #expect(outcome.code == code)
        #expect(!outcome.isRetryable)
        #expect(outcome.message.text == "it failed")
        #expect(outcome.metadata.status == 0)
        #expect(outcome.trace.map(\.errorCode.text) == [String(code.name.text.dropFirst(7))])
    }

    @Test(
        "are made of a success that describes no job",
        arguments: ["", "{}", "null", "[]", "not JSON", "{\"JobId\":1}", "\u{FEFF}\(JobBody.full)"])
    func invalid(_ body: String) throws {
        let talk = Conversation(try .make(["max_attempts": "2"]))
        _ = talk.start()
        _ = talk.wake(talk.respond(200, [], body))
        let outcome = try #require(talk.respond(200, ["x-amzn-requestid: id"], body).outcome)
        #expect(outcome.code == .invalidResponse)
        #expect(outcome.errorCode.text == "INVALID_RESPONSE")
        #expect(outcome.message.text.hasPrefix("invalid response: "))
        #expect(outcome.isRetryable)
        #expect(outcome.metadata.status == 200)
        #expect(outcome.requestID.text == "id")
        #expect(outcome.job == nil)
        #expect(outcome.trace.map(\.errorCode.text) == ["INVALID_RESPONSE", "INVALID_RESPONSE"])
    }

    @Test(
        "of statuses below 200 or odd are errors, never a job",
        arguments: [0, 1, 100, 199, 300, 304, 399, 600, 999, -1])
    func oddStatus(_ status: Int) throws {
        let talk = Conversation(try .make())
        _ = talk.start()
        let outcome = try #require(talk.respond(status, [], JobBody.full).outcome)
        #expect(outcome.code != .ok)
    }

    @Test("end when the client's quota is used up, for all its calls")
    func quota() throws {
        let client = try ClientState.make(["max_attempts": "1000", "call_timeout_ms": "0"])
        let talk = Conversation(client)
        var step = talk.start()
        var sent = 1
        while step.outcome == nil {
            step = talk.respond(503, ["x-amzn-errortype: X"], "{}")
            if step.waitsUntil != nil {
                step = talk.wake(step)
                sent += 1
            }
        }
        let outcome = try #require(step.outcome)
        // 35 retries at 14 are 490 of 500.
        #expect(sent == 36)
        #expect(outcome.code == .serverError)
        #expect(outcome.isRetryable)
        #expect(outcome.metadata.isRetryQuotaReached)
        #expect(!outcome.metadata.isMaxAttemptsReached)
        #expect(outcome.metadata.json.text.contains("\"RetryQuotaReached\":true"))

        let second = Conversation(client)
        _ = second.start()
        #expect(second.fail(.connectFailed).outcome?.code == .connectFailed)
        // Ten are left, which pays for throttling.
        let third = Conversation(client)
        _ = third.start()
        #expect(third.respond(429, [], "{}").waitsUntil != nil)
    }

    @Test("give back to the quota what the last one cost when the call succeeds")
    func refund() throws {
        let client = try ClientState.make(["max_attempts": "3", "call_timeout_ms": "0"])
        // Each call costs 14 + 14 and gives back 14.
        for _ in 0..<34 {
            let talk = Conversation(client)
            _ = talk.start()
            _ = talk.wake(talk.respond(500, [], "{}"))
            _ = talk.wake(talk.respond(500, [], "{}"))
            #expect(talk.respond(200, [], JobBody.full).outcome?.code == .ok)
        }
        // 24 are left: one retry, and ten over.
        let talk = Conversation(client)
        _ = talk.start()
        _ = talk.wake(talk.respond(500, [], "{}"))
        #expect(talk.respond(500, [], "{}").outcome?.metadata.isRetryQuotaReached == true)
    }

    @Test("in legacy mode need no quota")
    func legacy() throws {
        let client = try ClientState.make(["max_attempts": "10", "retry_mode": "legacy", "call_timeout_ms": "0"])
        for _ in 0..<10 {
            let talk = Conversation(client)
            var step = talk.start()
            while step.outcome == nil {
                step = talk.respond(500, [], "{}")
                if step.waitsUntil != nil { step = talk.wake(step) }
            }
            #expect(step.outcome?.metadata.attempts == 10)
            #expect(step.outcome?.metadata.isRetryQuotaReached == false)
        }
    }

    @Test("in legacy mode are five attempts unless said otherwise, each asking for the mode")
    func legacyAttempts() throws {
        let talk = Conversation(try .make(["retry_mode": "legacy"]))
        let sent = try #require(talk.start().sent)
        #expect(sent["amz-sdk-request"] == "attempt=1; max=5")
        #expect(sent["User-Agent"]?.hasSuffix("m/D,e cfg/retry-mode#legacy") == true)
    }
}
