import Testing

@testable import LocJob

@Suite("Dates")
struct CivilDateTests {
    /// Days before a year and month, counted one after another: slow and plain.
    private static func isLeap(_ year: Int64) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }
    private static func length(_ month: Int64, _ year: Int64) -> Int64 {
        [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][Int(month - 1)]
    }

    @Test("of every day from year 1 to year 9999 go to seconds and back")
    func everyDay() {
        var day = CivilDate.range.lowerBound / 86_400
        var wrong = 0
        for year in 1...9999 as ClosedRange<Int64> {
            for month in 1...12 as ClosedRange<Int64> {
                // The first and the last day of every month.
                for dayOfMonth in [1, Self.length(month, year)] {
                    let seconds = (day + dayOfMonth - 1) * 86_400 + 3723
                    let date = CivilDate(secondsSince1970: seconds)
                    if date.year != year || date.month != month || date.day != dayOfMonth || date.hour != 1
                        || date.minute != 2 || date.second != 3 || date.secondsSince1970 != seconds
                    {
                        wrong += 1
                    }
                }
                day += Self.length(month, year)
            }
        }
        #expect(wrong == 0)
        #expect(day * 86_400 - 1 == CivilDate.range.upperBound)
    }

    @Test("of random seconds go back to the same seconds")
    func random() {
        var random = SeededRandom(4)
        for _ in 0..<20_000 {
            let seconds = Int64.random(in: CivilDate.range, using: &random)
            #expect(CivilDate(secondsSince1970: seconds).secondsSince1970 == seconds)
        }
    }

    @Test(
        "beyond the calendar are brought into it",
        arguments: [Int64.min, Int64.min + 1, -62_135_596_801, 253_402_300_800, Int64.max])
    func clamped(_ seconds: Int64) {
        let date = CivilDate(secondsSince1970: seconds)
        #expect(date.secondsSince1970 == (seconds < 0 ? CivilDate.range.lowerBound : CivilDate.range.upperBound))
    }

    @Test(
        "that do not exist are none",
        arguments: [
            (2023, 2, 29, 0, 0, 0), (1900, 2, 29, 0, 0, 0), (2024, 2, 30, 0, 0, 0), (2023, 4, 31, 0, 0, 0),
            (2023, 0, 1, 0, 0, 0),
            (2023, 13, 1, 0, 0, 0), (2023, 1, 0, 0, 0, 0), (2023, 1, 32, 0, 0, 0), (0, 1, 1, 0, 0, 0),
            (10000, 1, 1, 0, 0, 0),
            (2023, 1, 1, 24, 0, 0), (2023, 1, 1, 0, 60, 0), (2023, 1, 1, 0, 0, 60), (2023, 1, 1, -1, 0, 0),
            (-1, 1, 1, 0, 0, 0),
        ] as [(Int64, Int64, Int64, Int64, Int64, Int64)])
    func impossible(_ year: Int64, _ month: Int64, _ day: Int64, _ hour: Int64, _ minute: Int64, _ second: Int64) {
        #expect(CivilDate(year: year, month: month, day: day, hour: hour, minute: minute, second: second) == nil)
    }

    @Test("of leap years have a 29 February", arguments: [2000, 2024, 4, 1600, 9996] as [Int64])
    func leap(_ year: Int64) {
        #expect(CivilDate(year: year, month: 2, day: 29) != nil)
    }

    @Test(
        "are written in the basic form",
        arguments: [
            (1_440_938_160, "20150830T123600Z"), (0, "19700101T000000Z"), (-1, "19691231T235959Z"),
            (CivilDate.range.lowerBound, "00010101T000000Z"),
            (CivilDate.range.upperBound, "99991231T235959Z"),
        ] as [(Int64, String)])
    func basic(_ seconds: Int64, _ text: String) {
        let buffer = ByteBuffer()
        buffer.append(BasicDateTime(CivilDate(secondsSince1970: seconds)))
        #expect(buffer.text == text)
    }
}
