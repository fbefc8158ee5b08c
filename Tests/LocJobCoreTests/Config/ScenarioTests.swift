import Testing

@testable import LocJob

/// Secrets in the scenarios hold this word; no message may.
private let secretWord = "hush"

@Suite("Configuration, scenario by scenario")
struct ScenarioTests {
    @Test("means what is expected", arguments: Scenario.all)
    func scenario(_ scenario: Scenario) throws {
        let expected = scenario.expected
        if let code = expected.code {
            let failure = failure { _ = try scenario.configuration() }
            expect(failure, code, expected.message)
            return
        }
        let configuration = try scenario.configuration()
        #expect(configuration.region.text == expected.region)
        #expect(configuration.endpoint.origin.text == expected.endpoint)
        #expect(configuration.endpoint.basePath.text == expected.base_path)
        checkWarnings(configuration, expected.warnings ?? [])
        checkOthers(configuration, scenario)
        checkCredentials(configuration, try #require(expected.credentials))
    }

    private func expect(
        _ failure: (code: Code, message: String)?, _ code: String, _ parts: [String]?,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        guard let failure else { return }
        #expect(failure.code.name.text == code, "\(failure.message)", sourceLocation: sourceLocation)
        for part in parts ?? [] { #expect(failure.message.contains(part), sourceLocation: sourceLocation) }
        #expect(!failure.message.contains(secretWord), sourceLocation: sourceLocation)
        #expect(!failure.message.contains("\n"), sourceLocation: sourceLocation)
    }

    private func checkCredentials(_ configuration: Configuration, _ expected: Scenario.Expected.Credentials) {
        if let code = expected.code {
            expect(failure { _ = try configuration.staticCredentials() }, code, expected.message)
            return
        }
        // A provider that has to ask for them first.
        guard expected.access_key_id != nil else {
            let first = configuration.credentialChain.steps.first { if case .absent = $0.state { false } else { true } }
            #expect(first?.origin.name.text == expected.provider)
            return
        }
        do {
            let credentials = try configuration.staticCredentials()
            #expect(credentials.accessKeyID.text == expected.access_key_id)
            #expect((credentials.sessionToken != nil) == expected.has_session_token)
            #expect(credentials.origin.name.text == expected.provider)
            #expect(credentials.secretAccessKey.view.text.hasPrefix(secretWord))
        } catch {
            Issue.record(error)
        }
    }

    private func checkWarnings(_ configuration: Configuration, _ parts: [String]) {
        let warnings = configuration.warnings.map(\.text)
        #expect(warnings.count == parts.count)
        for part in parts { #expect(warnings.contains { $0.contains(part) }) }
        #expect(!warnings.contains { $0.contains(secretWord) })
    }

    private func checkOthers(_ configuration: Configuration, _ scenario: Scenario) {
        let expected = scenario.expected
        func check<T: Equatable>(_ key: String, _ got: T?, _ wanted: T?) {
            if scenario.expectedKeys.contains(key) { #expect(got == wanted, "\(key)") }
        }
        func milliseconds(_ time: Nanoseconds) -> Int64? { time == .max ? nil : time / 1_000_000 }
        check("retry_mode", configuration.retryMode.name.text, expected.retry_mode)
        check("max_attempts", configuration.maxAttempts, expected.max_attempts)
        check("connect_timeout_ms", milliseconds(configuration.connectTimeout), expected.connect_timeout_ms)
        check("read_timeout_ms", milliseconds(configuration.readTimeout), expected.read_timeout_ms)
        check("call_timeout_ms", milliseconds(configuration.callTimeout), expected.call_timeout_ms)
        check("max_response_bytes", Int64(configuration.maxResponseBytes), expected.max_response_bytes)
        check("max_connections", Int64(configuration.maxConnections), expected.max_connections)
        check("tcp_keepalive", configuration.usesTCPKeepAlive, expected.tcp_keepalive)
        check("ca_bundle", configuration.caBundle?.text, expected.ca_bundle)
        let proxy = configuration.endpoint.isHTTPS ? configuration.httpsProxy : configuration.httpProxy
        check("proxy", proxy?.text, expected.proxy)
        check("no_proxy", configuration.noProxy?.text, expected.no_proxy)
        if let end = expected.user_agent_end {
            let buffer = ByteBuffer()
            configuration.userAgent.write(try? .make(.environment, accessKeyID: "a", secretAccessKey: "b", sessionToken: nil), to: buffer)
            #expect(buffer.text.hasSuffix(end))
        }
    }
}
