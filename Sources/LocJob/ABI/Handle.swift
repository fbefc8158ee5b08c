import CPlatform

/// Objects behind the opaque pointers of the header: the one place that crosses from Swift's ownership to
/// the caller's and back.
enum Handle {
    /// A pointer that keeps the object alive until `release`.
    static func retain<Object: AnyObject>(_ object: Object) -> OpaquePointer {
        OpaquePointer(Unmanaged.passRetained(object).toOpaque())
    }

    /// The object behind a pointer that `retain` made; nil for NULL.
    static func object<Object: AnyObject>(_ pointer: OpaquePointer?, _: Object.Type) -> Object? {
        guard let pointer else { return nil }
        return Unmanaged<Object>.fromOpaque(UnsafeRawPointer(pointer)).takeUnretainedValue()
    }

    /// Gives back what `retain` took, once. NULL is allowed.
    static func release<Object: AnyObject>(_ pointer: OpaquePointer?, _: Object.Type) {
        guard let pointer else { return }
        Unmanaged<Object>.fromOpaque(UnsafeRawPointer(pointer)).release()
    }

    /// Keeps an object from ever being freed.
    static func leak<Object: AnyObject>(_ object: Object) {
        _ = Unmanaged.passRetained(object)
    }
}

/// Runs the body of a function of the header, and leaves errno as it was found.
@inline(__always)
func entry<R>(_ body: () -> R) -> R {
    let before = lj_errno()
    defer { lj_set_errno(before) }
    return body()
}
