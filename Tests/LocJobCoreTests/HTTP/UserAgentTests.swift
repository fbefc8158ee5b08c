import Testing

@testable import LocJob

@Suite("The User-Agent")
struct UserAgentTests {
    private func text(
        _ mode: RetryMode = .standard, custom: Bool = false, environment: String? = nil, app: String? = nil,
        system: String = "linux", version: String = "6.1.0-13", origin: CredentialOrigin = .environment
    ) -> String {
        let platform = Platform(
            system: Array(text: system), systemVersion: Array(text: version), architecture: Bytes("x86_64"))
        let agent = UserAgent(
            platform, retryMode: mode, isCustomEndpoint: custom, environmentName: environment.map { Array(text: $0) },
            appID: app.map { Array(text: $0) })
        let buffer = ByteBuffer()
        agent.write(try? .make(origin, accessKeyID: "a", secretAccessKey: "b", sessionToken: nil), to: buffer)
        return buffer.text
    }

    @Test("has the parts of the SDKs in their order")
    func parts() {
        let start = "locjob/\(Version.text.text) ua/2.1 os/linux#6.1.0-13 md/arch#x86_64 lang/swift"
        #expect(text() == "\(start) m/E,g cfg/retry-mode#standard")
        #expect(text(.legacy, custom: true, origin: .code) == "\(start) m/D,N,e cfg/retry-mode#legacy")
        #expect(
            text(environment: "AWS_Lambda_python3.12", app: "my/app")
                == "\(start) exec-env/AWS_Lambda_python3.12 m/E,g cfg/retry-mode#standard app/my-app")
    }

    @Test(
        "cannot be broken by what it is made of",
        arguments: ["a\r\nX: y", "a b", "é", "(x)", "a\0b", "a:b;c@d", "\u{FF}"])
    func tokens(_ value: String) {
        for agent in [text(environment: value), text(app: value), text(system: value), text(version: value)] {
            #expect(!agent.utf8.contains { $0 < 0x20 || $0 > 0x7E })
            #expect(agent.split(separator: " ").count <= 8)
        }
    }
}
