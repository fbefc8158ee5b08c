/// A point in time to the nanosecond, as the service's JSON has it.
struct Timestamp: Equatable {
    /// Since 1970-01-01T00:00:00Z; negative before it.
    var seconds: Int64
    /// 0 to 999,999,999, on top of `seconds`.
    var nanoseconds: Int32

    init(seconds: Int64, nanoseconds: Int32 = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }
}

// MARK: - ISO 8601

extension Timestamp {
    /// Text of a timestamp member: ISO 8601 (the model's format) or an RFC 822 date.
    init?(text: ByteView) {
        if let timestamp = Timestamp(usual: text) ?? Timestamp(iso8601: text) ?? Timestamp(rfc822: text) {
            self = timestamp
        } else {
            return nil
        }
    }

    /// `2023-01-01`, or `2023-01-01T00:00:00` with any fraction and with `Z`, an offset or nothing, which
    /// means UTC. The basic form without separators is taken too.
    init?(iso8601 text: ByteView) {
        var scanner = Scanner(text)
        guard let year = scanner.digits(4) else { return nil }
        let isExtended = scanner.skip(UInt8(ascii: "-"))
        guard let month = scanner.digits(2), !isExtended || scanner.skip(UInt8(ascii: "-")),
            let day = scanner.digits(2)
        else { return nil }
        var time = TimeOfDay()
        if !scanner.isAtEnd {
            let isSeparated = scanner.skip(UInt8(ascii: "T"), or: UInt8(ascii: "t")) || scanner.skip(UInt8(ascii: " "))
            guard isSeparated, scanner.time(&time, isExtended: isExtended) else { return nil }
        }
        self.init(year, month, day, time, at: scanner)
    }

    /// `2023-01-01T00:00:00.000Z` alone, which is how the service writes them.
    private init?(usual text: ByteView) {
        guard text.count == 24, let base = text.base else { return nil }
        // Against 0000-00-00T00:00:00.000Z digits become their values and all else 0, eight bytes at a time: more than
        // 9 in a digit's place, or anything in another's, reaches the byte's top bit.
        func isOdd(_ place: Int, _ form: UInt64, _ room: UInt64) -> Bool {
            let word = UnsafeRawPointer(base).loadUnaligned(fromByteOffset: place, as: UInt64.self).bigEndian ^ form
            return (word | ((word & 0x7F7F_7F7F_7F7F_7F7F) &+ room)) & 0x8080_8080_8080_8080 != 0
        }
        if isOdd(0, 0x3030_3030_2D30_302D, 0x7676_7676_7F76_767F)
            || isOdd(8, 0x3030_5430_303A_3030, 0x7676_7F76_767F_7676)
            || isOdd(16, 0x3A30_302E_3030_305A, 0x7F76_767F_7676_767F)
        {
            return nil
        }
        func pair(_ place: Int) -> Int64 { Int64(base[place]) &* 10 &+ Int64(base[place &+ 1]) &- 0x30 &* 11 }
        guard
            let date = CivilDate(
                year: pair(0) &* 100 &+ pair(2), month: pair(5), day: pair(8), hour: pair(11), minute: pair(14),
                second: pair(17))
        else { return nil }
        let milliseconds = Int32(pair(20)) * 10 + Int32(base[22] & 0x0F)
        self.init(seconds: date.secondsSince1970, nanoseconds: milliseconds * 1_000_000)
    }

    /// `Sun, 01 Jan 2023 00:00:00 GMT` (RFC 822 as RFC 1123 has it), the weekday optional and not
    /// checked, the zone `GMT`, `UTC`, `Z` or a numeric offset.
    init?(rfc822 text: ByteView) {
        var scanner = Scanner(text)
        if scanner.peek.isLetter {
            guard scanner.letters() != nil, scanner.skip(UInt8(ascii: ",")) else { return nil }
            scanner.skipSpaces()
        }
        guard let day = scanner.digits(2) ?? scanner.digits(1),
            scanner.skip(UInt8(ascii: " "), or: UInt8(ascii: "-")),
            let name = scanner.letters(), let month = Self.month(name),
            scanner.skip(UInt8(ascii: " "), or: UInt8(ascii: "-")),
            let year = scanner.digits(4), scanner.skip(UInt8(ascii: " "))
        else { return nil }
        var time = TimeOfDay()
        guard scanner.time(&time, isExtended: true, isZoneWord: true) else { return nil }
        self.init(year, month, day, time, at: scanner)
    }

    private init?(_ year: Int64, _ month: Int64, _ day: Int64, _ time: TimeOfDay, at scanner: Scanner) {
        guard scanner.isAtEnd,
            let date = CivilDate(
                year: year, month: month, day: day, hour: time.hour, minute: time.minute, second: time.second)
        else { return nil }
        self.init(seconds: date.secondsSince1970 - time.offset, nanoseconds: time.nanoseconds)
    }

    private static func month(_ name: ByteView) -> Int64? {
        let names: ByteView = "janfebmaraprmayjunjulaugsepoctnovdec"
        guard name.count == 3 else { return nil }
        for i in 0..<12 where names.slice(i * 3, i * 3 + 3).equalsIgnoringCase(name) { return Int64(i + 1) }
        return nil
    }
}

// MARK: - Epoch seconds

