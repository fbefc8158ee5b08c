import CPlatform

/// A wake-up call between threads: once signalled it stays so.
final class Event {
    /// -1 when there was no descriptor to be had.
    let descriptor: Int32

    init() { descriptor = lj_event_new() }

    deinit { lj_event_free(descriptor) }

    /// Safe in a signal handler.
    func signal() { lj_event_signal(descriptor) }

    var isSignalled: Bool { lj_event_wait(descriptor, -1, 0) != 0 }
}
