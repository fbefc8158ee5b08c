import Testing

@testable import LocJob

@Suite("Byte buffers")
struct ByteBufferTests {
    @Test("hold what was appended, however it grows")
    func growth() {
        var random = SeededRandom(3)
        let buffer = ByteBuffer()
        var expected: [UInt8] = []
        for _ in 0..<200 {
            if random.below(3) == 0 {
                buffer.append(7 as UInt8)
                expected.append(7)
            } else {
                let bytes = random.bytes(upTo: 100)
                bytes.withExactView { buffer.append($0) }
                expected += bytes
            }
        }
        #expect(buffer.view.bytes == expected)
        #expect(buffer.count == expected.count)
        #expect(!buffer.isExhausted)
    }

    @Test("are empty at first and after being emptied")
    func empty() {
        let buffer = ByteBuffer()
        #expect(buffer.view.isEmpty)
        buffer.append(ByteView.empty)
        #expect(buffer.count == 0)
        buffer.append("abc" as ByteView)
        buffer.removeAll()
        #expect(buffer.view.isEmpty)
        buffer.append("de" as ByteView)
        #expect(buffer.text == "de")
    }

    @Test("say when memory cannot be had, and keep what they hold", arguments: [Int.max, Int.max / 2])
    func exhaustion(_ size: Int) {
        let buffer = ByteBuffer()
        buffer.append("abc" as ByteView)
        // Never read: there is no room for it.
        "x".withView { buffer.append(ByteView($0.base, count: size)) }
        #expect(buffer.isExhausted)
        #expect(buffer.text.hasPrefix("abc"))
        buffer.removeAll()
        #expect(!buffer.isExhausted)
        buffer.append("d" as ByteView)
        #expect(buffer.text == "d")
    }

    @Test("write hexadecimal digits in lower case")
    func hex() {
        let buffer = ByteBuffer()
        ([0x00, 0x09, 0x0A, 0x0F, 0x10, 0x9F, 0xA0, 0xFF] as Bytes).withView { buffer.append(hex: $0) }
        #expect(buffer.text == "00090a0f109fa0ff")
    }

    @Test("write hexadecimal digits of every byte at every place", arguments: 0...40)
    func hexPlaces(_ count: Int) {
        for first in stride(from: 0, to: 256, by: 7) {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: first + $0 * 11) }
            let buffer = ByteBuffer()
            bytes.withExactView { buffer.append(hex: $0) }
            #expect(buffer.text == bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
        }
    }
}
