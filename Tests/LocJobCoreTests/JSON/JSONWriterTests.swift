import Foundation
import Testing

@testable import LocJob

@Suite("JSON writer")
struct JSONWriterTests {
    private func parsed(_ bytes: Bytes) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
    }

    @Test(
        "writes strings that other readers read",
        arguments: ["", "abc", "\"\\/", "\u{0}\u{1}\u{8}\t\n\u{B}\u{C}\r\u{F}\u{10}\u{1F} \u{7F}", "é日😀",
            "\u{2028}\u{FEFF}\u{10FFFF}", "</script>"])
    func strings(_ value: String) throws {
        var writer = JSONWriter()
        value.withView { writer.string($0) }
        #expect(try parsed(writer.bytes) as? String == value)
    }

    @Test("writes short escapes where there are any in use")
    func escapes() {
        var writer = JSONWriter()
        writer.string(Array(text: "\"\\/\n\r\t\u{0}\u{1F}\u{7F}é"))
        #expect(writer.bytes.text == #""\"\\/\n\r\t\u0000\u001f"# + "\u{7F}é\"")
    }

    @Test("writes every ASCII character")
    func ascii() throws {
        for byte in 0..<0x80 as Range<UInt8> {
            var writer = JSONWriter()
            writer.string([0x61, byte, 0x62])
            #expect(try parsed(writer.bytes) as? String == "a\(Character(UnicodeScalar(byte)))b")
        }
    }

    @Test("writes valid UTF-8 whatever it is given")
    func lossy() throws {
        var writer = JSONWriter()
        writer.string([0x61, 0xFF, 0xE2, 0x82, 0x22, 0xED, 0xA0, 0x80])
        #expect(try parsed(writer.bytes) as? String == "a\u{FFFD}\u{FFFD}\u{FFFD}\"\u{FFFD}\u{FFFD}\u{FFFD}")
        var random = SeededRandom(7)
        for _ in 0..<2000 {
            let bytes = random.bytes(upTo: 30)
            var writer = JSONWriter()
            writer.string(bytes)
            var expected: Bytes = []
            bytes.withExactView { expected.append(lossy: $0) }
            #expect(try parsed(writer.bytes) as? String == expected.text)
        }
    }

    @Test("puts commas and colons in their places")
    func structure() throws {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("empty")
            writer.object { _ in }
            writer.key("list")
            writer.array { writer in
                writer.number(.min)
                writer.array { _ in }
                writer.object { writer in
                    writer.key("a\"b")
                    writer.raw("true")
                }
                writer.string("x" as ByteView)
                writer.number(.max)
            }
            writer.key("last")
            writer.number(0)
        }
        #expect(
            writer.bytes.text
                == #"{"empty":{},"list":[-9223372036854775808,[],{"a\"b":true},"x",9223372036854775807],"last":0}"#)
        try writer.bytes.withView { _ = try JSONReader.document($0) }
    }
}
