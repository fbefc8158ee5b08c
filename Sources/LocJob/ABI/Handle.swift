import CCore
import CPlatform

/// An object that a caller can hold a pointer to.
protocol Handled: AnyObject {
    /// A number that no other kind has, and that memory does not hold by chance.
    static var kind: UInt64 { get }
}

/// Objects behind the opaque pointers of the header: the one place that crosses from Swift's ownership to
/// the caller's and back.
///
/// A pointer of another kind is no object, and neither is one that was released, as long as its memory was
/// not used again: a mistake of the caller's is an error then and not a crash.
enum Handle {
    /// A pointer that keeps the object alive until `release`; NULL when memory is exhausted.
    static func retain<Object: Handled>(_ object: Object) -> OpaquePointer? {
        guard let memory = lj_allocate(MemoryLayout<lj_handle>.size) else { return nil }
        return place(at: memory, Object.kind, Unmanaged.passRetained(object).toOpaque())
    }

    /// The object behind a pointer that `retain` made; nil for NULL and for what is none.
    static func object<Object: Handled>(_ pointer: OpaquePointer?, _: Object.Type) -> Object? {
        guard let object = lj_handle_object(UnsafePointer(pointer), Object.kind) else { return nil }
        return Unmanaged<Object>.fromOpaque(object).takeUnretainedValue()
    }

    /// Gives back what `retain` took. NULL, and what is no such pointer any more, is allowed.
    static func release<Object: Handled>(_ pointer: OpaquePointer?, _: Object.Type) {
        guard let object = lj_handle_take(UnsafeMutablePointer(pointer), Object.kind) else { return }
        lj_free(UnsafeMutableRawPointer(pointer))
        Unmanaged<Object>.fromOpaque(object).release()
    }

    /// A pointer for memory that is no object of Swift's, made at the beginning of `memory`.
    static func place(
        at memory: UnsafeMutableRawPointer, _ kind: UInt64, _ content: UnsafeMutableRawPointer
    ) -> OpaquePointer {
        let handle = memory.assumingMemoryBound(to: lj_handle.self)
        handle.initialize(to: lj_handle(of_malloc: (0, 0), kind: kind, object: content))
        return OpaquePointer(handle)
    }

    /// Keeps an object from ever being freed.
    static func leak<Object: AnyObject>(_ object: Object) {
        _ = Unmanaged.passRetained(object)
    }
}

/// Runs the body of a function of the header, and leaves the calling thread as it was found.
@inline(__always)
func entry<R>(_ body: () -> R) -> R {
    let caller = lj_enter()
    defer { lj_leave(caller) }
    return body()
}
