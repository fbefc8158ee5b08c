import CCore

/// Owned bytes; text is UTF-8.
typealias Bytes = [UInt8]

/// Borrowed bytes: valid while the memory's owner lives, which is the business of whoever makes one.
///
/// Reading never traps: beyond the end every byte is 0, and slices are cut to what there is. Parsers
/// that must tell a NUL from the end compare their position with `count`.
struct ByteView: ExpressibleByStringLiteral {
    let base: UnsafePointer<UInt8>?
    let count: Int

    @inline(__always)
    init(_ base: UnsafePointer<UInt8>?, count: Int) {
        self.base = base
        self.count = base == nil || count < 0 ? 0 : count
    }

    @inline(__always)
    init(_ text: StaticString) {
        self.init(text.utf8Start, count: text.utf8CodeUnitCount)
    }

    @inline(__always)
    init(stringLiteral text: StaticString) {
        self.init(text)
    }

    static var empty: ByteView { ByteView(nil, count: 0) }

    var isEmpty: Bool { count == 0 }

    @inline(__always)
    subscript(index: Int) -> UInt8 {
        guard let base, UInt(bitPattern: index) < UInt(bitPattern: count) else { return 0 }
        return base[index]
    }

    /// The bytes from `start` up to `end`, cut to what there is.
    @inline(__always)
    func slice(_ start: Int, _ end: Int) -> ByteView {
        let from = min(max(start, 0), count)
        let to = min(max(end, from), count)
        guard let base else { return self }
        return ByteView(base + from, count: to - from)
    }

    func from(_ start: Int) -> ByteView { slice(start, count) }

    func prefix(_ length: Int) -> ByteView { slice(0, length) }

    /// An owned copy.
    @inline(never)
    var bytes: Bytes {
        // The length of the one empty array, which all threads share, would be written too.
        if isEmpty { return [] }
        return Bytes(unsafeUninitializedCapacity: count) { room, length in
            lj_copy(room.baseAddress, base, count)
            length = count
        }
    }
}

// MARK: - Looking

extension ByteView {
    @inline(__always)
    static func == (a: ByteView, b: ByteView) -> Bool {
        guard a.count == b.count else { return false }
        // b is the literal where there is one: the compiler knows its length.
        guard b.count > 0, let first = a.base, let second = b.base else { return true }
        return first[0] == second[0] && lj_equal(first, second, b.count) != 0
    }

    static func != (a: ByteView, b: ByteView) -> Bool { !(a == b) }

    /// Equality of ASCII text without regard to case.
    func equalsIgnoringCase(_ other: ByteView) -> Bool {
        guard count == other.count else { return false }
        for i in 0..<count where self[i] != other[i] && self[i].lowercased != other[i].lowercased { return false }
        return true
    }

    func hasPrefix(_ other: ByteView) -> Bool { prefix(other.count) == other }

    func hasSuffix(_ other: ByteView) -> Bool {
        count >= other.count && from(count - other.count) == other
    }

    func firstIndex(of byte: UInt8, from start: Int = 0) -> Int? {
        let rest = from(start)
        guard let base = rest.base else { return nil }
        let place = lj_find(base, rest.count, byte)
        return place < rest.count ? count - rest.count + place : nil
    }

    func lastIndex(of byte: UInt8) -> Int? {
        var i = count - 1
        while i >= 0 {
            if self[i] == byte { return i }
            i -= 1
        }
        return nil
    }

    /// Bytes at the start that are ASCII, no control characters and nothing that JSON escapes: all, most often.
    var plainRun: Int { base.map { lj_plain_end($0, $0 + count) - $0 } ?? 0 }

    func contains(_ byte: UInt8) -> Bool { firstIndex(of: byte) != nil }

    func contains(_ other: ByteView) -> Bool {
        guard other.count <= count else { return false }
        for start in 0...(count - other.count) where slice(start, start + other.count) == other { return true }
        return false
    }

    func contains(where matches: (UInt8) -> Bool) -> Bool {
        for i in 0..<count where matches(self[i]) { return true }
        return false
    }

