import CCore

/// Guards state that the threads of a client share. Held for a few instructions, never over I/O.
final class Lock {
    private let handle: OpaquePointer?

    init() { handle = lj_lock_new() }

    deinit { lj_lock_free(handle) }

    /// False when memory ran out as the lock was made: the owner must not be used.
    var isUsable: Bool { handle != nil }

    @inline(__always)
    func withLock<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
        lj_lock_acquire(handle)
        defer { lj_lock_release(handle) }
        return try body()
    }
}
