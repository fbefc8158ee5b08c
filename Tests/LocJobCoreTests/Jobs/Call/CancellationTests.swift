import Testing

@testable import LocJob

@Suite("A call that is cancelled")
struct CancellationTests {
    private func check(_ step: Conversation.Step, attempts: Int, status: Int = 0) throws {
        let outcome = try #require(step.outcome)
        #expect(outcome.code == .cancelled)
        #expect(outcome.errorCode.text == "CANCELLED")
        #expect(!outcome.isRetryable)
        #expect(outcome.metadata.attempts == attempts)
        #expect(outcome.metadata.status == status)
        #expect(outcome.trace.count == attempts)
    }

    @Test("before its start ends without a request")
    func beforeStart() throws {
        let talk = Conversation(try .make())
        try check(talk.answer(.cancelled(Timings())), attempts: 0)
    }

    @Test("during a request ends with that attempt")
    func whileSending() throws {
        let talk = Conversation(try .make())
        _ = talk.start()
        try check(talk.answer(.cancelled(Timings())), attempts: 1)
    }

    @Test("during a pause ends with the attempt before it")
    func whileWaiting() throws {
        let talk = Conversation(try .make())
        _ = talk.start()
        #expect(talk.respond(503, [], "{}").waitsUntil != nil)
        try check(talk.answer(.cancelled(Timings())), attempts: 1, status: 503)
    }

    @Test("during a second request ends with both")
    func whileRetrying() throws {
        let talk = Conversation(try .make())
        _ = talk.start()
        _ = talk.wake(talk.respond(503, [], "{}"))
        try check(talk.answer(.cancelled(Timings())), attempts: 2)
    }

    @Test("during a pause leaves the share of its retry to others")
    func retryQuota() throws {
        let client = try ClientState.make()
        for _ in 0..<200 {
            let talk = Conversation(client)
            _ = talk.start()
            #expect(talk.respond(503, [], "{}").waitsUntil != nil)
            try check(talk.answer(.cancelled(Timings())), attempts: 1, status: 503)
        }
    }
}
