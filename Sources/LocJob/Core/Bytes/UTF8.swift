import CCore

/// Strict UTF-8 (RFC 3629): no surrogates, no over-long forms, nothing above U+10FFFF.
enum UTF8 {
    /// The length of the valid sequence at `index`, or 0 when what stands there is not UTF-8.
    static func sequenceLength(_ text: ByteView, at index: Int) -> Int {
        let lead = text[index]
        if lead < 0x80 { return index < text.count ? 1 : 0 }
        func isTail(_ offset: Int, _ low: UInt8 = 0x80, _ high: UInt8 = 0xBF) -> Bool {
            let byte = text[index &+ offset]
            return byte >= low && byte <= high
        }
        switch lead {
        case 0xC2...0xDF: return isTail(1) ? 2 : 0
        case 0xE0: return isTail(1, 0xA0) && isTail(2) ? 3 : 0
        case 0xED: return isTail(1, 0x80, 0x9F) && isTail(2) ? 3 : 0
        case 0xE1...0xEF: return isTail(1) && isTail(2) ? 3 : 0
        case 0xF0: return isTail(1, 0x90) && isTail(2) && isTail(3) ? 4 : 0
        case 0xF1...0xF3: return isTail(1) && isTail(2) && isTail(3) ? 4 : 0
        case 0xF4: return isTail(1, 0x80, 0x8F) && isTail(2) && isTail(3) ? 4 : 0
        default: return 0
        }
    }

    /// The number of characters (scalar values), or nil when the text is not UTF-8.
    static func characterCount(_ text: ByteView) -> Int? {
        var index = text.plainRun
        var characters = index
        while index < text.count {
            let length = sequenceLength(text, at: index)
            if length == 0 { return nil }
            index += length
            characters += 1
        }
        return characters
    }

    static func isValid(_ text: ByteView) -> Bool { characterCount(text) != nil }
}

extension UTF8 {
    /// Controls, line separators, marks that turn the direction of text, and the byte order mark: what would
    /// break a line of a log or disguise it.
    fileprivate static func isUnprintable(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
        default: false
        }
    }
}

extension ByteView {
    /// As much of the start as fits `length` bytes without cutting a character.
    func prefix(characters length: Int) -> ByteView {
        var end = min(length, count)
        // Continuation bytes are 10xxxxxx, three at the most.
        for _ in 0..<3 where end < count && self[end] & 0xC0 == 0x80 { end -= 1 }
        return prefix(end)
    }
}

// MARK: - Scalar values

extension UTF8 {
    /// The scalar value at `index`, which moves past it; U+FFFD and one byte on for what is not UTF-8.
    static func scalar(_ text: ByteView, _ index: inout Int) -> UInt32 {
        let length = sequenceLength(text, at: index)
        let lead = UInt32(text[index])
        func tail(_ offset: Int) -> UInt32 { UInt32(text[index + offset] & 0x3F) }
        defer { index += max(length, 1) }
        switch length {
        case 1: return lead
        case 2: return (lead & 0x1F) << 6 | tail(1)
        case 3: return (lead & 0x0F) << 12 | tail(1) << 6 | tail(2)
        case 4: return (lead & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3)
        default: return 0xFFFD
        }
    }

    /// Writes a scalar value, U+FFFD for what is none, and returns the place behind it.
    static func write(_ scalar: UInt32, to memory: UnsafeMutablePointer<UInt8>)
        -> UnsafeMutablePointer<UInt8>
    {
        let isNone = (0xD800...0xDFFF).contains(scalar) || scalar > 0x10_FFFF
        let value = isNone ? 0xFFFD : scalar
        func low6(_ shift: UInt32) -> UInt8 { 0x80 | UInt8(truncatingIfNeeded: (value >> shift) & 0x3F) }
        switch value {
        case 0..<0x80:
            memory[0] = UInt8(truncatingIfNeeded: value)
            return memory + 1
        case 0x80..<0x800:
            memory[0] = 0xC0 | UInt8(truncatingIfNeeded: value >> 6)
            memory[1] = low6(0)
            return memory + 2
        case 0x800..<0x1_0000:
            memory[0] = 0xE0 | UInt8(truncatingIfNeeded: value >> 12)
            memory[1] = low6(6)
            memory[2] = low6(0)
            return memory + 3
        default:
            memory[0] = 0xF0 | UInt8(truncatingIfNeeded: value >> 18)
            memory[1] = low6(12)
            memory[2] = low6(6)
            memory[3] = low6(0)
            return memory + 4
        }
    }
}

extension Array where Element == UInt8 {
    /// The UTF-8 of a scalar value; U+FFFD for what is none.
    mutating func append(scalar: UInt32) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 4) { room in
            guard let base = room.baseAddress else { return }
            let end = UTF8.write(scalar, to: base)
            append(ByteView(base, count: end - base))
        }
    }

    /// Valid UTF-8 whatever the input: each byte that is part of no sequence becomes U+FFFD.
    mutating func append(lossy text: ByteView) {
        var index = 0
        while index < text.count {
            let length = UTF8.sequenceLength(text, at: index)
            if length == 0 {
                append(scalar: 0xFFFD)
                index += 1
            } else {
                append(text.slice(index, index + length))
                index += length
            }
        }
    }

    /// As `append(lossy:)`, on one line: a control character becomes a space, and what is longer than
    /// `limit` bytes ends in "…".
    mutating func append(printable text: ByteView, limit: Int) {
        var index = 0
        while index < text.count {
            let length = UTF8.sequenceLength(text, at: index)
            if index + Swift.max(length, 1) > limit {
                append(scalar: 0x2026)
                return
            }
            var next = index
            let isControl = length > 0 && UTF8.isUnprintable(UTF8.scalar(text, &next))
            if length == 0 {
                append(scalar: 0xFFFD)
            } else if isControl {
                append(UInt8(ascii: " "))
            } else {
                append(text.slice(index, index + length))
            }
            index += Swift.max(length, 1)
        }
    }
}
