import CPlatform

/// Keeps SIGPIPE, and what OpenSSL notes of errors, away from the host while libcurl may write to connections. Not to
/// stand around a function of the host's: it, and what it starts, would go without the signal.
@inline(__always)
func withoutSIGPIPE<R>(_ body: () -> R) -> R {
    var guardian = lj_sigpipe()
    lj_sigpipe_begin(&guardian)
    defer { lj_sigpipe_end(&guardian) }
    return body()
}