    /// Without ASCII white space at both ends.
    var trimmed: ByteView {
        var from = 0
        var to = count
        while from < to, self[from].isSpace { from += 1 }
        while to > from, self[to - 1].isSpace { to -= 1 }
        return slice(from, to)
    }

    /// Without white space of any kind at both ends, such as the no-break spaces of text that was copied
    /// from a web page: what Python's str.strip leaves of UTF-8.
    var stripped: ByteView {
        var from = 0
        var to = count
        while from < to, spaceLength(at: from) > 0 { from += spaceLength(at: from) }
        var length = 1
        while length <= 3, to - length >= from {
            if spaceLength(at: to - length) == length {
                to -= length
                length = 1
            } else {
                length += 1
            }
        }
        return slice(from, to)
    }

    /// Bytes of the white space that begins at `index`; 0 for anything else.
    @inline(never)
    func spaceLength(at index: Int) -> Int {
        let first = self[index]
        let last = self[index + 2]
        if first.isSpace || first &- 0x1C < 4 { return 1 }
        switch (first, self[index + 1]) {
        case (0xC2, 0x85), (0xC2, 0xA0): return 2  // U+0085, U+00A0
        case (0xE1, 0x9A), (0xE3, 0x80): return last == 0x80 ? 3 : 0  // U+1680, U+3000
        case (0xE2, 0x80): return last &- 0x80 < 0x0B || last == 0xA8 || last == 0xA9 || last == 0xAF ? 3 : 0  // U+2000 to U+202F
        case (0xE2, 0x81): return last == 0x9F ? 3 : 0  // U+205F
        default: return 0
        }
    }

    var lowercased: Bytes {
        var result = bytes
        for i in result.indices { result[i] = result[i].lowercased }
        return result
    }

    /// `true` and `false` in any case, as botocore's ensure_boolean; nothing else is silently false.
    var boolean: Bool? {
        if equalsIgnoringCase("true") { return true }
        if equalsIgnoringCase("false") { return false }
        return nil
    }

    /// Digits alone, any number of them from one.
    var isNumber: Bool { !isEmpty && !contains { !$0.isDigit } }

    /// The value of decimal digits alone; nil for anything else or more than Int64 holds.
    var decimal: Int64? {
        guard count > 0 else { return nil }
        var value: Int64 = 0
        for i in 0..<count {
            guard self[i].isDigit else { return nil }
            let (times, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = times.addingReportingOverflow(Int64(self[i] &- UInt8(ascii: "0")))
            if overflow || carry { return nil }
            value = sum
        }
        return value
    }

    /// As `decimal`, with an optional sign in front.
    var signedDecimal: Int64? {
        switch self[0] {
        case UInt8(ascii: "-"): return from(1).decimal.map { 0 &- $0 }
        case UInt8(ascii: "+"): return from(1).decimal
        default: return decimal
        }
    }
}

// MARK: - Bytes as views

extension Array where Element == UInt8 {
    init(_ text: StaticString) { self = ByteView(text).bytes }

    /// Lends the bytes for the time of `body`.
    func withView<R, E: Error>(_ body: (ByteView) throws(E) -> R) throws(E) -> R {
        try withUnsafeBufferPointer { buffer throws(E) in
            try body(ByteView(buffer.baseAddress, count: buffer.count))
        }
    }

    @inline(never)
    mutating func append(_ view: ByteView) {
        append(contentsOf: UnsafeBufferPointer(start: view.base, count: view.count))
    }

    @inline(never)
    mutating func append(_ byte: UInt8) { append(contentsOf: CollectionOfOne(byte)) }

    /// Equality with text, by bytes.
    func equals(_ other: ByteView) -> Bool { withView { $0 == other } }
}

// MARK: - ASCII

extension UInt8 {
    var isDigit: Bool { self &- 0x30 < 10 }

    var isLetter: Bool { (self | 0x20) &- 0x61 < 26 }

    var isSpace: Bool { self == 0x20 || self &- 0x09 < 5 }

    var lowercased: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }

    /// The value of a hexadecimal digit.
    var hexValue: UInt8? {
        if isDigit { return self &- 0x30 }
        let letter = (self | 0x20) &- 0x61
        return letter < 6 ? letter &+ 10 : nil
    }
}
