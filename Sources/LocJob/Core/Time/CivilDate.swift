/// A date and time of day in UTC, in the proleptic Gregorian calendar, years 1 to 9999.
struct CivilDate {
    let year: Int64
    let month: Int64
    let day: Int64
    let hour: Int64
    let minute: Int64
    let second: Int64

    /// Seconds from 1970 to the start of year 1 and to the end of year 9999: what a CivilDate can show.
    static let range: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    /// The date of a number of seconds since 1970, brought into range.
    init(secondsSince1970 seconds: Int64) {
        let seconds = min(max(seconds, Self.range.lowerBound), Self.range.upperBound)
        // Days from 0000-03-01, and whole numbers without a sign from here on: years that begin in March put the leap
        // day at the end, eras are 400 years.
        let total = UInt64(bitPattern: seconds &+ 719_468 * 86_400)
        let rest = UInt32(truncatingIfNeeded: total % 86_400)
        hour = Int64(rest / 3600)
        minute = Int64(rest % 3600 / 60)
        second = Int64(rest % 60)
        let z = UInt32(truncatingIfNeeded: total / 86_400)
        let era = z / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = Int64(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
        month = Int64(monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9)
        year = Int64(yearOfEra + era * 400 + (monthFromMarch >= 10 ? 1 : 0))
    }

    /// Nil for what is no date: 30 February, 25 o'clock, a 60th second.
    init?(year: Int64, month: Int64, day: Int64, hour: Int64 = 0, minute: Int64 = 0, second: Int64 = 0) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= Self.days(in: month, of: year), (0...23).contains(hour), (0...59).contains(minute),
            (0...59).contains(second)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
    }

    var secondsSince1970: Int64 {
        // Without signs: of a date that is one no part is negative.
        let y = UInt32(truncatingIfNeeded: month <= 2 ? year - 1 : year)
        let monthFromMarch = UInt32(truncatingIfNeeded: month > 2 ? month - 3 : month + 9)
        let dayOfYear = Int64((153 * monthFromMarch + 2) / 5) + day - 1
        let days = Int64(y * 365 + y / 4 - y / 100 + y / 400) + dayOfYear - 719_468
        return days * 86_400 + hour * 3600 + minute * 60 + second
    }

    static func days(in month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }
}

/// `YYYYMMDDTHHMMSSZ`, the ISO 8601 basic form of `X-Amz-Date` and of `ttl`.
struct BasicDateTime {
    private let text: InlineArray<16, UInt8>

    init(_ date: CivilDate) {
        var text = InlineArray<16, UInt8>(repeating: UInt8(ascii: "T"))
        func put(_ number: Int64, _ place: Int) {
            // Two digits: every part of a CivilDate is in range.
            let number = UInt8(truncatingIfNeeded: number)
            text[place] = UInt8(ascii: "0") &+ number / 10
            text[place + 1] = UInt8(ascii: "0") &+ number % 10
        }
        put(date.year / 100, 0)
        put(date.year % 100, 2)
        put(date.month, 4)
        put(date.day, 6)
        put(date.hour, 9)
        put(date.minute, 11)
        put(date.second, 13)
        text[15] = UInt8(ascii: "Z")
        self.text = text
    }

    fileprivate func append(to buffer: ByteBuffer, _ length: Int) {
        withUnsafePointer(to: text) { place in
            place.withMemoryRebound(to: UInt8.self, capacity: 16) { buffer.append(ByteView($0, count: length)) }
        }
    }
}

extension ByteBuffer {
    func append(_ dateTime: BasicDateTime) { dateTime.append(to: self, 16) }

    /// `YYYYMMDD`, the date of a SigV4 credential scope.
    func append(dateOf dateTime: BasicDateTime) { dateTime.append(to: self, 8) }
}
