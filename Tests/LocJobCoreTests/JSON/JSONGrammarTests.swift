import Testing

@testable import LocJob

@Suite("JSON grammar")
struct JSONGrammarTests {
    @Test(
        "takes what RFC 8259 has",
        arguments: [
            "null", "true", "false", "0", "-0", "1", "-1", "123456789012345678901234567890", "1.5", "-0.1", "0e1",
            "0e+1", "1E22",
            "1E-2", "1.5e+3", "1e0100", "\"\"", "\"a\"", "\" \"", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\u0000\"",
            "\"\\u00e9\\uD83d\\uDe00\"",
            "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\u{7F}\"", "\"é日😀\"", "\"\u{2028}\u{2029}\"", "\"\u{FEFF}\"",
            "\"\u{FFFF}\"",
            "[]", "[ ]", "[1]", "[1,2]", "[[]]", "[null, 1, \"1\", {}]", " [1] ", "\n\t\r [\n\t\r1\n\t\r]\n\t\r",
            "[1,null,null,null,2]",
            "{}", "{ }", "{\"a\":1}", "{\"a\":1,\"b\":2}", "{\"a\":1,\"a\":2}", "{\"\":0}", "{\"a\" : [ ] }",
            "{\"\\u0061\":{}}",
            "[\"\\uFFFE\"]", "[-123123e100000]",
            "[0.4e00669999999999999999999999999999999999999999999999999999999999999999]",
        ])
    func accepts(_ text: String) throws {
        try text.withView { _ = try JSONReader.document($0) }
    }

    @Test(
        "refuses everything else",
        arguments: [
            "", " ", "\n", "nul", "nulL", "nullx", "True", "TRUE", "tru", "NaN", "Infinity", "-Infinity",
            "undefined", "-", "+1", "01", "-01",
            "00", "1.", ".5", "-.5", "1.e1", "1e", "1e+", "1E-", "1e1.5", "0x1", "1_0", "1,", "1 2", "- 1", "1e 1",
            "١", "１", "'a'", "\"",
            "\"a", "a\"", "\"\\\"", "\"\\", "\"\\a\"", "\"\\x41\"", "\"\\'\"", "\"\\u\"", "\"\\u1\"", "\"\\u12\"",
            "\"\\u123\"", "\"\\u123g\"",
            "\"\\U0041\"", "\"\\u 041\"", "\"\\u12", "\"\\ud83d\\u\"", "\"\\\0\"", "\"\n\"", "\"\t\"", "\"\u{1F}\"",
            "\"\0\"", "\"a\" \"b\"", "[", "]", "[1",
            "[1,", "[,", "[,]", "[1,]", "[1,,2]", "[,1]", "[1 2]", "[1:2]", "[1}", "[1]]", "[1],", "[\"a\",\n4\n,1,",
            "[1\u{C}]", "[\u{A0}1]", "[\u{2060}]", "[<null>]",
            "{", "}", "{]", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{,}", "{\"a\"}",
            "{\"a\",1}", "{\"a\" 1}", "{a:1}", "{1:1}", "{null:1}",
            "{'a':1}", "{\"a\":1 \"b\":2}", "{\"a\"::1}", "{\"a\":1,,\"b\":2}", "{\"a\":1}}", "{\"a\":1}#",
            "{\"a\":1}//", "{\"a\":/**/1}", "{\"a\":1}\0",
            "\u{FEFF}{}", "{}\u{FEFF}", "\u{FEFF}", "{}x", "null null", "\0", "[1]\0", "{\"a\":1}{\"b\":2}",
            "<html></html>", "*", "&",
        ])
    func refuses(_ text: String) {
        text.withView { view in
            let failure = failure { _ = try JSONReader.document(view) }
            #expect(failure?.code == .invalidResponse)
        }
    }

    @Test(
        "refuses strings that are not UTF-8",
        arguments: [[0xFF], [0x80], [0xC0, 0x80], [0xC3], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
            [0xF0, 0x80, 0x80, 0x80]] as [[UInt8]])
    func notUTF8(_ bytes: [UInt8]) {
        for text in [[0x22] + bytes + [0x22], [0x22, 0x61] + bytes + [0x22], [0x22] + bytes, bytes,
            [0x7B, 0x22] + bytes + Array("\":1}".utf8)] {
            text.withExactView { view in
                let failure = failure { _ = try JSONReader.document(view) }
                #expect(failure?.code == .invalidResponse)
            }
        }
    }

    @Test(
        "finds every special character at every place of a string",
        arguments: [
            (0x22, "the end"), (0x5C, "valid escape"), (0x00, "end of a string"), (0x1F, "end of a string"),
            (0x0A, "end of a string"),
            (0x80, "UTF-8"), (0xC3, "UTF-8"), (0xFF, "UTF-8"),
        ] as [(UInt8, String)])
    func placesInStrings(_ byte: UInt8, _ complaint: String) {
        for length in 0..<24 {
            for filler in [0x20, 0x21, 0x23, 0x5B, 0x5D, 0x7F] as [UInt8] {
                let text = [0x22] + [UInt8](repeating: filler, count: length) + [byte] + Array("        x".utf8)
                text.withExactView { view in
                    let failure = failure { _ = try JSONReader.document(view) }
                    #expect(failure?.message.contains(complaint) == true)
                }
            }
        }
    }

    @Test("takes documents as deep as is said, and refuses deeper ones", arguments: ["[", "{\"a\":"])
    func depth(_ opening: String) throws {
        let closing = opening == "[" ? "]" : "}"
        func document(_ depth: Int) -> String {
            let inner = opening == "[" ? "" : "0"
            return String(repeating: opening, count: depth) + inner + String(repeating: closing, count: depth)
        }
        try document(JSONReader.maximumDepth).withView { _ = try JSONReader.document($0) }
        for depth in [JSONReader.maximumDepth + 1, 100_000] {
            document(depth).withView { view in
                let failure = failure { _ = try JSONReader.document(view) }
                #expect(failure?.code == .invalidResponse)
                #expect(failure?.message.contains("\(JSONReader.maximumDepth)") == true)
            }
        }
    }

    @Test("says where a document goes wrong")
    func places() {
        "{\"a\": x}".withView { view in
            #expect(failure { _ = try JSONReader.document(view) }?.message.contains("byte 6") == true)
        }
        "{\"a\": ".withView { view in
            #expect(failure { _ = try JSONReader.document(view) }?.message.contains("ends") == true)
        }
    }
}
