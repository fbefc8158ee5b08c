import CLocJob

// Section "Call" of the header.

/// What is behind a `locjob_call`.
final class Call: Handled {
    static let kind: UInt64 = 0x9D3A_61C7_04E5_B82F

    /// Nil: the client's.
    var timeout: Nanoseconds?
    let cancellation: Event

    init(_ cancellation: Event) { self.cancellation = cancellation }

    /// The call behind a pointer; nil for NULL. Throws INVALID_ARGUMENT for a pointer that is none.
    static func given(_ pointer: OpaquePointer?) throws(Failure) -> Call? {
        guard let pointer else { return nil }
        if let call = Handle.object(pointer, Call.self) { return call }
        throw Failure(.invalidArgument, "the call is none, or was released")
    }
}

@_cdecl("locjob_call_new") @implementation
public func locjob_call_new() -> OpaquePointer! {
    entry { Event.make().flatMap { Handle.retain(Call($0)) } }
}

@_cdecl("locjob_call_free") @implementation
public func locjob_call_free(_ call: OpaquePointer!) { entry { Handle.release(call, Call.self) } }

@_cdecl("locjob_call_set_timeout_ms") @implementation
public func locjob_call_set_timeout_ms(_ call: OpaquePointer!, _ timeout_ms: Int64) -> locjob_code {
    guard let call = Handle.object(call, Call.self), timeout_ms >= 0 else { return Code.invalidArgument.rawValue }
    call.timeout = timeout_ms == 0 ? Duration.never : Duration.milliseconds(timeout_ms)
    return Code.ok.rawValue
}

/// Also for signal handlers: no allocation, no lock.
@_cdecl("locjob_call_cancel") @implementation
public func locjob_call_cancel(_ call: OpaquePointer!) {
    Handle.object(call, Call.self)?.cancellation.signal()
}
