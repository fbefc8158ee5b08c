/// A date and time of day in UTC, in the proleptic Gregorian calendar, years 1 to 9999.
struct CivilDate {
    var year: Int64
    var month: Int64
    var day: Int64
    var hour: Int64
    var minute: Int64
    var second: Int64

    /// Seconds from 1970 to the start of year 1 and to the end of year 9999: what a CivilDate can show.
    static let range: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    /// The date of a number of seconds since 1970, brought into range.
    init(secondsSince1970 seconds: Int64) {
        let seconds = min(max(seconds, Self.range.lowerBound), Self.range.upperBound)
        var days = seconds / 86_400
        var rest = seconds % 86_400
        if rest < 0 {
            rest += 86_400
            days -= 1
        }
        hour = rest / 3600
        minute = rest % 3600 / 60
        second = rest % 60
        // Years that begin in March put the leap day at the end; day 0 is 0000-03-01, eras are 400 years.
        let z = days + 719_468
        let era = z / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
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
        let y = month <= 2 ? year - 1 : year
        let era = y / 400
        let yearOfEra = y - era * 400
        let monthFromMarch = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
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
            text[place] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: number / 10 % 10)
            text[place + 1] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: number % 10)
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
