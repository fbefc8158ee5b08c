import Testing

@testable import LocJob

@Suite("Credentials")
struct CredentialChainTests {
    @Test("have feature ids of their own in the User-Agent")
    func features() {
        #expect(CredentialOrigin.code.featureID.text == "e")
        #expect(CredentialOrigin.environment.featureID.text == "g")
        #expect(CredentialOrigin.sharedCredentialsFile.featureID.text == "n")
        #expect(CredentialOrigin.configFile.featureID.text == "n")
    }

    @Test(
        "with characters that no header can carry are refused without being shown",
        arguments: ["aws_access_key_id", "aws_secret_access_key", "aws_session_token"])
    func characters(_ name: String) throws {
        let values = ["aws_access_key_id": "a", "aws_secret_access_key": "b",
            "aws_session_token": "c"].merging([name: "hush\u{80}"]) { $1 }
        let failure = failure { _ = try Configuration.make(values).staticCredentials() }
        #expect(failure?.code == .invalidSetting)
        #expect(failure?.message.contains(name) == true)
        #expect(failure?.message.contains("hush") == false)
    }

    @Test("in code come whole or not at all", arguments: ["aws_access_key_id", "aws_secret_access_key"])
    func halves(_ name: String) throws {
        let settings = try Settings(["region": "us-east-1", name: "hush"])
        let configuration = try Configuration(
            settings, Environment(), SharedFiles(), Platform(system: [], systemVersion: [], architecture: []))
        let failure = failure { _ = try configuration.staticCredentials() }
        #expect(failure?.code == .partialCredentials)
        #expect(failure?.message.contains("aws_access_key_id") == true)
        #expect(failure?.message.contains("aws_secret_access_key") == true)
        #expect(failure?.message.contains("hush") == false)
    }
}
