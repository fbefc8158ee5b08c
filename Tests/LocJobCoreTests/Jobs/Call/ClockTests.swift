import Testing

@testable import LocJob

@Suite("A call whose clock is wrong")
struct ClockTests {
    /// An hour after the conversation's clock.
    private static let ahead = "Date: Tue, 24 Nov 2026 07:07:08 GMT"

    private func refuse(_ talk: Conversation, _ name: String = "RequestTimeTooSkewed",
        _ date: String? = ahead) -> Conversation.Step {
        talk.respond(403, ["x-amzn-errortype: \(name)"] + (date.map { [$0] } ?? []), "{\"message\":\"m\"}", after: 0)
    }

    @Test(
        "is corrected at once, without a pause",
        arguments: [
            "RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture", "InvalidSignatureException",
            "SignatureDoesNotMatch", "AuthFailure",
        ])
    func corrected(_ name: String) throws {
        let talk = Conversation(try .make())
        #expect(talk.start().sent?["X-Amz-Date"] == "20261124T060708Z")
        let sent = try #require(refuse(talk, name).sent)
        #expect(sent["X-Amz-Date"] == "20261124T070708Z")
        #expect(sent["Authorization"]?.contains("/20261124/") == true)
        #expect(sent["amz-sdk-request"] == "ttl=20261124T070808Z; attempt=2; max=3")
        let outcome = try #require(talk.respond(200, [], JobBody.full, after: 0).outcome)
        #expect(outcome.code == .ok)
        #expect(outcome.trace.map(\.errorCode.text) == [name, ""])
        #expect(outcome.trace.map(\.delay) == [0, 0])
    }

    @Test("is corrected when it is fast as when it is slow, and over midnight")
    func behind() throws {
        let talk = Conversation(try .make())
        _ = talk.start()
        let sent = try #require(refuse(talk, "RequestExpired", "Date: Mon, 23 Nov 2026 23:00:00 GMT").sent)
        #expect(sent["X-Amz-Date"] == "20261123T230000Z")
        #expect(sent["Authorization"]?.contains("Credential=AKID/20261123/") == true)
    }

    @Test("is remembered for the client's other calls")
    func remembered() throws {
        let client = try ClientState.make()
        let talk = Conversation(client)
        _ = talk.start()
        _ = refuse(talk)
        #expect(Conversation(client).start().sent?["X-Amz-Date"] == "20261124T070708Z")
    }

    @Test("is corrected once a call")
    func once() throws {
        let talk = Conversation(try .make())
        _ = talk.start()
        #expect(refuse(talk).sent != nil)
        let outcome = try #require(refuse(talk, "RequestTimeTooSkewed",
            "Date: Tue, 24 Nov 2026 09:00:00 GMT").outcome)
        #expect(outcome.code == .authenticationFailed)
        #expect(outcome.errorCode.text == "RequestTimeTooSkewed")
        #expect(outcome.metadata.attempts == 2)
    }

    @Test(
        "by no more than four minutes is not the reason",
        arguments: [
            ("06:11:08", false), ("06:11:09", true), ("06:03:08", false), ("06:03:07", true), ("06:07:08", false),
        ])
    func tolerance(_ time: String, _ isCorrected: Bool) throws {
        let talk = Conversation(try .make())
        _ = talk.start()
        let step = refuse(talk, "InvalidSignatureException", "Date: Tue, 24 Nov 2026 \(time) GMT")
        #expect((step.sent != nil) == isCorrected)
    }

    @Test("is measured from what the client has corrected already")
    func again() throws {
        let client = try ClientState.make()
        let first = Conversation(client)
        _ = first.start()
        _ = refuse(first)
        // The corrected clock agrees with the service: the signature is wrong for another reason.
        let second = Conversation(client)
        _ = second.start()
        #expect(refuse(second, "InvalidSignatureException").outcome?.code == .authenticationFailed)
        // The machine's clock was set right: the correction is now the error.
        let third = Conversation(client, now: Moment(monotonic: 0, wallSeconds: Conversation.wallSeconds + 3600))
        #expect(third.start().sent?["X-Amz-Date"] == "20261124T080708Z")
        #expect(refuse(third).sent?["X-Amz-Date"] == "20261124T070708Z")
    }

    @Test(
        "is not known without a Date",
        arguments: [nil, "Date: soon", "Date: 2026-11-24T07:07:08Z", "Date:", "Date: 1795504028"])
    func dateless(_ date: String?) throws {
        let talk = Conversation(try .make())
        _ = talk.start()
        #expect(refuse(talk, "RequestExpired", date).outcome?.code == .authenticationFailed)
    }

    @Test(
        "is not the reason of other errors",
        arguments: [
            "AccessDeniedException", "ExpiredTokenException", "UnrecognizedClientException", "ValidationException",
        ])
    func others(_ name: String) throws {
        let talk = Conversation(try .make())
        _ = talk.start()
        #expect(refuse(talk, name).outcome != nil)
    }

    @Test("is remembered for the next call when no attempt is left")
    func lastAttempt() throws {
        let client = try ClientState.make(["max_attempts": "1"])
        let talk = Conversation(client)
        _ = talk.start()
        #expect(refuse(talk).outcome?.code == .authenticationFailed)
        #expect(Conversation(client).start().sent?["X-Amz-Date"] == "20261124T070708Z")
    }

    @Test("is corrected in every call that was signed with it, whichever was answered first")
    func together() throws {
        let client = try ClientState.make()
        let first = Conversation(client)
        let second = Conversation(client)
        _ = first.start()
        _ = second.start()
        #expect(refuse(first).sent?["X-Amz-Date"] == "20261124T070708Z")
        #expect(refuse(second).sent?["X-Amz-Date"] == "20261124T070708Z")
    }

    @Test("counts as an attempt like any other")
    func attempts() throws {
        let talk = Conversation(try .make(["max_attempts": "3"]))
        _ = talk.start()
        _ = refuse(talk)
        _ = talk.wake(talk.respond(503, [], "{}"))
        let outcome = try #require(talk.respond(503, [], "{}").outcome)
        #expect(outcome.metadata.attempts == 3)
        #expect(outcome.trace.map(\.status) == [403, 503, 503])
    }

    @Test("is not sent again behind the deadline")
    func deadline() throws {
        let talk = Conversation(try .make(), timeout: 1_000_000_000)
        _ = talk.start()
        talk.pass(1000)
        #expect(refuse(talk).outcome?.code == .deadlineExceeded)
    }
}
