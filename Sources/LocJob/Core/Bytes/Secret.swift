import CCore

/// A secret in memory of its own, wiped when the last reference goes. It is shared, never copied.
final class Secret {
    private let base: UnsafeMutablePointer<UInt8>?
    private let count: Int

    /// Copies `view`; the caller wipes its own copy if it has one.
    init(_ view: ByteView) {
        base = lj_allocate(view.count)?.assumingMemoryBound(to: UInt8.self)
        count = base == nil ? 0 : view.count
        if let base { lj_copy(base, view.base, count) }
    }

    deinit {
        lj_wipe(base, count)
        lj_free(base)
    }

    /// The secret itself; valid while this object lives.
    var view: ByteView { ByteView(UnsafePointer(base), count: count) }
}
