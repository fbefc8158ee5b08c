import Testing

@testable import LocJob

@Suite("The schedule of a wait")
struct WaitScheduleTests {
    private static let minute = Duration.milliseconds(60_000)

    @Test("keeps each delay between the minimum and Smithy's ceiling, and uses all of that")
    func bounds() {
        let schedule = WaitSchedule(minimum: 1000, maximum: 10_000)
        var jitter = Jitter(seed: 1)
        for (looks, ceiling) in [(1, 1000), (2, 2000), (3, 4000), (4, 8000), (5, 10_000), (6, 10_000), (.max, 10_000)] as [(Int64, Int64)] {
            let delays = (0..<2000).map { _ in schedule.delay(after: looks, left: .max, &jitter).0 }
            #expect(delays.allSatisfy { (1000...ceiling).contains($0) })
            #expect(delays.min()! < 1000 + (ceiling - 1000) / 50 + 1)
            #expect(delays.max()! >= ceiling - (ceiling - 1000) / 50)
        }
    }

    @Test("takes the last look where another would leave no more than the minimum")
    func last() {
        let schedule = WaitSchedule(minimum: Self.minute, maximum: Self.minute)
        var jitter = Jitter(seed: 1)
        let early = schedule.delay(after: 3, left: 2 * Self.minute + 1, &jitter)
        #expect(early.0 == Self.minute && !early.isLast)
        let late = schedule.delay(after: 3, left: 2 * Self.minute, &jitter)
        #expect(late.0 == Duration.milliseconds(115_000) && late.isLast)
        let short = schedule.delay(after: 1, left: 4000, &jitter)
        #expect(short.0 == 3000 && short.isLast)
    }

    @Test("survives any numbers", arguments: [0, 1, -1, .min, .max, .max - 1] as [Int64])
    func extremes(_ number: Int64) {
        var jitter = Jitter(seed: 1)
        for minimum in [0, 1, Int64.max] {
            for other in [Int64.min, -1, 0, 1, 7, .max] {
                let schedule = WaitSchedule(minimum: minimum, maximum: max(number, 0))
                #expect(schedule.delay(after: other, left: number, &jitter).0 >= 0)
                #expect(schedule.delay(after: number, left: other, &jitter).0 >= 0)
            }
        }
    }
}
