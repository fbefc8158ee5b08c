/// When a job that is waited for is looked at again: the schedule of Smithy's waiters (Smithy 2.0, "Waiters",
/// waiter retries), whose delays grow from a minimum to a maximum with random jitter.
struct WaitSchedule {
    let minimum: Nanoseconds
    let maximum: Nanoseconds

    /// For the answer to a last look, before the time is over: a quarter of what is left, up to this.
    private static let lead = Duration.milliseconds(5000)

    init(minimum: Nanoseconds, maximum: Nanoseconds) {
        self.minimum = minimum
        self.maximum = max(minimum, maximum)
    }

    /// The pause after `looks` looks at the job, of which there was one at least, with `left` until the wait's
    /// time is over. Where another look would come too late, one is taken shortly before the end; it is the last.
    func delay(after looks: Int64, left: Nanoseconds, _ jitter: inout Jitter) -> (Nanoseconds, isLast: Bool) {
        var ceiling = minimum
        // Thirty doublings of a millisecond are twelve days; the maximum stops it before in any case.
        for _ in 0..<min(max(looks, 1) - 1, 30) where ceiling < maximum { ceiling = Duration.sum(ceiling, ceiling) }
        let delay = Duration.sum(minimum, jitter.upTo(Duration.difference(min(ceiling, maximum), minimum)))
        guard left != Duration.never, Duration.difference(left, delay) <= minimum else { return (delay, false) }
        return (max(left - Self.lead(of: left), 0), true)
    }

    /// How long before the end of such a time a last look is taken.
    static func lead(of time: Nanoseconds) -> Nanoseconds { min(time / 4, lead) }
}

extension WaitSchedule {
    /// Throws INVALID_SETTING when the longest delay was set to less than the shortest.
    init(_ resolver: Resolver) throws(Failure) {
        let minimum = try resolver.number(.waitMinDelay)
        let maximum = try resolver.number(.waitMaxDelay)
        if maximum < minimum, try resolver.value(.waitMaxDelay) != nil {
            throw Failure(.invalidSetting, "wait_max_delay_ms is \(maximum), less than wait_min_delay_ms, \(minimum)")
        }
        self.init(minimum: Duration.milliseconds(minimum), maximum: Duration.milliseconds(maximum))
    }
}
