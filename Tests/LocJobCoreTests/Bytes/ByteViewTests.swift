import Testing

@testable import LocJob

@Suite("Views of bytes")
struct ByteViewTests {
    static let indices = [Int.min, Int.min + 1, -2, -1, 0, 1, 2, 3, 4, 5, 1000, Int.max - 1, Int.max]

    @Test("never trap on any index", arguments: indices)
    func subscripts(_ index: Int) {
        "abc".withView { view in
            let expected: UInt8 = (0..<3).contains(index) ? Array("abc".utf8)[index] : 0
            #expect(view[index] == expected)
        }
        #expect(ByteView.empty[index] == 0)
    }

    @Test("cut slices to what there is", arguments: indices, indices)
    func slices(_ start: Int, _ end: Int) {
        let text = Array("abc".utf8)
        let from = min(max(start, 0), 3)
        let to = min(max(end, from), 3)
        "abc".withView { view in
            #expect(view.slice(start, end).bytes == Array(text[from..<to]))
            #expect(view.from(start).bytes == Array(text[from...]))
            #expect(view.prefix(end).bytes == Array(text[..<min(max(end, 0), 3)]))
        }
        #expect(ByteView.empty.slice(start, end).isEmpty)
    }

    @Test("of nothing are empty whatever the count says", arguments: [0, 1, -1, Int.max, Int.min])
    func nothing(_ count: Int) {
        #expect(ByteView(nil, count: count).count == 0)
        #expect(ByteView(nil, count: count) == ByteView.empty)
    }

    @Test("of a negative count are empty")
    func negative() {
        "abc".withView { #expect(ByteView($0.base, count: -1).isEmpty) }
    }

    @Test(
        "compare by bytes",
        arguments: [
            ("", "", true), ("a", "a", true), ("a", "b", false), ("a", "", false), ("", "a", false),
            ("a\0", "a", false),
            ("é", "e\u{301}", false), ("a", "A", false),
        ])
    func equality(_ a: String, _ b: String, _ isEqual: Bool) {
        a.withView { a in
            b.withView { b in
                #expect((a == b) == isEqual)
                #expect((a != b) != isEqual)
                #expect(a.bytes.equals(b) == isEqual)
            }
        }
    }

    @Test(
        "compare ASCII letters without case",
        arguments: [
            ("Content-Type", "content-TYPE", true), ("", "", true), ("a", "aa", false), ("@", "`", false),
            ("[", "{", false),
            ("É", "é", false), ("k", "\u{212A}", false),
        ])
    func caseless(_ a: String, _ b: String, _ isEqual: Bool) {
        a.withView { a in b.withView { #expect(a.equalsIgnoringCase($0) == isEqual) } }
    }

    @Test(
        "know their beginnings and ends",
        arguments: [
            ("abc", "", true, true), ("abc", "a", true, false), ("abc", "bc", false, true),
            ("abc", "abc", true, true),
            ("abc", "abcd", false, false), ("", "", true, true), ("", "a", false, false), ("aXa", "a", true, true),
        ])
    func affixes(_ text: String, _ part: String, _ isPrefix: Bool, _ isSuffix: Bool) {
        text.withView { text in
            part.withView { part in
                #expect(text.hasPrefix(part) == isPrefix)
                #expect(text.hasSuffix(part) == isSuffix)
            }
        }
    }

    @Test("find bytes from both ends")
    func finding() {
        "a,b,c".withView { view in
            let comma = UInt8(ascii: ",")
            #expect(view.firstIndex(of: comma) == 1)
            #expect(view.firstIndex(of: comma, from: 2) == 3)
            #expect(view.firstIndex(of: comma, from: 4) == nil)
            #expect(view.firstIndex(of: comma, from: Int.max) == nil)
            #expect(view.firstIndex(of: comma, from: Int.min) == 1)
            #expect(view.lastIndex(of: comma) == 3)
            #expect(view.lastIndex(of: 0) == nil)
            #expect(!view.contains(0))
        }
        #expect(ByteView.empty.firstIndex(of: 0) == nil)
        #expect(ByteView.empty.lastIndex(of: 0) == nil)
    }

    @Test(
        "trim ASCII white space alone",
        arguments: [
            ("", ""), (" ", ""), ("\t\n\u{B}\u{C}\r ", ""), (" a b ", "a b"), ("a", "a"),
            ("\u{A0}a\u{A0}", "\u{A0}a\u{A0}"),
            ("\0a", "\0a"), ("\u{1F}a\u{8}", "\u{1F}a\u{8}"),
        ])
    func trimming(_ text: String, _ trimmed: String) {
        text.withView { #expect($0.trimmed.text == trimmed) }
    }

    /// What Unicode calls white space, and the four separators of ASCII, which Python's str.isspace takes for some.
    @Test("are stripped of all white space that there is, and of nothing else")
    func stripping() {
        for scalar in (UInt32(0)...0x10FFFF).lazy.compactMap(Unicode.Scalar.init) {
            let isSpace = scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
            guard isSpace || scalar.value < 0x3100 else { continue }
            let text = String(String.UnicodeScalarView([scalar]))
            "\(text)a\(text)b\(text)\(text)".withView { view in
                let expected = isSpace ? "a\(text)b" : "\(text)a\(text)b\(text)\(text)"
                #expect(view.stripped.text == expected, "\(scalar.value)")
            }
        }
        for bytes: Bytes in [[0xC2], [0xE2, 0x80], [0xA0], [0x80, 0x80]] { #expect(bytes.withView { $0.stripped.bytes } == bytes) }
    }

    @Test("lower ASCII letters alone")
    func lowering() {
        "AZaz@[`{ÄΩ09".withView { #expect($0.lowercased.text == "azaz@[`{ÄΩ09") }
    }
}
