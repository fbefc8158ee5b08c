import Testing

@testable import LocJob

typealias Validator = LocJob.UTF8

@Suite("UTF-8")
struct UTF8Tests {
    /// The first and last bytes of each class of RFC 3629, and their neighbours.
    static let edges: [UInt8] = [
        0x00, 0x22, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED,
        0xEE,
        0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF8, 0xFF,
    ]

    private func compare(_ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) {
        let expected = String(validating: bytes, as: Unicode.UTF8.self)
        bytes.withExactView { view in
            if Validator.characterCount(view) != expected?.unicodeScalars.count {
                Issue.record("wrong about \(bytes)", sourceLocation: sourceLocation)
            }
        }
    }

    @Test("is judged as Swift judges it, for one, two and three bytes of every class")
    func short() {
        for a in 0...255 { compare([UInt8(a)]) }
        for a in 0...255 { for b in Self.edges { compare([UInt8(a), b]) } }
        for a in Self.edges { for b in Self.edges { for c in Self.edges { compare([a, b, c]) } } }
    }

    @Test(
        "is judged as Swift judges it, for four bytes of every class",
        arguments: [0xE0, 0xED, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5] as [UInt8])
    func long(_ lead: UInt8) {
        for b in Self.edges { for c in Self.edges { for d in Self.edges { compare([lead, b, c, d]) } } }
    }

    @Test("is judged as Swift judges it, for random bytes")
    func random() {
        var random = SeededRandom(1)
        for _ in 0..<5000 {
            compare((0..<random.below(12)).map { _ in Self.edges[random.below(Self.edges.count)] })
        }
    }

    @Test("of every scalar value is written and read back")
    func scalars() {
        var wrong = 0
        for value in stride(from: 0, through: 0x10FFFF, by: 7) {
            guard let scalar = Unicode.Scalar(UInt32(value)) else { continue }
            var bytes: Bytes = []
            bytes.append(scalar: UInt32(value))
            let read = bytes.withView { view in
                var index = 0
                let scalar = Validator.scalar(view, &index)
                return index == view.count ? scalar : nil
            }
            if bytes != Array(String(Character(scalar)).utf8) || read != UInt32(value) { wrong += 1 }
        }
        #expect(wrong == 0)
    }

    @Test(
        "of what is no scalar value is U+FFFD",
        arguments: [0xD800, 0xDBFF, 0xDC00, 0xDFFF, 0x110000, 0x7FFF_FFFF, UInt32.max])
    func noScalar(_ value: UInt32) {
        var bytes: Bytes = []
        bytes.append(scalar: value)
        #expect(bytes.text == "\u{FFFD}")
    }

    @Test("that is none becomes U+FFFD byte by byte")
    func lossy() {
        var bytes: Bytes = []
        ([0x61, 0xFF, 0xC3, 0x28, 0xE2, 0x82, 0xC3, 0xA9, 0xED, 0xA0,
        0x80] as Bytes).withView { bytes.append(lossy: $0) }
        #expect(bytes.text == "a\u{FFFD}\u{FFFD}(\u{FFFD}\u{FFFD}é\u{FFFD}\u{FFFD}\u{FFFD}")
    }

    @Test("is looked at safely beyond the end", arguments: [3, 4, 100, Int.max - 3, Int.max])
    func beyond(_ index: Int) {
        "abc".withView { #expect(Validator.sequenceLength($0, at: index) == 0) }
    }
}
