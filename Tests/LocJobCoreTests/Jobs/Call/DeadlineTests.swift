import Testing

@testable import LocJob

@Suite("A call's deadline")
struct DeadlineTests {
    @Test("is the client's, or the call's own")
    func lengths() throws {
        let client = try ClientState.make(["call_timeout_ms": "1500"])
        let now = Moment(monotonic: 7, wallSeconds: 0)
        #expect(Conversation(client, now: now).call.deadline == 1_500_000_007)
        #expect(Conversation(client, timeout: 5, now: now).call.deadline == 12)
        #expect(Conversation(client, timeout: .max, now: now).call.deadline == .max)
        #expect(Conversation(client, timeout: .max - 1, now: now).call.deadline == .max)
        #expect(Conversation(try .make(["call_timeout_ms": "0"]), now: now).call.deadline == .max)
        #expect(Conversation(try .make(), now: now).call.deadline == 360_000_000_007)
    }

    @Test("that has passed before the start sends nothing")
    func beforeStart() throws {
        let talk = Conversation(try .make(), timeout: 5_000_000)
        talk.pass(5)
        let outcome = try #require(talk.start().outcome)
        #expect(outcome.code == .deadlineExceeded)
        #expect(outcome.metadata.attempts == 0)
        #expect(outcome.message.text.contains("5 ms"))
        #expect(outcome.isRetryable)
    }

    @Test("during a request ends the call with what the request had come to")
    func whileSending() throws {
        let talk = Conversation(try .make(), timeout: 5_000_000)
        _ = talk.start()
        var timings = Timings()
        timings.connect = 123
        let outcome = try #require(talk.answer(.deadline(timings), after: 5).outcome)
        #expect(outcome.code == .deadlineExceeded)
        #expect(outcome.errorCode.text == "DEADLINE_EXCEEDED")
        #expect(outcome.metadata.attempts == 1)
        #expect(outcome.metadata.status == 0)
        #expect(outcome.trace.count == 1)
        #expect(outcome.trace.first?.timings.connect == 123)
        #expect(outcome.trace.first?.errorCode.text == "DEADLINE_EXCEEDED")
    }

    @Test("is never slept past: a pause that would end behind it ends the call at once, with the cause")
    func beforeWaiting() throws {
        let talk = Conversation(try .make(), timeout: 1_000_000_000)
        _ = talk.start()
        let outcome = try #require(talk.respond(429, ["x-amzn-requestid: id", "x-amz-retry-after: 2000"],
            "{\"message\":\"slow down\"}").outcome)
        #expect(outcome.code == .deadlineExceeded)
        #expect(outcome.message.text.contains("1000 ms"))
        #expect(outcome.message.text.contains("attempt 1"))
        #expect(outcome.message.text.contains("slow down"))
        #expect(outcome.metadata.status == 429)
        #expect(outcome.requestID.text == "id")
    }

    @Test("never lies before the end of a pause", arguments: 1...200 as ClosedRange<UInt64>)
    func pauses(_ seed: UInt64) throws {
        var random = SeededRandom(seed)
        let timeout = Int64(random.below(3_000_000_000)) + 1
        let talk = Conversation(try .make(["max_attempts": "50"]), timeout: timeout,
            random: (random.next(), random.next()))
        var step = talk.start()
        var rounds = 0
        while step.outcome == nil, rounds < 200 {
            rounds += 1
            if let until = step.waitsUntil {
                #expect(until < talk.call.deadline)
                step = talk.wake(step)
            } else {
                let hint = random.below(2) == 0 ? ["x-amz-retry-after: \(random.below(4000))"] : []
                step = talk.respond(random.below(2) == 0 ? 503 : 429, hint, "{}", after: Int64(random.below(50)))
            }
        }
        #expect(step.outcome != nil)
    }

    @Test("during a pause ends the call with the cause of the pause")
    func whileWaiting() throws {
        let talk = Conversation(try .make(), timeout: 3_000_000_000)
        _ = talk.start()
        #expect(talk.fail(.connectFailed).waitsUntil != nil)
        let outcome = try #require(talk.answer(.deadline(Timings()), after: 3000).outcome)
        #expect(outcome.code == .deadlineExceeded)
        #expect(outcome.message.text.contains("attempt 1 ended with: it failed"))
        #expect(outcome.metadata.attempts == 1)
        #expect(outcome.trace.count == 1)
    }

    @Test("that is noticed at waking sends nothing more")
    func atWaking() throws {
        let talk = Conversation(try .make(), timeout: 3_000_000_000)
        _ = talk.start()
        #expect(talk.fail(.connectFailed).waitsUntil != nil)
        let outcome = try #require(talk.answer(.woke, after: 5000).outcome)
        #expect(outcome.code == .deadlineExceeded)
        #expect(outcome.metadata.attempts == 1)
    }

    @Test("during a later request tells which attempt ended how")
    func laterRequest() throws {
        let talk = Conversation(try .make(), timeout: 3_000_000_000)
        _ = talk.start()
        _ = talk.wake(talk.respond(503, [], "{\"message\":\"busy\"}"))
        let outcome = try #require(talk.answer(.deadline(Timings()), after: 3000).outcome)
        #expect(outcome.message.text.contains("busy"))
        // It was the first attempt that ended so; the second never ended.
        #expect(!outcome.message.text.contains("attempt 2 ended with"))
        #expect(outcome.metadata.attempts == 2)
        #expect(outcome.trace.count == 2)
    }

    @Test("after a correction of the clock tells why there was a second attempt")
    func afterCorrection() throws {
        let talk = Conversation(try .make(), timeout: 3_000_000_000)
        _ = talk.start()
        let step = talk.respond(403, ["x-amzn-errortype: RequestExpired", "Date: Tue, 24 Nov 2026 07:07:08 GMT"],
            "{\"message\":\"too old\"}")
        #expect(step.sent != nil)
        let outcome = try #require(talk.answer(.deadline(Timings()), after: 3000).outcome)
        #expect(outcome.code == .deadlineExceeded)
        #expect(outcome.message.text.contains("RequestExpired"))
    }

    @Test("does not undo an answer that came in time")
    func inTime() throws {
        let talk = Conversation(try .make(), timeout: 3_000_000_000)
        _ = talk.start()
        #expect(talk.respond(200, [], JobBody.full, after: 2999).outcome?.code == .ok)
    }

    @Test("costs the quota nothing when no retry is made")
    func quota() throws {
        let client = try ClientState.make(["max_attempts": "3"])
        for _ in 0..<40 {
            let talk = Conversation(client, timeout: 20_000_000)
            _ = talk.start()
            #expect(talk.respond(503, ["x-amz-retry-after: 5000"], "{}").outcome?.code == .deadlineExceeded)
        }
        let talk = Conversation(client)
        _ = talk.start()
        #expect(talk.respond(503, [], "{}").waitsUntil != nil)
    }
}
