import Foundation

/// Files of the repository that tests read.
enum Repository {
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent()  // Support
        .deletingLastPathComponent()  // LocJobCoreTests
        .deletingLastPathComponent()  // Tests
        .deletingLastPathComponent()

    static let fixtures = root.appending(path: "Tests/fixtures")

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// The rows of a fixture, for a test's arguments. A fixture that cannot be read is a broken checkout.
    static func rows<Row: Decodable>(_ path: String, of type: Row.Type = Row.self) -> [Row] {
        try! JSONDecoder().decode([Row].self, from: Data(contentsOf: fixtures.appending(path: path)))
    }
}
