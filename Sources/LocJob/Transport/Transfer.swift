import CPlatform

/// A libcurl handle with the connection it keeps: carries one request at a time.
final class Transfer {
    let handle: OpaquePointer
    /// What the next request is built in.
    let request = HTTPRequest()

    /// All header lines of a response, those of its 1xx forerunners included.
    private static let largestHead = 65_536

    private init(_ handle: OpaquePointer) { self.handle = handle }

    /// Throws OUT_OF_MEMORY, or INVALID_SETTING for what libcurl does not take.
    static func make(_ configuration: Configuration) throws(Failure) -> Transfer {
        guard let handle = lj_transfer_new() else { throw Failure(.outOfMemory, "no memory for a connection") }
        let transfer = Transfer(handle)
        lj_transfer_set_limits(handle, largestHead, configuration.maxResponseBytes)
        var refused: StaticString?
        if lj_transfer_set_connect_timeout(handle, configuration.connectTimeout / 1_000_000) != 0 {
            refused = "connect_timeout_ms"
        }
        if configuration.usesTCPKeepAlive, lj_transfer_set_keepalive(handle) != 0 { refused = "tcp_keepalive" }
        if let bundle = configuration.caBundle {
            let isTaken = withCString(bundle) { path in
                switch lj_file_kind(path) {
                case 1: lj_transfer_set_ca_directory(handle, path) == 0
                default: lj_transfer_set_ca_file(handle, path) == 0
                }
            }
            if !isTaken { refused = "ca_bundle" }
        }
        if let proxy = configuration.proxy {
            let isTaken = withCString(proxy) { proxy in
                withCString(configuration.noProxy ?? []) { lj_transfer_set_proxy(handle, proxy, $0) == 0 }
            }
            if !isTaken { refused = "the proxy" }
        }
        if let refused { throw Failure(.invalidSetting, "libcurl does not take \(refused)") }
        return transfer
    }

    /// Closing a TLS connection writes to it.
    deinit {
        var guardian = lj_sigpipe()
        lj_sigpipe_begin(&guardian)
        lj_transfer_free(handle)
        lj_sigpipe_end(&guardian)
    }

    /// Hands libcurl the request that was built.
    func begin() -> Bool {
        guard lj_transfer_set_url(handle, request.url.cString, request.originLength) == 0 else { return false }
        lj_transfer_clear_headers(handle)
        // libcurl would send `Accept: */*` of its own, which the SDKs do not.
        lj_transfer_add_header(handle, Self.noAccept)
        for index in 0..<request.fieldCount {
            guard lj_transfer_add_header(handle, request.field(index).cString) == 0 else { return false }
        }
        return lj_transfer_begin(handle) == 0
    }

    private static var noAccept: UnsafePointer<CChar> { ByteView("Accept:" as StaticString).cString }

    var timings: Timings {
        var timings = Timings()
        withUnsafeTemporaryAllocation(of: Int64.self, capacity: 5) { times in
            lj_transfer_timings(handle, times.baseAddress)
            timings.lookup = times[0]
            timings.connect = times[1]
            timings.tls = times[2]
            timings.firstByte = times[3]
            timings.total = times[4]
        }
        return timings
    }

    /// What a transfer that has ended gives as an answer.
    func answer(_ code: Int32, _ configuration: Configuration) -> Answer {
        var received = lj_received()
        lj_transfer_received(handle, &received)
        if code == 0 {
            let response = HTTPResponse(
                status: Int(received.status),
                head: ByteView(received.head, count: received.head_length),
                body: ByteView(received.body, count: received.body_length))
            return .response(response, timings)
        }
        let detail = ByteView(text: lj_transfer_error(handle, code))
        return .failed(transportFailure(code, received, detail, configuration), timings)
    }
}

extension ByteView {
    /// The view as text of C: only for views with a NUL behind their last byte, as literals and the parts
    /// of an HTTPRequest have.
    fileprivate var cString: UnsafePointer<CChar> {
        UnsafeRawPointer(base ?? ("" as StaticString).utf8Start).assumingMemoryBound(to: CChar.self)
    }
}