extension Timestamp {
    /// A JSON number of seconds since 1970, read exactly from its decimal digits; nil outside the years 1
    /// to 9999. What is finer than a nanosecond is cut off.
    init?(epoch text: ByteView) {
        // digits[0], digits[1], … with the decimal point after `point` of them.
        var digits: Bytes = []
        var point = 0
        var index = text[0] == UInt8(ascii: "-") ? 1 : 0
        let isNegative = index == 1
        var isFraction = false
        scan: while index < text.count {
            switch text[index] {
            case let byte where byte.isDigit:
                // Zeros in front carry nothing but their place; more than 40 digits change nothing.
                if !(digits.isEmpty && byte == UInt8(ascii: "0")) {
                    if digits.count < 40 { digits.append(byte &- 0x30) }
                    if !isFraction { point += 1 }
                } else if isFraction {
                    point -= 1
                }
            case UInt8(ascii: "."): isFraction = true
            default: break scan
            }
            index += 1
        }
        if text[index] | 0x20 == UInt8(ascii: "e") {
            let digits = text.from(index + 1)
            // What Int64 does not hold is beyond every bound.
            let exponent = digits.signedDecimal ?? (digits[0] == UInt8(ascii: "-") ? Int64.min : Int64.max)
            // Beyond these bounds the number is 0 or out of range whatever its digits.
            point = Int(min(max(Int64(point) &+ min(max(exponent, -10_000_000), 10_000_000), -100), 100))
        }
        guard !digits.isEmpty else {
            self.init(seconds: 0)
            return
        }
        guard point <= 12 else { return nil }
        var seconds: Int64 = 0
        for i in 0..<max(point, 0) { seconds = seconds * 10 + Int64(i < digits.count ? digits[i] : 0) }
        var nanoseconds: Int32 = 0
        for i in point..<(point + 9) {
            nanoseconds = nanoseconds * 10 + Int32(i >= 0 && i < digits.count ? digits[i] : 0)
        }
        if isNegative {
            seconds = -seconds
            if nanoseconds > 0 {
                seconds -= 1
                nanoseconds = 1_000_000_000 - nanoseconds
            }
        }
        guard CivilDate.range.contains(seconds) else { return nil }
        self.init(seconds: seconds, nanoseconds: nanoseconds)
    }
}

// MARK: - Scanning

private struct TimeOfDay {
    var hour: Int64 = 0
    var minute: Int64 = 0
    var second: Int64 = 0
    var nanoseconds: Int32 = 0
    /// Seconds east of UTC.
    var offset: Int64 = 0
}

private struct Scanner {
    let text: ByteView
    var index = 0

    init(_ text: ByteView) { self.text = text }

    var isAtEnd: Bool { index >= text.count }
    var peek: UInt8 { text[index] }

    mutating func skip(_ byte: UInt8) -> Bool {
        guard peek == byte, !isAtEnd else { return false }
        index += 1
        return true
    }

    mutating func skip(_ byte: UInt8, or other: UInt8) -> Bool { skip(byte) || skip(other) }

    mutating func skipSpaces() { while skip(UInt8(ascii: " ")) {} }

    /// Exactly `count` digits, four at the most.
    @inline(__always)
    mutating func digits(_ count: Int) -> Int64? {
        guard let base = text.base, text.count &- index >= count else { return nil }
        var value: Int64 = 0
        for i in 0..<count {
            let byte = base[index &+ i]
            guard byte.isDigit else { return nil }
            value = value &* 10 &+ Int64(byte &- 0x30)
        }
        index &+= count
        return value
    }

    mutating func letters() -> ByteView? {
        let start = index
        while peek.isLetter { index += 1 }
        return index > start ? text.slice(start, index) : nil
    }

    /// `hh:mm[:ss[.f…]][zone]`, or without colons in the basic form.
    mutating func time(_ time: inout TimeOfDay, isExtended: Bool, isZoneWord: Bool = false) -> Bool {
        guard let hour = digits(2), !isExtended || skip(UInt8(ascii: ":")), let minute = digits(2) else {
            return false
        }
        time.hour = hour
        time.minute = minute
        if isExtended ? skip(UInt8(ascii: ":")) : peek.isDigit {
            guard let second = digits(2) else { return false }
            time.second = second
            if skip(UInt8(ascii: "."), or: UInt8(ascii: ",")) {
                guard let fraction = fraction() else { return false }
                time.nanoseconds = fraction
            }
        }
        if isZoneWord { skipSpaces() }
        return zone(&time, isWord: isZoneWord)
    }

    private mutating func fraction() -> Int32? {
        guard peek.isDigit else { return nil }
        var nanoseconds: Int32 = 0
        var unit: Int32 = 100_000_000
        while peek.isDigit {
            // From the tenth digit on the unit is 0.
            nanoseconds &+= unit &* Int32(peek &- 0x30)
            unit /= 10
            index &+= 1
        }
        return nanoseconds
    }

    private mutating func zone(_ time: inout TimeOfDay, isWord: Bool) -> Bool {
        if isAtEnd { return !isWord }
        if isWord, let word = letters() {
            return word.equalsIgnoringCase("GMT") || word.equalsIgnoringCase("UTC") || word.equalsIgnoringCase("Z")
        }
        if skip(UInt8(ascii: "Z"), or: UInt8(ascii: "z")) { return true }
        let isWest = peek == UInt8(ascii: "-")
        guard skip(UInt8(ascii: "+"), or: UInt8(ascii: "-")), let hours = digits(2), hours <= 23 else { return false }
        var minutes: Int64 = 0
        if skip(UInt8(ascii: ":")) || !isAtEnd {
            guard let value = digits(2), value <= 59 else { return false }
            minutes = value
        }
        let offset = hours * 3600 + minutes * 60
        time.offset = isWest ? -offset : offset
        return true
    }
}
