import Testing

@testable import LocJob

@Suite("The environment")
struct EnvironmentTests {
    private func environment(_ variables: [String: String], home: String? = "/home/user") -> Environment {
        var environment = Environment()
        for (name, value) in variables { name.withView { name in value.withView { environment.set(name, $0) } } }
        environment.home = home.map { Array(text: $0) }
        return environment
    }

    @Test(
        "expands paths as Python does",
        arguments: [
            ("/a/b", "/a/b"), ("", ""), ("~", "/home/user"), ("~/x", "/home/user/x"), ("~other/x", "~other/x"),
            ("/a/~", "/a/~"), ("$A", "one"), ("${A}", "one"),
            ("$A/${B}x", "one/two words" + "x"), ("$AB", "$AB"), ("${AB", "${AB"), ("${A", "${A"), ("${}", "${}"),
            ("$", "$"), ("$$A", "$one"), ("a$", "a$"), ("$1", "$1"),
            ("${A B}", "${A B}"), ("$A_", "$A_"), ("~$A", "~one"), ("\\$A", "\\one"), ("$NONE", "$NONE"),
            ("é$A", "éone"),
        ])
    func expansion(_ path: String, _ expanded: String) throws {
        let environment = environment(["A": "one", "B": "two words"])
        #expect(try environment.expand(path: Array(text: path)).text == expanded)
    }

    @Test("expands once, not what it put in")
    func once() throws {
        let environment = environment(["A": "$B", "B": "no"])
        #expect(try environment.expand(path: Bytes("$A")).text == "$B")
    }

    @Test("refuses a path that grows beyond what the system takes")
    func longPath() {
        let environment = environment(["A": String(repeating: "x", count: 1000)])
        let failure = failure { _ = try environment.expand(path: Array(text: String(repeating: "$A", count: 1000))) }
        #expect(failure?.code == .invalidSetting)
        #expect(failure.map { $0.message.utf8.count < 1000 } == true)
    }

    @Test("has no home when there is none")
    func homeless() throws {
        let environment = environment([:], home: nil)
        #expect(try environment.expand(path: Bytes("~/x")).text == "~/x")
        let paths = try SharedFiles.Paths(Settings(), environment)
        #expect(paths.config == nil)
        #expect(paths.credentials == nil)
    }

    @Test("counts an empty variable as unset")
    func empty() {
        let environment = environment(["A": ""])
        #expect(environment.value("A") == nil)
        #expect(environment.value("B") == nil)
    }

    @Test("names the shared files", arguments: [
        ([:], [:], "/home/user/.aws/config", "/home/user/.aws/credentials"),
        (["AWS_CONFIG_FILE": "/c", "AWS_SHARED_CREDENTIALS_FILE": "~/s"], [:], "/c", "/home/user/s"),
        (["AWS_CONFIG_FILE": "/c"], ["config_file": "/code", "shared_credentials_file": "~/code"], "/code",
        "/home/user/code"),
        (["AWS_CONFIG_FILE": ""], [:], "/home/user/.aws/config", "/home/user/.aws/credentials"),
    ] as [([String: String], [String: String], String, String)])
    func files(_ variables: [String: String], _ settings: [String: String], _ config: String,
        _ credentials: String) throws {
        let paths = try SharedFiles.Paths(try Settings(settings), environment(variables))
        #expect(paths.config?.text == config)
        #expect(paths.credentials?.text == credentials)
    }

    @Test("leads to a file that cannot be read, which is an error that names it")
    func unreadable() {
        let failure = failure {
            _ = try SharedFiles(
                SharedFiles.Paths(Settings(), environment([:])), config: .unreadable("Permission denied"),
                    credentials: .absent)
        }
        #expect(failure?.code == .invalidFile)
        #expect(failure?.message.contains("/home/user/.aws/config") == true)
        #expect(failure?.message.contains("Permission denied") == true)
    }
}
