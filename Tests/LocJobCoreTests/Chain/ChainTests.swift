import Testing

@testable import LocJob

@Suite("The credential chain, scenario by scenario")
struct ChainTests {
    @Test("asks for what is expected and nothing else, and signs with what comes of it", arguments: ChainScenario.all)
    func scenario(_ scenario: ChainScenario) throws {
        let client: ClientState
        do {
            client = try scenario.client()
        } catch let failure as Failure {
            let expected = scenario.expected.first ?? [:]
            #expect(failure.code.name.text == expected["code"] as? String, "\(failure)")
            for part in expected["message"] as? [String] ?? [] { #expect(failure.message.text.contains(part), "\(failure)") }
            #expect(!failure.message.text.contains("hush"))
            #expect(scenario.traffic.isEmpty)
            return
        }
        try ChainPlay(scenario, client).play()
    }

    @Test("tells of the answer that called the credentials expired, which is gone, when there are no others")
    func borrowedAnswer() throws {
        let scenario = try #require(ChainScenario.all.first { $0.name == "expiry/service-says-expired" })
        let now = Moment(monotonic: 1, wallSeconds: Conversation.wallSeconds)
        let call = try ChainCall(try scenario.client(), at: now)
        let keys = #"{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "B", "SessionToken": "C", "Expiration": "2026-11-24T07:07:08Z"}"#
        call.answer(.ran(ProgramResult(status: 0, output: Array(text: keys), errors: [], problem: "")), at: now)
        call.respond(403, ["x-amzn-ErrorType: ExpiredTokenException", "x-amzn-RequestId: one"], "{}", at: now)
        call.overwriteResponse()
        call.answer(.ran(ProgramResult(status: 1, output: [], errors: [], problem: "")), at: now)
        guard case .finish(let outcome) = call.action else { return #expect(Bool(false), "\(call.wanted)") }
        #expect(outcome.code == .credentialsFailed)
        #expect(outcome.metadata.status == 403)
        #expect(outcome.metadata.head.bytes.text.hasPrefix("HTTP/1.1 403 X"))
        #expect(outcome.requestID.text == "one")
        #expect(outcome.trace.map(\.requestID.text) == ["one"])
    }

    @Test("has a scenario for every provider")
    func coverage() {
        let providers = Set(ChainScenario.all.compactMap(\.provider))
        #expect(providers == Set(CredentialOrigin.allCases.map { $0.name.text }))
    }
}
