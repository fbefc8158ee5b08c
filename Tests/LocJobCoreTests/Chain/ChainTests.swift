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

    @Test("has a scenario for every provider")
    func coverage() {
        let providers = Set(ChainScenario.all.compactMap(\.provider))
        #expect(providers == Set(CredentialOrigin.allCases.map { $0.name.text }))
    }
}
