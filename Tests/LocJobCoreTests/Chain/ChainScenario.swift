import Foundation
import Testing

@testable import LocJob

/// One folder of Tests/fixtures/chain: a configuration, what is said between a client and the world, in
/// order, and what comes of it. Tests/fixtures/README.md describes the files.
struct ChainScenario: @unchecked Sendable, CustomTestStringConvertible {
    /// `provider/scenario`.
    let name: String
    let environment: [String: String]
    let settings: [String: String]
    /// What happens, one object each.
    let traffic: [[String: Any]]
    /// What each call comes to, in the order in which they began.
    let expected: [[String: Any]]
    /// Where the credentials come from that the client has at the end.
    let provider: String?
    /// When they end, at the earliest and at the latest; nil when they do not.
    let expiration: (String, String)?
    private let folder: URL

    var testDescription: String { name }

    static let all: [ChainScenario] = {
        let root = Repository.fixtures.appending(path: "chain")
        func folders(_ url: URL) -> [URL] {
            let all = try! FileManager.default.contentsOfDirectory(at: url, includingPropertiesForKeys: [.isDirectoryKey])
            return all.filter { $0.hasDirectoryPath }.sorted { $0.path < $1.path }
        }
        return folders(root).flatMap(folders).map { try! ChainScenario($0) }
    }()

    private init(_ folder: URL) throws {
        self.folder = folder
        name = "\(folder.deletingLastPathComponent().lastPathComponent)/\(folder.lastPathComponent)"
        func json<T>(_ file: String, _ standard: T) throws -> T {
            guard let data = try? Data(contentsOf: folder.appending(path: file)) else { return standard }
            return try #require(try JSONSerialization.jsonObject(with: data) as? T, "\(folder.path)/\(file)")
        }
        environment = try json("environment.json", [:])
        settings = try json("settings.json", [:])
        traffic = try json("traffic.json", [])
        let expected = try json("expected.json", [:] as [String: Any])
        self.expected = expected["calls"] as? [[String: Any]] ?? []
        provider = expected["provider"] as? String
        let range = expected["expiration"] as? [String]
        expiration = (range?.first ?? expected["expiration"] as? String).map { ($0, range?.last ?? $0) }
        try #require(expected["now"] as? String == "2026-11-24T06:07:08Z", "the clock is Conversation's")
    }

    /// The time at which it begins.
    static let start = Conversation.wallSeconds

    /// A file below `files/`, by its absolute path.
    func contents(_ path: String) -> Bytes? { data("files" + path) }

    private func data(_ path: String) -> Bytes? { (try? Data(contentsOf: folder.appending(path: path))).map { Bytes($0) } }

    /// Throws what the configuration has wrong.
    func client() throws -> ClientState {
        var environment = Environment()
        for (name, value) in self.environment {
            name.withView { name in value.withView { environment.set(name, $0) } }
        }
        environment.home = self.environment["HOME"] == "" ? nil : Bytes("/home/user")
        let settings = try Settings(self.settings)
        func read(_ name: String) -> FileContents { data(name).map { .bytes($0) } ?? .absent }
        let usesEnvironment = settings.usesEnvironment
        let files = usesEnvironment
            ? try SharedFiles(
                SharedFiles.Paths(settings, environment), config: read("config"), credentials: read("credentials"))
            : SharedFiles()
        let configuration = try Configuration(
            settings, usesEnvironment ? environment : Environment(), files,
            Platform(system: Bytes("linux"), systemVersion: Bytes("6.1"), architecture: Bytes("x86_64")),
            hasCallerProvider: traffic.contains { $0["caller"] != nil })
        return ClientState(configuration)
    }
}
