// What requests to the metadata services of containers and instances have in common.

extension HTTPRequest {
    /// Begins a request that goes straight to the service, by no proxy: the service is as near as can be,
    /// and its answers are secret.
    func beginDirect(
        _ method: StaticString = "GET", origin: Bytes, path: Bytes, timeout: Nanoseconds, _ userAgent: UserAgent
    ) {
        begin(method, origin: origin) { $0.append(path) }
        isDirect = true
        connectTimeout = timeout
        readTimeout = timeout
        add("Accept-Encoding") { $0.append("identity" as ByteView) }
        add("User-Agent") { userAgent.write(nil, to: $0) }
    }

    func checkMemory() throws(Failure) {
        if isExhausted { throw Failure(.outOfMemory, "no memory for a request") }
    }
}

extension EndpointURL {
    /// Scheme and authority, as a URL begins.
    var origin: Bytes {
        let scheme: StaticString = isHTTPS ? "https" : "http"
        guard let port else { return Text("\(scheme)://\(host.text)").bytes }
        return Text("\(scheme)://\(host.text):\(port)").bytes
    }
}
