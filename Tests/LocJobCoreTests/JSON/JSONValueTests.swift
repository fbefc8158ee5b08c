import Testing

@testable import LocJob

@Suite("JSON values")
struct JSONValueTests {
    @Test(
        "of strings are decoded",
        arguments: [
            (#""""#, ""), (#""abc""#, "abc"), (#""a\"b\\c\/d""#, "a\"b\\c/d"),
            (#""\b\f\n\r\t""#, "\u{8}\u{C}\n\r\t"), (#""\u0041\u00e9\u20AC""#, "Aé€"),
            (#""\ud83d\ude00""#, "😀"), (#""\uD83D\uDE00!""#, "😀!"), (#""\udbff\udfff""#, "\u{10FFFF}"),
            (#""\ud800\udc00""#, "\u{10000}"),
            (#""\u0000x""#, "\0x"), (#""é日😀""#, "é日😀"), (#""é\n日""#, "é\n日"),
            // Half a pair.
            (#""\ud83d""#, "\u{FFFD}"), (#""\ude00""#, "\u{FFFD}"), (#""\ud83dx""#, "\u{FFFD}x"),
            (#""\ud83d\n""#, "\u{FFFD}\n"),
            (#""\ud83d\u0041""#, "\u{FFFD}A"), (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀"),
            (#""\ude00\ud83d""#, "\u{FFFD}\u{FFFD}"), (#""\ud83d😀""#, "\u{FFFD}😀"),
            (#""\uffff""#, "\u{FFFF}"),
        ])
    func strings(_ json: String, _ value: String) throws {
        try json.withView { view in
            let read = try JSONReader.document(view)
            #expect(read.kind == .string)
            #expect(read.string?.text == value)
            #expect(read.string(characters: 100)?.text == value)
            #expect(read.string(characters: 1).map { value.hasPrefix($0.text ?? "?") && $0.count <= 4 } == true)
            value.withView { #expect(read.equals($0)) }
            (value + "x").withView { #expect(!read.equals($0)) }
            #expect((read.plain == nil) == json.contains("\\"))
        }
    }

    @Test(
        "of strings are decoded in memory, also where they stand themselves",
        arguments: [
            #""""#, #""abc""#, #""\\""#, #""\u0041\u0000""#, #""\ud83d\ude00\ud83d\ude00""#,
            #""\ud83d\ud83d\ude00x""#, #""\udc00\udc00\udc00""#,
            #""😀\n😀\t😀""#, #""é\u00e9日\u65e5""#, #""a\"b\\c\/d\b\f\n\r\t""#,
        ])
    func inPlace(_ json: String) throws {
        var bytes = Array(text: json)
        let expected = try json.withView { try JSONReader.document($0).string }
        try bytes.withUnsafeMutableBufferPointer { buffer in
            let base = try #require(buffer.baseAddress)
            let value = try JSONReader.document(ByteView(base, count: buffer.count))
            let length = value.writeString(to: base)
            #expect(ByteView(base, count: length).bytes == expected)
        }
    }

    @Test("of other kinds are no strings", arguments: ["1", "null", "true", "[\"a\"]", "{\"a\":1}"])
    func others(_ json: String) throws {
        try json.withView { view in
            let value = try JSONReader.document(view)
            #expect(value.string == nil)
            #expect(value.plain == nil)
            #expect(!value.equals("a"))
            #expect(value.text.text == json)
        }
    }

    @Test("stand where they are in the text")
    func texts() throws {
        try " { \"a\" : [1, {\"b\":2}] , \"c\\n\":\"d\" } ".withView { view in
            var seen: [(String, String)] = []
            try JSONReader.object(view) { (key, value) throws(Failure) in seen.append((key.text.text,
                value.text.text)) }
            #expect(seen.map(\.0) == ["\"a\"", "\"c\\n\""])
            #expect(seen.map(\.1) == ["[1, {\"b\":2}]", "\"d\""])
        }
    }

    @Test("are looked at again, member by member and element by element")
    func again() throws {
        try "{\"a\":[1,\"x\",null],\"b\":{\"c\":1,\"c\":2}}".withView { view in
            var parts: [String] = []
            try JSONReader.object(view) { (_, value) throws(Failure) in
                if value.kind == .array {
                    try JSONReader.elements(of: value) { (element) throws(Failure) in parts.append(element.text.text) }
                } else {
                    try JSONReader.members(of: value) { (key, value) throws(Failure) in
                        parts.append("\(key.text.text)=\(value.text.text)")
                    }
                }
            }
            #expect(parts == ["1", "\"x\"", "null", "\"c\"=1", "\"c\"=2"])
        }
    }

    @Test("of other kinds have neither members nor elements", arguments: ["1", "null", "\"[]\"", "\"{}\"", "true"])
    func noParts(_ json: String) throws {
        try json.withView { view in
            let value = try JSONReader.document(view)
            try JSONReader.members(of: value) { (_, _) throws(Failure) in Issue.record("a member") }
            try JSONReader.elements(of: value) { (_) throws(Failure) in Issue.record("an element") }
        }
    }

    @Test("that must be objects are nothing else", arguments: ["[]", "1", "null", "\"{}\"", "true", ""])
    func objects(_ json: String) {
        json.withView { view in
            let failure = failure { try JSONReader.object(view) { (_, _) throws(Failure) in } }
            #expect(failure?.code == .invalidResponse)
            #expect(failure?.message.contains("an object") == true)
        }
    }

    @Test("end what reads them when it fails")
    func callerFails() {
        "{\"a\":1,\"b\":2}".withView { view in
            var count = 0
            let failure = failure {
                try JSONReader.object(view) { (_, _) throws(Failure) in
                    count += 1
                    throw Failure(.cancelled, "enough")
                }
            }
            #expect(failure?.code == .cancelled)
            #expect(count == 1)
        }
    }
}
