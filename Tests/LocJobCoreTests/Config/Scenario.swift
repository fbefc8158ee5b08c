import Foundation
import Testing

@testable import LocJob

/// One folder of Tests/fixtures/config: environment, settings, files, and what they mean.
struct Scenario: Sendable, CustomTestStringConvertible {
    struct Failing: Decodable, Sendable {
        var code: String?
        var message: [String]?
    }

    struct Expected: Decodable, Sendable {
        struct Credentials: Decodable, Sendable {
            var access_key_id: String?
            var has_session_token: Bool?
            var provider: String?
            /// When they cannot be had.
            var code: String?
            var message: [String]?
        }

        var region, endpoint, base_path: String?
        var credentials: Credentials?
        /// When the configuration cannot be had.
        var code: String?
        var message: [String]?
        /// Parts of warnings, one each.
        var warnings: [String]?
        var retry_mode, ca_bundle, proxy, no_proxy, user_agent_end: String?
        var max_attempts, connect_timeout_ms, read_timeout_ms, call_timeout_ms, max_response_bytes,
            max_connections: Int64?
        var tcp_keepalive: Bool?
    }

    let name: String
    let environment: [String: String]
    let settings: [String: String]
    let config: Data?
    let credentials: Data?
    let expected: Expected
    /// What the expectation speaks of: null is not absent.
    let expectedKeys: Set<String>

    var testDescription: String { name }

    init(_ folder: URL) throws {
        func json<T: Decodable>(_ file: String, _ type: T.Type) throws -> T? {
            let url = folder.appending(path: file)
            guard FileManager.default.fileExists(atPath: url.path) else { return nil }
            return try JSONDecoder().decode(type, from: Data(contentsOf: url))
        }
        name = folder.lastPathComponent
        environment = try json("environment.json", [String: String].self) ?? [:]
        settings = try json("settings.json", [String: String].self) ?? [:]
        config = try? Data(contentsOf: folder.appending(path: "config"))
        credentials = try? Data(contentsOf: folder.appending(path: "credentials"))
        let url = folder.appending(path: "expected.json")
        expected = try JSONDecoder().decode(Expected.self, from: Data(contentsOf: url))
        let object = try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any]
        expectedKeys = Set((object ?? [:]).keys)
    }

    static let all: [Scenario] = {
        let folder = Repository.fixtures.appending(path: "config")
        let names = try! FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        return names.map { try! Scenario(folder.appending(path: $0)) }
    }()

    func configuration() throws -> Configuration {
        var environment = Environment()
        for (name, value) in self.environment { name.withView { name in value.withView { environment.set(name,
            $0) } } }
        environment.home = Bytes("/home/user")
        let settings = try Settings(self.settings)
        func contents(_ data: Data?) -> FileContents { data.map { .bytes(Bytes($0)) } ?? .absent }
        let files = try SharedFiles(
            SharedFiles.Paths(settings, environment), config: contents(config), credentials: contents(credentials))
        return try Configuration(
            settings, environment, files,
            Platform(system: Bytes("linux"), systemVersion: Bytes("6.1"), architecture: Bytes("x86_64")))
    }
}
