import Testing

@testable import LocJob

@Suite("Words of a command")
struct ShellWordsTests {
    struct Row: Decodable, Sendable {
        var command: String
        var words: [String]?
    }

    @Test("are those of Python's shlex", arguments: Repository.rows("credentials/process/words.json", of: Row.self))
    func shlex(_ row: Row) {
        #expect(row.command.withView { ShellWords.split($0) }.map { $0.map(\.text) } == row.words)
    }

    @Test("take time in proportion to their length")
    func long() {
        let text = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
        #expect(text.withView { ShellWords.split($0) }?.first?.count == 1_000_000)
    }
}
