import CCore

/// A secret in memory of its own, wiped when the last reference goes. It is shared, never copied.
final class Secret {
    private let base: UnsafeMutablePointer<UInt8>
    private let count: Int

    private init(_ base: UnsafeMutablePointer<UInt8>, count: Int) {
        self.base = base
        self.count = count
    }

    /// Copies `view`; the caller wipes its own copy if it has one. Throws OUT_OF_MEMORY.
    static func make(_ view: ByteView) throws(Failure) -> Secret {
        guard let base = lj_allocate(view.count)?.assumingMemoryBound(to: UInt8.self) else {
            throw Failure(.outOfMemory, "no memory for a secret")
        }
        lj_copy(base, view.base, view.count)
        return Secret(base, count: view.count)
    }

    deinit {
        lj_wipe(base, count)
        lj_free(base)
    }

    /// The secret itself; valid while this object lives.
    var view: ByteView { ByteView(UnsafePointer(base), count: count) }
}
