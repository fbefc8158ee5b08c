/// The requests per second that a client's polling may make: turns are given out in the order in which they
/// are asked for, to all threads and queues alike. A throttled answer slows it down, and it recovers by and by.
/// Safe to use from many threads.
final class RequestBudget {
    /// The service takes 5 requests a second of an account, 4 of them at once (Amazon Location's quotas).
    static let standard: Int64 = 4
    private static let burst = 4.0
    /// What is left of the rate after a throttled answer, and where that ends.
    private static let decrease = 0.7
    private static let floor = 0.25
    /// Answers of the last second may be throttled for one and the same reason.
    private static let calm = Duration.milliseconds(1000)
    /// Of the full rate, per second.
    private static let recovery = 0.1

    private let lock = Lock()
    /// 0: no limit.
    private let maximum: Double
    /// Requests per second now.
    private(set) var rate: Double
    /// When the turns given out so far would be used up at an even pace.
    private var paid: Nanoseconds = .min
    private var throttledAt: Nanoseconds?
    private var lookedAt: Nanoseconds = 0

    init(perSecond: Int64) {
        maximum = Double(perSecond)
        rate = maximum
    }

    var isUsable: Bool { lock.isUsable }

    /// Takes a turn, and returns its time: `now`, or later. The caller holds one at a time.
    func reserve(at now: Nanoseconds) -> Nanoseconds {
        lock.withLock {
            guard maximum > 0 else { return now }
            recover(now)
            let interval = Nanoseconds(1e9 / rate)
            // As much as a burst may be ahead of the pace (generic cell rate algorithm).
            let ahead = throttledAt == nil ? Nanoseconds(Double(interval) * (min(Self.burst, maximum) - 1)) : 0
            let start = max(paid, now)
            paid = Duration.sum(start, interval)
            return max(Duration.difference(start, ahead), now)
        }
    }

    /// A turn that was taken will not be used: its share goes to those that ask after this.
    func giveBack() {
        lock.withLock {
            guard maximum > 0 else { return }
            paid = Duration.difference(paid, Nanoseconds(1e9 / rate))
        }
    }

    /// After every answer to a request of the budget, and after every throttled one.
    func record(isThrottled: Bool, at now: Nanoseconds) {
        lock.withLock {
            guard maximum > 0 else { return }
            recover(now)
            guard isThrottled else { return }
            if let throttledAt, Duration.difference(now, throttledAt) < Self.calm { return }
            throttledAt = now
            rate = max(rate * Self.decrease, min(Self.floor, maximum))
        }
    }

    private func recover(_ now: Nanoseconds) {
        let elapsed = max(Duration.difference(now, lookedAt), 0)
        lookedAt = now
        guard rate < maximum else { return }
        rate = min(rate + maximum * Self.recovery * Double(elapsed) / 1e9, maximum)
        if rate == maximum { throttledAt = nil }
    }
}
