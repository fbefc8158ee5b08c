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

    private func configuration(_ variables: [String: String], config: String = "") throws -> Configuration {
        var environment = Environment()
        environment.home = Bytes("/home/user")
        for (name, value) in variables {
            name.withView { name in value.withView { environment.set(name, $0) } }
        }
        let settings = try Settings(["region": "us-east-1"])
        let files = try SharedFiles(
            SharedFiles.Paths(settings, environment), config: .bytes(Array(text: config)), credentials: .absent)
        return try Configuration(settings, environment, files, Platform(system: [], systemVersion: [], architecture: []))
    }

    @Test("of the environment end at a time that is one")
    func expiration() throws {
        let variables = [
            "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "hush", "AWS_CREDENTIAL_EXPIRATION": "tomorrow",
        ]
        let failure = failure { _ = try configuration(variables).staticCredentials() }
        #expect(failure?.code == .invalidSetting)
        #expect(failure?.message.contains("AWS_CREDENTIAL_EXPIRATION") == true)
        #expect(failure?.message.contains("hush") == false)
    }

    @Test("of a chain of roles are those of a hundred profiles at most")
    func longChain() throws {
        func chain(_ length: Int) -> String {
            var config = "[default]\nrole_arn = arn:r\nsource_profile = p1\n"
            for index in 1..<length { config += "[profile p\(index)]\nrole_arn = arn:r\nsource_profile = p\(index + 1)\n" }
            return config + "[profile p\(length)]\naws_access_key_id = a\naws_secret_access_key = b\n"
        }
        let failure = failure { _ = try configuration([:], config: chain(5000)).staticCredentials() }
        #expect(failure?.code == .invalidSetting)
        #expect(failure?.message.contains("more than 100 profiles") == true)
    }
}
