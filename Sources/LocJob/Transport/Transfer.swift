import CPlatform

/// A libcurl handle with the connection it keeps: carries one request at a time.
final class Transfer {
    let handle: OpaquePointer
    /// What the next request is built in.
    let request = HTTPRequest()
    private let client: ClientState
    /// What runs it with others, and has to outlive it.
    private let multi: Multi?
    /// What the handle was last told.
    private var proxy: Bytes?
    /// False where it did not take the whole of it: the next request would go another way than configured.
    private var isProxyKnown = true
    private var connectTimeout: Nanoseconds

    /// All header lines of a response, those of its 1xx forerunners included.
    private static let largestHead = 65_536

    private init(_ handle: OpaquePointer, _ client: ClientState, _ multi: Multi?) {
        self.handle = handle
        self.multi = multi
        self.client = client
        connectTimeout = client.configuration.connectTimeout
    }

    /// `multi` runs it with others; without one it runs by itself. Throws OUT_OF_MEMORY, or INVALID_SETTING for
    /// what libcurl does not take.
    static func make(_ client: ClientState, in multi: Multi? = nil) throws(Failure) -> Transfer {
        guard let handle = lj_transfer_new(multi?.handle) else {
            throw Failure(.outOfMemory, "no memory for a connection")
        }
        let transfer = Transfer(handle, client, multi)
        lj_transfer_set_limits(handle, largestHead, client.configuration.maxResponseBytes)
        var refused: StaticString?
        if lj_transfer_set_connect_timeout(handle, client.configuration.connectTimeout / 1_000_000) != 0 {
            refused = "connect_timeout_ms"
        }
        if client.configuration.usesTCPKeepAlive, lj_transfer_set_keepalive(handle) != 0 { refused = "tcp_keepalive" }
        if let bundle = client.configuration.caBundle {
            let isTaken = withCString(bundle) { path in
                switch lj_file_kind(path) {
                case 1: lj_transfer_set_ca_directory(handle, path) == 0
                default: lj_transfer_set_ca_file(handle, path) == 0
                }
            }
            if !isTaken { refused = "ca_bundle" }
        }
        if let refused { throw Failure(.invalidSetting, "libcurl does not take \(refused)") }
        return transfer
    }

    /// Closing a TLS connection writes to it.
    deinit {
        withoutSIGPIPE { lj_transfer_free(handle) }
    }

    /// Hands libcurl the request that was built; false when it does not take it.
    func begin() -> Bool {
        guard lj_transfer_set_url(handle, request.url.cString, request.originLength) == 0,
            lj_transfer_set_method(handle, cText(request.method), request.body.view.base, request.body.count) == 0,
            setProxy(), setConnectTimeout(), addHeaders()
        else { return false }
        return lj_transfer_begin(handle) == 0
    }

    /// Gives up the request that is on its way.
    func end() { _ = withoutSIGPIPE { lj_transfer_end(handle) } }

    private func setProxy() -> Bool {
        // Not by a method of the configuration, which would be handed a copy of it.
        let client = client
        let configured = request.isHTTPS ? client.configuration.httpsProxy : client.configuration.httpProxy
        let wanted = request.isDirect ? nil : configured
        if isProxyKnown, wanted == proxy { return true }
        proxy = wanted
        isProxyKnown = withCString(wanted ?? []) { proxy in
            withCString(client.configuration.noProxy ?? []) { lj_transfer_set_proxy(handle, proxy, $0) == 0 }
        }
        return isProxyKnown
    }

    private func setConnectTimeout() -> Bool {
        let wanted = request.connectTimeout ?? client.configuration.connectTimeout
        if wanted == connectTimeout { return true }
        guard lj_transfer_set_connect_timeout(handle, wanted / 1_000_000) == 0 else { return false }
        connectTimeout = wanted
        return true
    }

    /// The request's, and empty ones for those that libcurl would add and the SDKs do not send.
    private func addHeaders() -> Bool {
        lj_transfer_clear_headers(handle)
        lj_transfer_add_header(handle, cText("Accept:"))
        var isTyped = ByteView(request.method) == "GET"
        for index in 0..<request.fieldCount {
            let field = request.field(index)
            if !isTyped, field.hasPrefix("Content-Type:") { isTyped = true }
            guard lj_transfer_add_header(handle, field.cString) == 0 else { return false }
        }
        return isTyped || lj_transfer_add_header(handle, cText("Content-Type:")) == 0
    }

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
    func answer(_ code: Int32) -> Answer {
        var received = lj_received()
        lj_transfer_received(handle, &received)
        // libcurl takes a head that ends with its connection for a whole one.
        if code == 0, received.is_head_whole == 0 {
            return .failed(
                Failure(.connectionLost, "\(Code.connectionLost.text): it was closed within a response's head"),
                timings)
        }
        if code == 0 {
            let response = HTTPResponse(
                status: Int(received.status),
                head: ByteView(received.head, count: received.head_length),
                body: ByteView(received.body, count: received.body_length))
            return .response(response, timings)
        }
        let detail = ByteView(text: lj_transfer_error(handle, code))
        // Whether libcurl went by the proxy or found the host in no_proxy, only its text tells: it names the
        // host that it could not reach.
        let isProxied = proxy != nil && (client.configuration.noProxy == nil || !detail.contains(request.hostName))
        return .failed(transportFailure(code, received, detail, isProxied: isProxied), timings)
    }
}

extension ByteView {
    /// The view as text of C: only for views with a NUL behind their last byte, as literals and the parts
    /// of an HTTPRequest have.
    fileprivate var cString: UnsafePointer<CChar> {
        UnsafeRawPointer(base ?? ("" as StaticString).utf8Start).assumingMemoryBound(to: CChar.self)
    }
}
