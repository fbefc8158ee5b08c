// The values of JSON strings.

extension JSONValue {
    /// A string's text between the quotation marks, escapes and all.
    @inline(__always)
    private var inner: ByteView { ByteView(text.base.map { $0 + 1 }, count: text.count - 2) }

    /// A string's value where that is just its text; nil when it holds escapes.
    @inline(__always)
    var plain: ByteView? { kind == .string && !hasEscapes ? inner : nil }

    /// Whether a string's value is `other`.
    func equals(_ other: ByteView) -> Bool {
        if let plain { return plain == other }
        // The longest escape of a byte has six.
        guard kind == .string, inner.count <= other.count &* 6 else { return false }
        var value: Bytes = []
        decode { value.append(scalar: $0) }
        return value.equals(other)
    }

    /// A string's value; nil for anything that is no string.
    var string: Bytes? {
        guard kind == .string else { return nil }
        if let plain { return plain.bytes }
        var value: Bytes = []
        decode { value.append(scalar: $0) }
        return value
    }

    /// The first characters of a string's value; nil for anything that is no string.
    func string(characters limit: Int) -> Bytes? {
        guard kind == .string else { return nil }
        if let plain { return plain.prefix(characters: limit).bytes }
        var value: Bytes = []
        var left = limit
        decode { scalar in
            guard left > 0 else { return }
            value.append(scalar: scalar)
            left &-= 1
        }
        return value
    }

    /// Writes a string's value to memory that has room for its text, and returns its length, which is never
    /// more: the shortest escape of a character is at least as long as its UTF-8. The memory may be where
    /// the text itself was copied to.
    func writeString(to memory: UnsafeMutablePointer<UInt8>) -> Int {
        var end = memory
        decode { end = UTF8.write($0, to: end) }
        return end - memory
    }

    /// The scalar values of a string with escapes. Half a surrogate pair becomes U+FFFD: what leaves the
    /// library is valid UTF-8.
    private func decode(_ scalar: (UInt32) -> Void) {
        let inner = inner
        var index = 0
        while index < inner.count {
            if inner[index] == UInt8(ascii: "\\") {
                scalar(Self.escape(inner, &index))
            } else {
                scalar(UTF8.scalar(inner, &index))
            }
        }
    }

    private static func escape(_ text: ByteView, _ index: inout Int) -> UInt32 {
        let letter = text[index + 1]
        index += 2
        switch letter {
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "f"): return 0x0C
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "r"): return 0x0D
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "u"): break
        default: return UInt32(letter)
        }
        let high = hex4(text, index)
        index += 4
        guard (0xD800...0xDBFF).contains(high), text[index] == UInt8(ascii: "\\"),
            text[index + 1] == UInt8(ascii: "u")
        else { return (0xD800...0xDFFF).contains(high) ? 0xFFFD : high }
        let low = hex4(text, index + 2)
        guard (0xDC00...0xDFFF).contains(low) else { return 0xFFFD }
        index += 6
        return 0x1_0000 + (high - 0xD800) << 10 + (low - 0xDC00)
    }

    private static func hex4(_ text: ByteView, _ index: Int) -> UInt32 {
        var value: UInt32 = 0
        for i in 0..<4 { value = value << 4 | UInt32(text[index + i].hexValue ?? 0) }
        return value
    }
}
