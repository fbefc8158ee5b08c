import CPlatform

/// What ends a blocking call before its time: the release of its client, or the caller's handle on the call.
struct Cancellation {
    /// Descriptors that become readable then; -1 for none.
    let closing: Int32
    let cancelled: Int32

    init(_ client: Client, _ event: Event?) {
        closing = client.closing.descriptor
        cancelled = event?.descriptor ?? -1
    }

    /// Whether the caller has cancelled; a client that is being released is noticed on the way.
    var isSignalled: Bool { cancelled >= 0 && lj_event_wait(cancelled, closing, 0) != 0 }

    /// Waits until a time of the monotonic clock: `woke`, `deadline` or `cancelled`.
    func sleep(until end: Nanoseconds, deadline: Nanoseconds) -> Answer {
        while true {
            let now = System.now.monotonic
            if now >= deadline { return .deadline(Timings()) }
            if now >= end { return .woke }
            let left = Duration.difference(min(end, deadline), now)
            // Rounded up, so as not to wake too early and again.
            if lj_event_wait(closing, cancelled, left / 1_000_000 + 1) != 0 { return .cancelled(Timings()) }
        }
    }
}
