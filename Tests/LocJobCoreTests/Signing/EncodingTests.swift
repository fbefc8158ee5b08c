import Foundation
import Testing

@testable import LocJob

@Suite("Percent-encoding")
struct EncodingTests {
    @Test("keeps unreserved characters and writes every other byte in upper case", arguments: 0...255)
    func bytes(_ byte: Int) {
        let buffer = ByteBuffer()
        [UInt8(byte)].withExactView { buffer.append(percentEncoded: $0) }
        let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
        let digits = String(byte, radix: 16, uppercase: true)
        let escape = "%" + (byte < 16 ? "0" : "") + digits
        let expected = unreserved.contains(UInt8(byte)) ? String(UnicodeScalar(UInt8(byte))) : escape
        #expect(buffer.text == expected)
    }

    @Test(
        "of text goes byte by byte",
        arguments: [("", ""), ("a/b", "a%2Fb"), ("a b", "a%20b"), ("é", "%C3%A9"), ("😀", "%F0%9F%98%80"),
            ("%41", "%2541"), ("--__..~~", "--__..~~"), ("/", "%2F"), ("a+b", "a%2Bb")])
    func text(_ text: String, _ encoded: String) {
        let buffer = ByteBuffer()
        text.withView { buffer.append(percentEncoded: $0) }
        #expect(buffer.text == encoded)
    }

    @Test("comes to every byte of a long text", arguments: 0...40)
    func places(_ place: Int) {
        let letters = Array("azAZ09-._~".utf8)
        for byte in Array("/`{@[,:^} \u{7F}\0".utf8) + [0x80, 0xFF] {
            let text = (0...40).map { $0 == place ? byte : letters[$0 % 10] }
            let escape = Array(String(format: "%%%02X", byte).utf8)
            let buffer = ByteBuffer()
            text.withExactView { buffer.append(percentEncoded: $0) }
            #expect(buffer.view.bytes == text[..<place] + escape + text[(place + 1)...])
        }
    }

    @Test("may leave slashes alone")
    func slashes() {
        let buffer = ByteBuffer()
        "/a b//c/".withView { buffer.append(percentEncoded: $0, keepsSlash: true) }
        #expect(buffer.text == "/a%20b//c/")
    }

    @Test(
        "of canonical paths follows the removal of dots and doubled slashes",
        arguments: [
            ("", "/"), ("/", "/"), ("//", "/"), ("/.", "/"), ("/..", "/"), ("/./", "/"), ("/../", "/"), ("/a", "/a"),
            ("/a/", "/a/"), ("/a//", "/a/"), ("/a/.", "/a"),
            ("/a/..", "/"), ("/a/b/..", "/a"), ("/a/b/../", "/a/"), ("/../a", "/a"), ("/a/../../b", "/b"),
            ("/...", "/..."), ("/a/.b", "/a/.b"), ("/a./b", "/a./b"), ("/%2e", "/%252e"),
            ("/a%2F..", "/a%252F.."), ("//a///b", "/a/b"),
        ])
    func paths(_ path: String, _ canonical: String) {
        let buffer = ByteBuffer()
        path.withView { buffer.append(canonicalPath: $0) }
        #expect(buffer.text == canonical)
    }
}
