import Testing

@testable import LocJob

@Suite("Text for people")
struct PrintableTests {
    private func printable(_ bytes: [UInt8], limit: Int = 1000) -> String {
        var result: Bytes = []
        bytes.withExactView { result.append(printable: $0, limit: limit) }
        return result.text
    }

    @Test(
        "has no control characters",
        arguments: [
            ("a\nb", "a b"), ("a\r\n\tb", "a   b"), ("\u{1B}[31m", " [31m"), ("\0", " "), ("\u{7F}", " "),
            ("\u{80}x\u{9F}", " x "),
            ("a\u{2028}b\u{2029}c", "a b c"), ("\u{FEFF}<x/>", " <x/>"), ("\u{202E}a\u{2066}b\u{200F}", " a b "),
            ("\u{A0}", "\u{A0}"), ("é日😀", "é日😀"), ("", ""),
        ])
    func controls(_ text: String, _ expected: String) {
        #expect(printable(Array(text.utf8)) == expected)
    }

    @Test("is valid UTF-8 whatever comes in")
    func invalid() {
        #expect(printable([0x61, 0xFF, 0x62]) == "a\u{FFFD}b")
        var random = SeededRandom(2)
        for _ in 0..<3000 {
            var result: Bytes = []
            random.bytes(upTo: 40).withExactView { result.append(printable: $0, limit: 1 + random.below(40)) }
            #expect(String(validating: result, as: Unicode.UTF8.self) != nil)
            #expect(!result.contains { $0 < 0x20 || $0 == 0x7F })
        }
    }

    @Test(
        "is cut at its limit, between characters",
        arguments: [
            ("abcdef", 6, "abcdef"), ("abcdef", 5, "abcde…"), ("abcdef", 0, "…"), ("", 0, ""), ("aéé", 3, "aé…"),
            ("aéé", 2, "a…"),
            ("😀", 3, "…"), ("😀", 4, "😀"),
        ])
    func limit(_ text: String, _ limit: Int, _ expected: String) {
        #expect(printable(Array(text.utf8), limit: limit) == expected)
    }

    @Test("is put together from its parts")
    func interpolation() {
        "b\nc".withView { view in
            let text: Text = "\(1) \(Int64(-2)) \("lit" as StaticString) \(quoted: view) \(printable: view) \(Text("t")) \(view)"
            #expect(text.text == "1 -2 lit \"b c\" b c t b\nc")
        }
    }

    @Test("that is quoted is cut to fit a message")
    func quoted() {
        let long = Bytes(repeating: UInt8(ascii: "x"), count: 5000)
        #expect(Text("\(quoted: long)").bytes.count < 250)
        #expect(Text("\(printable: long)").bytes.count < 1050)
    }
}
