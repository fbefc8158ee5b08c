import Testing

@testable import LocJob

@Suite("XML")
struct XMLReaderTests {
    /// `path=text` of every leaf.
    private func leaves(_ text: String) throws -> [String] { try leaves(bytes: Array(text: text)) }

    private func leaves(bytes: [UInt8]) throws -> [String] {
        var found: [String] = []
        try bytes.withExactView { view in
            try XMLReader.read(view) { (path, text) throws(Failure) in found.append("\(path.text)=\(text.text)") }
        }
        return found
    }

    @Test(
        "gives the text of its leaves, by path",
        arguments: [
            ("<a/>", ["a="]), ("<a></a>", ["a="]), ("<a>x</a>", ["a=x"]), ("<a>x</a >", ["a=x"]),
            ("<a><b>1</b><c><d>2</d></c></a>", ["a/b=1", "a/c/d=2"]),
            ("<a><b/><b>2</b></a>", ["a/b=", "a/b=2"]),
            ("<a>\n  <b> 1 </b>\n</a>\n", ["a/b= 1 "]),
            ("<a>before<b>1</b>behind</a>", ["a/b=1"]),
            ("<a xmlns=\"https://x/\" xmlns:n='y'><n:b n:c = \"1>2\">z</n:b></a>", ["a/b=z"]),
            ("<n:a><b>1</b></n:a>", ["a/b=1"]),
            ("<a b=\"&lt;&#10;'\" c='&quot;\"'/>", ["a="]),
            ("<a-1.b_c>é</a-1.b_c>", ["a-1.b_c=é"]),
            ("<é>1</é>", ["é=1"]),
            ("\u{FEFF}<a/>", ["a="]),
            ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a/>", ["a="]),
            ("<!-- - a & <b> --><?p i?><?p?><a><!----><?xml-x?>1<?p ?? > ?>2<!--3--></a><!--4-->\n<?p?>", ["a=12"]),
            ("<a><![CDATA[<b>&amp;]]]]><![CDATA[>]]>x</a>", ["a=<b>&amp;]]>x"]),
            ("<a>&lt;&gt;&amp;&apos;&quot;</a>", ["a=<>&'\""]),
            ("<a>&#65;&#x42;&#x1F600;&#128512;&#x0000041;</a>", ["a=AB😀😀A"]),
            ("<a>&amp;lt;</a>", ["a=&lt;"]),
            ("<a>1\r\n2\r3\n\r4</a>", ["a=1\n2\n3\n\n4"]),
            ("<a>&#13;</a>", ["a=\r"]),
            ("<a>] ]] ]> ></a>", ["a=] ]] ]> >"]),
        ] as [(String, [String])])
    func texts(_ text: String, _ expected: [String]) throws { #expect(try leaves(text) == expected) }

    @Test(
        "with a document type or definitions is refused, so that nothing expands",
        arguments: [
            "<!DOCTYPE a><a/>", "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
            "<!doctype html><html></html>", "<!ENTITY b 'c'><a/>", "<a><!ENTITY b 'c'></a>", "<a><!ELEMENT b></a>",
            "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>", "<!", "<a><!", "<a><!-", "<a><![CDAT", "<![CDATA[a]]>",
        ])
    func documentType(_ text: String) {
        let failure = failure { _ = try leaves(text) }
        #expect(failure?.code == .invalidResponse)
        #expect(failure?.message == "invalid response: XML has a document type or a declaration")
    }

    @Test(
        "that is malformed is refused, with the place",
        arguments: [
            ("", "ends where an element should be"), ("  ", "ends where an element should be"),
            ("x", "something else than an element at byte 0"), ("{}", "something else than an element at byte 0"),
            ("<", "ends where a name should be"), ("<a", "ends where the end of a tag should be"),
            ("<a>", "ends where an end tag should be"), ("<a>x", "ends where an end tag should be"),
            ("<a><b>", "ends where an end tag should be"), ("<a></", "ends where a name should be"),
            ("<a></a", "ends where the end of a tag should be"),
            ("<a></b>", "something else than the end tag of the open element at byte 6"),
            ("<a><b></a></b>", "something else than the end tag of the open element at byte 9"),
            ("<n:a></a>", "something else than the end tag of the open element"),
            ("<a/><b/>", "something else than the end at byte 4"), ("<a/>x", "something else than the end at byte 4"),
            ("<a/>&amp;", "something else than the end at byte 4"), ("</a>", "something else than a name at byte 1"),
            ("< a/>", "something else than a name at byte 1"), ("<1/>", "something else than a name at byte 1"),
            ("<a / >", "something else than the end of a tag at byte 3"), ("<a <b/>/>", "the end of a tag at byte 3"),
            ("<a b/>", "something else than '=' at byte 4"), ("<a b=c/>", "than a quotation mark at byte 5"),
            ("<a b='1'c='2'/>", "a space before an attribute at byte 8"), ("<a b='", "ends where the end of an attribute"),
            ("<a b='<'/>", "than the end of an attribute at byte 6"), ("<a b='&x;'/>", "than a reference"),
            ("<a>]]></a>", "something else than character data at byte 3"), ("<a><![CDATA[x]]</a>", "ends where ]]> should be"),
            ("<a><!--", "ends where -- should be"), ("<!-- a -- b --><a/>", "than the end of a comment at byte 9"),
            ("<!--->", "ends where -- should be"), ("<?p", "something else"), ("<?p ", "ends where ?> should be"),
            ("<??><a/>", "than a name at byte 2"), (" <?xml version='1.0'?><a/>", "than an instruction's name"),
            ("<a><?XML a?></a>", "than an instruction's name"), ("<?p/?><a/>", "than the end of a name at byte 3"),
        ])
    func malformed(_ text: String, _ message: String) {
        let failure = failure { _ = try leaves(text) }
        #expect(failure?.code == .invalidResponse)
        let expected = text == "<?p" ? "the end of a name" : message
        #expect(failure?.message.contains(expected) == true, "\(failure?.message ?? "")")
    }

    @Test(
        "refuses references that XML does not have of itself, and characters that it cannot hold",
        arguments: [
            "&nbsp;", "&LT;", "&;", "&", "&lt", "& ", "&#;", "&#x;", "&#0;", "&#x0;", "&#8;", "&#xD800;", "&#xDFFF;",
            "&#xFFFE;", "&#x110000;", "&#xFFFFFFFFF;", "&#4294967361;", "&#99999999999999999999;", "&#-65;", "&#+65;", "&#x-1;",
            "&#xg;", "&#X41;", "&#6 5;", "&#00000000000065;",
        ])
    func references(_ text: String) {
        let failure = failure { _ = try leaves("<a>\(text)</a>") }
        #expect(failure?.message == "invalid response: XML has something else than a reference that XML has of itself at byte 3")
    }

    @Test("that is not UTF-8, or has control characters, is refused", arguments: [
        ([0xFF], "is not UTF-8 at byte 3"), ([0xC3], "is not UTF-8 at byte 3"), ([0xED, 0xA0, 0x80], "is not UTF-8 at byte 3"),
        ([0x00], "has a control character at byte 3"), ([0x1B], "has a control character at byte 3"),
        ([0x41, 0x08], "has a control character at byte 4"), ([0xEF, 0xBF, 0xBE], "has a control character at byte 3"),
    ] as [([UInt8], String)])
    func characters(_ bytes: [UInt8], _ message: String) {
        let failure = failure { _ = try leaves(bytes: Array("<a>".utf8) + bytes + Array("</a>".utf8)) }
        #expect(failure?.message == "invalid response: XML \(message)")
    }

    @Test("in UTF-16 is refused")
    func utf16() {
        let bytes = "<a/>".utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        #expect(failure { _ = try leaves(bytes: [0xFF, 0xFE] + bytes) }?.code == .invalidResponse)
    }

    @Test("is read up to a depth, and no deeper")
    func depth() throws {
        func nested(_ count: Int) -> String {
            String(repeating: "<a>", count: count) + String(repeating: "</a>", count: count)
        }
        #expect(try leaves(nested(32)).count == 1)
        #expect(failure { _ = try leaves(nested(33)) }?.message == "invalid response: XML is nested more than 32 deep")
        #expect(failure { _ = try leaves(String(repeating: "<a>", count: 300_000)) }?.message.contains("32 deep") == true)
    }

    @Test("is read up to a length, and no longer; names too")
    func length() throws {
        let frame = "<a></a>".utf8.count
        let longest = String(repeating: "x", count: XMLReader.maximumLength - frame)
        #expect(try leaves("<a>\(longest)</a>") == ["a=\(longest)"])
        #expect(failure { _ = try leaves("<a>\(longest)y</a>") }?.message == "invalid response: XML of 1048577 bytes is too long")
        let name = String(repeating: "n", count: 256)
        #expect(try leaves("<\(name)/>") == ["\(name)="])
        #expect(failure { _ = try leaves("<\(name)n/>") }?.message == "invalid response: XML has a name that is too long")
    }

    @Test(
        "takes a time that grows with its length alone",
        .timeLimit(.minutes(1)),
        arguments: ["<a/>", "<a b='c'/>", "&lt;", "&", "]]", "<!--", "<!---->", "<?p?>", "<![CDATA[", "\r", "-", "<a b='", "é"])
    func time(_ piece: String) {
        let count = 1_000_000 / piece.utf8.count
        _ = try? leaves("<r>" + String(repeating: piece, count: count))
        _ = try? leaves(String(repeating: piece, count: count))
    }

    @Test("that ends anywhere is refused without a step beyond its end")
    func truncated() throws {
        let text = "\u{FEFF}<?xml version='1.0'?><!--c--><a b=\"1&amp;\"><n:b>x&#65;é</n:b><c/><![CDATA[d]]><?p i?></a>"
        #expect(try leaves(text) == ["a/b=xAé", "a/c="])
        let bytes = Array(text: text)
        for end in 0..<bytes.count {
            #expect(failure { _ = try leaves(bytes: Array(bytes[..<end])) }?.code == .invalidResponse, "\(end)")
        }
    }

    @Test("survives everything")
    func mutations() {
        var random = SeededRandom(17)
        let seeds = [
            "<?xml version='1.0'?><a b=\"1&amp;\"><n:b>x&#65;é</n:b><c/><![CDATA[d]]><?p i?><!--c--></a>",
            "<ErrorResponse xmlns=\"x\"><Error><Code>A</Code><Message>m</Message></Error></ErrorResponse>",
        ].map { Array(text: $0) }
        for _ in 0..<20_000 {
            let text = random.mutation(of: seeds, alphabet: Array("<>/&;#x!?-[]'\"= a\r\n".utf8))
            do {
                _ = try leaves(bytes: text)
            } catch let failure as Failure {
                #expect(failure.code == .invalidResponse)
            } catch {
                Issue.record(error)
            }
        }
    }
}
