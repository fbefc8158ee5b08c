import CPlatform

/// What a transfer that libcurl gave up on means for the caller. `code` is a CURLcode, -1 for a transfer
/// that never ended; `detail` is libcurl's text.
func transportFailure(_ code: Int32, _ received: lj_received, _ detail: ByteView, isProxied: Bool) -> Failure {
    if received.is_out_of_memory != 0 { return Failure(.outOfMemory, "no memory for the response") }
    if received.is_body_too_large != 0 {
        return Failure(.responseTooLarge, "the response is longer than max_response_bytes")
    }
    // A line that is longer than libcurl's buffer for it (100 KB), it takes for a lack of memory (27, OUT_OF_MEMORY).
    let isLineTooLong = code == 27 && received.head_length > 0 && received.is_head_whole == 0 && hasMemory(262_144)
    if received.is_head_too_large != 0 || isLineTooLong {
        return Failure(.responseTooLarge, "the response has more than 65536 bytes or 1000 lines of headers")
    }
    // ABORTED_BY_CALLBACK: of what is endless, only this would keep libcurl from coming back.
    if code == 42 { return Failure(.proxyFailed, "the proxy's answer does not end") }
    if isProxied, received.proxy_status >= 300 {
        return Failure(.proxyFailed, "the proxy answered with status \(Int(received.proxy_status))")
    }
    let kind = kind(ofCurl: code, isProxied: isProxied)
    // Of a proxy it could not use, libcurl would show the whole URL.
    if code == 5, !detail.hasPrefix("Could not resolve proxy") { return Failure(kind, "\(kind.text)") }
    return Failure(kind, "\(kind.text): \(printable: detail)")
}

/// CURLcode to code (curl/curl.h).
private func kind(ofCurl code: Int32, isProxied: Bool) -> Code {
    switch code {
    case 5: .proxyFailed  // COULDNT_RESOLVE_PROXY
    case 6: .resolveFailed  // COULDNT_RESOLVE_HOST
    case 7: isProxied ? .proxyFailed : .connectFailed  // COULDNT_CONNECT
    case 97: .proxyFailed  // PROXY
    case 28: .connectTimeout  // OPERATION_TIMEDOUT: of its limits only that of connecting is used
    case 35, 53, 54, 58, 59, 64, 66, 80: .tlsFailed  // SSL_CONNECT_ERROR and its kin
    case 60, 83, 90, 91: .certificateRejected  // PEER_FAILED_VERIFICATION, ISSUER, PINNED, INVALIDCERTSTATUS
    case 77, 82: .invalidFile  // SSL_CACERT_BADFILE, SSL_CRL_BADFILE
    case 18, 52, 55, 56: .connectionLost  // PARTIAL_FILE, GOT_NOTHING, SEND_ERROR, RECV_ERROR
    case 1, 8, 16, 61, 92: .invalidResponse  // UNSUPPORTED_PROTOCOL (HTTP/0.9), WEIRD_SERVER_REPLY, …
    case 43: .invalidResponse  // BAD_FUNCTION_ARGUMENT: libcurl found a header line that it cannot store
    case 27: .outOfMemory  // OUT_OF_MEMORY
    default: .internalError
    }
}
