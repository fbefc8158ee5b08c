import Testing

@testable import LocJob

@Suite("Shared files")
struct SharedFilesTests {
    private func read(_ config: FileContents, named: Bool) throws -> SharedFiles {
        var environment = Environment()
        environment.home = Bytes("/home/user")
        let settings = try Settings(named ? ["config_file": "/etc/aws"] : [:])
        return try SharedFiles(SharedFiles.Paths(settings, environment), config: config, credentials: .absent)
    }

    @Test("that belong to another user are passed over with a warning")
    func denied() throws {
        let files = try read(.denied, named: false)
        #expect(files.warnings.map(\.text) == ["\"/home/user/.aws/config\" is not used: permission denied"])
        #expect(files.profile(Bytes("default")) == nil)
    }

    @Test("have what [DEFAULT] says in every section, unless that says otherwise")
    func common() throws {
        let text = "[a]\n[DEFAULT]\nx = all\ny = all\n[profile b]\ny = own\n[services s]\n[sso-session t]\n"
        let files = try read(.bytes(Bytes(text: text)), named: false)
        let profile = try #require(files.profile(Bytes("b")))
        #expect(profile.value("x")?.value == Bytes("all"))
        #expect(profile.value("y")?.value == Bytes("own"))
        #expect(files.services(Bytes("s"))?.value("x") != nil)
        #expect(files.ssoSession(Bytes("t"))?.value("x") != nil)
        #expect(files.profile(Bytes("default")) == nil)
        #expect(files.profile(Bytes("DEFAULT")) == nil)
    }

    @Test("that are named and cannot be read are a failure")
    func named() {
        let denied = failure { _ = try read(.denied, named: true) }
        #expect(denied?.code == .invalidFile)
        #expect(denied?.message == "\"/etc/aws\" cannot be read: permission denied")
        #expect(failure { _ = try read(.unreadable("it is a device"), named: false) }?.code == .invalidFile)
    }
}

@Suite("The Region of the machine")
struct InstanceRegionSettingsTests {
    private func isAsked(_ settings: [String: String], _ variables: [String: String] = [:]) throws -> Bool {
        var environment = Environment()
        for (name, value) in variables {
            name.withView { name in value.withView { environment.set(name, $0) } }
        }
        return try Resolver(Settings(settings), environment, SharedFiles()).instanceRegionSettings != nil
    }

    @Test("is asked for where nothing else names one, or the defaults depend on it")
    func needed() throws {
        #expect(try isAsked([:]))
        #expect(try !isAsked(["region": "us-east-1"]))
        #expect(try isAsked(["region": "us-east-1", "defaults_mode": "auto"]))
        let lambda = ["AWS_EXECUTION_ENV": "AWS_Lambda", "AWS_REGION": "us-east-1"]
        #expect(try !isAsked(["defaults_mode": "auto"], lambda))
    }

    @Test("is not asked for against the caller's will")
    func unwanted() throws {
        #expect(try !isAsked(["ec2_metadata_disabled": "true"]))
        #expect(try !isAsked(["use_environment": "false"]))
    }
}
