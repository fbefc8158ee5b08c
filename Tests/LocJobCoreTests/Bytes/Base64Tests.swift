import Foundation
import Testing

@testable import LocJob

@Suite("Base64 for URLs")
struct Base64Tests {
    private func encoded(_ bytes: [UInt8]) -> String {
        let buffer = ByteBuffer()
        bytes.withExactView { buffer.append(base64URL: $0) }
        return buffer.text
    }

    @Test(
        "encodes the vectors of RFC 4648 without their padding",
        arguments: zip(
            ["", "f", "fo", "foo", "foob", "fooba", "foobar"], ["", "Zg", "Zm8", "Zm9v", "Zm9vYg", "Zm9vYmE", "Zm9vYmFy"]))
    func vectors(_ text: String, _ expected: String) { #expect(encoded(Array(text: text)) == expected) }

    @Test("has every digit of the alphabet in its place")
    func alphabet() {
        let all = (0..<16).flatMap { group -> [UInt8] in
            let digits = (0..<4).map { UInt32(group * 4 + $0) }
            let bits = digits.reduce(0) { $0 << 6 | $1 }
            return [UInt8(bits >> 16 & 255), UInt8(bits >> 8 & 255), UInt8(bits & 255)]
        }
        #expect(encoded(all) == "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    }

    @Test("is what Foundation makes of any bytes, in its alphabet")
    func random() {
        var random = SeededRandom(7)
        for _ in 0..<200 {
            let bytes = random.bytes(upTo: 100)
            let expected = Data(bytes).base64EncodedString().replacingOccurrences(of: "+", with: "-")
                .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
            #expect(encoded(bytes) == expected)
        }
    }
}
