import CPlatform

/// A wake-up call between threads: once signalled it stays so.
final class Event {
    private let handle: OpaquePointer

    private init(_ handle: OpaquePointer) { self.handle = handle }

    /// Nil when memory or descriptors are exhausted.
    static func make() -> Event? { lj_event_new().map { Event($0) } }

    deinit { lj_event_free(handle) }

    /// Readable once the event is signalled; -1 when a forked child could not get one.
    var descriptor: Int32 { lj_event_descriptor(handle) }

    /// Safe in a signal handler.
    func signal() { lj_event_signal(handle) }

    var isSignalled: Bool { lj_event_is_signalled(handle) != 0 }
}
