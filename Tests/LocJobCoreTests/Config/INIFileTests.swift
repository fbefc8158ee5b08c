import Testing

@testable import LocJob

@Suite("INI files")
struct INIFileTests {
    private func parse(_ text: String) throws -> INIFile {
        try text.withView { try INIFile($0, path: Bytes("/f")) }
    }

    private func entries(_ text: String) throws -> [String] {
        try parse(text).sections.flatMap { section in
            section.entries.map { "\(section.name.text)|\($0.key.text)|\($0.value.text)|\($0.line)" }
        }
    }

    @Test(
        "have sections, keys, values and lines",
        arguments: [
            ("[a]\nk = v\n", ["a|k|v|2"]),
            ("[a]\n\n\nk=v", ["a|k|v|4"]),
            ("[a]\nk = v\nK = w\n[b]\nk: x\n", ["a|k|v|2", "a|k|w|3", "b|k|x|5"]),
            ("[a]\nk\t=\tv\t\n", ["a|k|v|2"]),
            ("[a]\nk =\n", ["a|k||2"]),
            ("[a]\nk = v # no comment ; none\n", ["a|k|v # no comment ; none|2"]),
            ("[a]\n# c\n; c\n  # c\nk = v\n", ["a|k|v|5"]),
            ("[a]\nk = one\n  two\n\tthree\nl = x\n", ["a|k|one\ntwo\nthree|2", "a|l|x|5"]),
            ("[a]\nk = one\n\n  two\n\n\nl = x\n", ["a|k|one\n\ntwo|2", "a|l|x|7"]),
            ("[a]\nk = one\n# c\n  two\n", ["a|k|one\ntwo|2"]),
            ("[a]\n  k = one\n  l = two\n    more\n", ["a|k|one|2", "a|l|two\nmore|3"]),
            ("[a]\nk = one\n  [b]\n", ["a|k|one\n[b]|2"]),
            ("  [a]\n  k = v\n", ["a|k|v|2"]),
            ("[a] trailing\nk = v\n", ["a|k|v|2"]),
            ("[a]b]\nk = v\n", ["a]b|k|v|2"]),
            ("[ a ]\nk = v\n", [" a |k|v|2"]),
            ("[a]\r\nk = v\r\n", ["a|k|v|2"]),
            ("[a]\rk = v\r\rl = w", ["a|k|v|2", "a|l|w|4"]),
            ("\u{FEFF}[a]\nk = v\n", ["a|k|v|2"]),
            ("[a]\nkey with spaces = v\n", ["a|key with spaces|v|2"]),
            ("[a]\nÄ = é\n", ["a|Ä|é|2"]),
            ("\u{A0}[a]\u{A0}\n\u{A0}k\u{A0}=\u{3000}v\u{A0}\n\u{2003}\n", ["a|k|v|2"]),
            ("[a]\nk = one\n\u{A0}two\n", ["a|k|one\ntwo|2"]),
            ("[a]\n\u{2003}k = one\n l = two\n", ["a|k|one|2", "a|l|two|3"]),
            ("", []), ("\n\n", []), ("# c", []), ("[a]", []),
        ] as [(String, [String])])
    func values(_ text: String, _ expected: [String]) throws {
        #expect(try entries(text) == expected)
    }

    @Test("have nested blocks, each line with its number")
    func nested() throws {
        let file = try parse("[a]\nlocation =\n  endpoint_url = x = y\n  # comment\n\n  Other=z\nk = v\n")
        let nested = try #require(file.sections.first?.entries.first?.nested)
        #expect(nested.map { "\($0.key.text)|\($0.value.text)|\($0.line)" } == ["endpoint_url|x = y|3", "Other|z|6"])
        #expect(file.sections.first?.entries.count == 2)
    }

    @Test(
        "that are malformed are refused, by path and line",
        arguments: [
            ("k = v\n", 1), ("[a]\nk = v\nnonsense\n", 3), ("[a]\n= v\n", 2), ("[a]\n: v\n", 2), ("[]\n", 1),
            ("\n\n[a\n", 3), ("[a]\n\u{FEFF}x\n", 2),
            ("[a]\r\nk = v\r\nnonsense\r\n", 3), ("[a]\rnonsense", 2),
        ])
    func malformed(_ text: String, _ line: Int) {
        let failure = failure { _ = try parse(text) }
        #expect(failure?.code == .invalidFile)
        #expect(failure?.message.contains("\"/f\" line \(line)") == true)
    }

    @Test("that are not UTF-8 are refused, by line", arguments: [0, 1, 5])
    func notUTF8(_ lines: Int) {
        let bytes = Array(text: "[a]\n" + String(repeating: "k = v\n", count: lines)) + [0xFF]
        bytes.withExactView { view in
            let failure = failure { _ = try INIFile(view, path: Bytes("/f")) }
            #expect(failure?.code == .invalidFile)
            #expect(failure?.message.contains("line \(lines + 2)") == true)
        }
    }

    @Test("may be large without taking long")
    func large() throws {
        let text = "[a]\n" + String(repeating: "key = value\n  more\n\n", count: 20_000)
        #expect(try parse(text).sections.first?.entries.count == 20_000)
    }
}
