import Testing

@testable import LocJob

@Suite("Job ids")
struct JobIDTests {
    @Test(
        "may be anything of 1 to 200 characters",
        arguments: [
            "a", "job-1", "-._", "a.b", "...", ".a", "a.", " ", "a/b", "../x", "é",
            String(repeating: "x", count: 200), String(repeating: "é", count: 200),
            String(repeating: "😀", count: 200), "%2e", "a\nb", "\u{FEFF}",
        ])
    func accepted(_ text: String) throws {
        #expect(try text.withView { try JobID($0) }.bytes.text == text)
    }

    @Test(
        "are refused when empty, too long or a dot segment",
        arguments: [
            ("", "empty"), (".", "\".\""), ("..", "\"..\""), (String(repeating: "x", count: 201), "201"),
            (String(repeating: "é", count: 201), "201"),
            (String(repeating: "x", count: 100_000), "100000"),
        ])
    func refused(_ text: String, _ part: String) {
        text.withView { view in
            let failure = failure { _ = try JobID(view) }
            #expect(failure?.code == .invalidJobID)
            #expect(failure?.message.contains(part) == true)
            #expect((failure?.message.utf8.count ?? 0) < 400)
        }
    }

    @Test("are refused when they are not UTF-8", arguments: [[0xFF], [0x61, 0xC3], [0xED, 0xA0, 0x80]] as [Bytes])
    func notUTF8(_ bytes: Bytes) {
        bytes.withExactView { view in
            let failure = failure { _ = try JobID(view) }
            #expect(failure?.code == .invalidJobID)
            #expect(failure?.message.contains("UTF-8") == true)
        }
    }
}
