import CPlatform

/// Any number of transfers on one thread, behind one descriptor.
final class Multi {
    let handle: OpaquePointer

    private init(_ handle: OpaquePointer) { self.handle = handle }

    /// Nil when memory or descriptors are exhausted.
    static func make(connections: Int, watching descriptor: Int32) -> Multi? {
        guard let handle = lj_multi_new(Int64(connections)) else { return nil }
        let multi = Multi(handle)
        return descriptor < 0 || lj_multi_watch(handle, descriptor) == 0 ? multi : nil
    }

    /// Closing a TLS connection writes to it.
    deinit {
        withoutSIGPIPE { lj_multi_free(handle) }
    }

    /// Readable when `drive` has something to do, or the alarm's time has come.
    var descriptor: Int32 { lj_multi_descriptor(handle) }

    enum Event { case none, watched, broken, exhausted }

    /// Goes on with the transfers, after waiting up to so many milliseconds for something to do; negative for
    /// no limit.
    func drive(waiting milliseconds: Int64) -> Event {
        switch lj_multi_drive(handle, milliseconds) {
        case 0: .none
        case 1: .watched
        case -2: .exhausted
        default: .broken
        }
    }

    /// The number of a transfer that has ended; nil when none has.
    var nextEnded: Int? { lj_multi_ended(handle).map { Int(lj_transfer_number($0)) } }

    /// When the descriptor is to become readable whatever happens; `Duration.never` for not.
    func setAlarm(_ time: Nanoseconds) { lj_multi_set_alarm(handle, time) }
}
