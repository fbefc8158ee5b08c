import Testing

@testable import LocJob

@Suite("The budget of requests")
struct RequestBudgetTests {
    private func milliseconds(_ budget: RequestBudget, _ count: Int, at now: Int64) -> [Int64] {
        (0..<count).map { _ in budget.reserve(at: Duration.milliseconds(now)) / 1_000_000 }
    }

    @Test("gives four turns at once, then one every 250 ms")
    func pace() {
        let budget = RequestBudget(perSecond: 4)
        #expect(milliseconds(budget, 7, at: 1000) == [1000, 1000, 1000, 1000, 1250, 1500, 1750])
        #expect(milliseconds(budget, 6, at: 9000) == [9000, 9000, 9000, 9000, 9250, 9500])
    }

    @Test("has no limit of 0, and no burst of one a second")
    func limits() {
        #expect(milliseconds(RequestBudget(perSecond: 0), 100, at: 5).allSatisfy { $0 == 5 })
        #expect(milliseconds(RequestBudget(perSecond: 1), 3, at: 0) == [0, 1000, 2000])
    }

    @Test("never takes more than the service's bucket holds, and serves all in turn")
    func bucket() {
        let budget = RequestBudget(perSecond: RequestBudget.standard)
        var random = SeededRandom(9)
        // Pollers hold a turn each, or none.
        var turns = [Nanoseconds?](repeating: nil, count: 5)
        var counts = [0, 0, 0, 0, 0]
        var (tokens, time) = (4.0, 0.0)
        var now: Nanoseconds = 0
        for _ in 0..<20_000 {
            for poller in turns.indices {
                let turn = turns[poller] ?? budget.reserve(at: now)
                turns[poller] = turn
                guard turn <= now else { continue }
                let seconds = Double(now) / 1e9
                tokens = min(4, tokens + (seconds - time) * 5) - 1
                time = seconds
                #expect(tokens >= 0)
                counts[poller] += 1
                turns[poller] = nil
            }
            now += Int64(random.below(20_000_000))
        }
        #expect(counts.max()! - counts.min()! <= 2)
        #expect(abs(Double(counts.reduce(0, +)) - Double(now) / 1e9 * 4) < 8)
    }

    @Test("slows down when it is throttled, once a second, and recovers")
    func throttled() {
        let budget = RequestBudget(perSecond: 4)
        let second = Duration.milliseconds(1000)
        budget.record(isThrottled: true, at: second)
        budget.record(isThrottled: true, at: second + 1)
        #expect(abs(budget.rate - 2.8) < 0.01)
        let turns = milliseconds(budget, 3, at: 1001)
        #expect(turns[0] == 1001 && turns[1] > 1300 && turns[2] > 1600)
        for count in 2...60 as ClosedRange<Int64> { budget.record(isThrottled: true, at: second * count + count * 2) }
        #expect(budget.rate >= 0.25 && budget.rate < 2)
        budget.record(isThrottled: false, at: 200 * second)
        #expect(budget.rate == 4)
        #expect(milliseconds(budget, 4, at: 200_000).allSatisfy { $0 == 200_000 })
    }

    @Test("survives the end of time")
    func extremes() {
        let budget = RequestBudget(perSecond: 1_000_000)
        for now in [0, .max - 1, .max] as [Int64] {
            budget.record(isThrottled: true, at: now)
            #expect(budget.reserve(at: now) >= now)
        }
    }
}
