import Foundation
import Testing

@testable import LocJob

/// The rest is in Tests/platform/c.
@Suite("A program that is run", .serialized)
struct ProgramTests {
    private func run(_ arguments: [String], seconds: Int64 = 20, _ first: Int32 = -1) -> Program.End {
        Program.run(
            arguments.map { Array(text: $0) }, deadline: System.now.monotonic + seconds * 1_000_000_000, first, -1)
    }

    private func result(_ arguments: [String]) throws -> ProgramResult {
        guard case .ended(let result) = run(arguments) else { throw Failure(.internalError, "it did not end") }
        return result
    }

    @Test("is told its words, and leaves status, output and errors")
    func ended() throws {
        let result = try result(["sh", "-c", "echo \"$1\"; echo why >&2; exit 3", "x", "a  b"])
        #expect(result.status == 3)
        #expect(result.output?.text == "a  b\n")
        #expect(result.errors.text == "why\n")
        #expect(result.problem.text == "")
    }

    @Test("may have no words at all, or empty ones")
    func words() throws {
        #expect(try result([]).problem.text == "cannot be run: there is no such program")
        #expect(try result(["printf", "[%s]", "", "x"]).output?.text == "[][x]")
    }

    @Test("may be missing")
    func missing() throws {
        let result = try result(["no-such-program-anywhere"])
        #expect(result.status == nil)
        #expect(result.problem.text == "cannot be run: there is no such program")
    }

    @Test("may be killed")
    func killed() throws {
        let result = try result(["sh", "-c", "kill -9 $$"])
        #expect(result.status == nil)
        #expect(result.problem.text == "was ended by signal 9")
    }

    @Test("may write too much")
    func flood() throws {
        let result = try result(["yes"])
        #expect(result.output == nil)
        #expect(result.problem.text == "wrote more than 65536 bytes")
    }

    @Test("may take too long")
    func tooLong() {
        guard case .timedOut(let errors) = run(["sh", "-c", "echo why >&2; sleep 100"], seconds: 1) else {
            Issue.record("it was not ended")
            return
        }
        #expect(errors.text == "why\n")
    }

    @Test("may be cancelled")
    func cancelled() throws {
        let event = try #require(Event.make())
        event.signal()
        guard case .cancelled = run(["sleep", "100"], event.descriptor) else {
            Issue.record("it was not cancelled")
            return
        }
    }
}

@Suite("A file that is written")
struct WriteTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)

    @Test("is whole, private and in a folder that is made for it")
    func written() throws {
        let path = folder.appending(path: "file").path
        defer { try? FileManager.default.removeItem(at: folder) }
        for contents in ["first", "", "third and longer"] {
            #expect(System.write(Array(text: path), Array(text: contents)) == nil)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == contents)
        }
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["file"])
    }

    @Test("may be impossible, which names the path and the reason")
    func impossible() {
        let failure = System.write(Bytes("/dev/null/hush"), Bytes("secret"))
        #expect(failure?.code == .credentialsFailed)
        #expect(failure?.message.text == "\"/dev/null/hush\" cannot be written: part of the path is not a directory")
    }
}
