import CCore

/// Signs requests without a query (AWS Signature Version 4). Signed are `host`, `x-amz-date`, with a
/// session token `x-amz-security-token` and with a payload `content-type`, as botocore does.
struct SigV4 {
    /// What of a request is signed besides time and token.
    struct Parts {
        var method: ByteView
        var host: ByteView
        var path: ByteView
        /// Nil without a payload.
        var contentType: ByteView?
        var payload: ByteView = .empty
    }

    /// The hash of an empty payload.
    private static let emptyPayload: StaticString =
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    let credentials: Credentials
    let key: SigningKey
    let dateTime: BasicDateTime

    /// `seconds` is the time of signing by the service's clock.
    init(
        _ credentials: Credentials, region: Bytes, service: StaticString, seconds: Int64, keys: SigningKeyCache
    ) throws(Failure) {
        self.credentials = credentials
        let seconds = min(max(seconds, CivilDate.range.lowerBound), CivilDate.range.upperBound)
        dateTime = BasicDateTime(CivilDate(secondsSince1970: seconds))
        let day = seconds >= 0 ? seconds / 86_400 : (seconds + 1) / 86_400 - 1
        key = try keys.key(credentials, day: day, region: region, service: service)
    }

    private func signedHeaders(_ parts: Parts) -> ByteView {
        switch (parts.contentType != nil, credentials.sessionToken != nil) {
        case (false, true): "host;x-amz-date;x-amz-security-token"
        case (false, false): "host;x-amz-date"
        case (true, true): "content-type;host;x-amz-date;x-amz-security-token"
        case (true, false): "content-type;host;x-amz-date"
        }
    }

    /// Appends the canonical request.
    func appendCanonicalRequest(_ parts: Parts, to buffer: ByteBuffer, hidesToken: Bool = false) {
        buffer.append(parts.method)
        buffer.append(UInt8(ascii: "\n"))
        buffer.append(canonicalPath: parts.path)
        if let contentType = parts.contentType {
            buffer.append("\n\ncontent-type:" as ByteView)
            buffer.append(contentType)
            buffer.append("\nhost:" as ByteView)
        } else {
            buffer.append("\n\nhost:" as ByteView)
        }
        buffer.append(parts.host)
        buffer.append("\nx-amz-date:" as ByteView)
        buffer.append(dateTime)
        if let token = credentials.canonicalSessionToken {
            buffer.append("\nx-amz-security-token:" as ByteView)
            buffer.append(hidesToken ? "(hidden)" : token.view)
        }
        buffer.append("\n\n" as ByteView)
        buffer.append(signedHeaders(parts))
        buffer.append(UInt8(ascii: "\n"))
        if parts.payload.isEmpty {
            buffer.append(ByteView(Self.emptyPayload))
        } else {
            buffer.append(sha256: parts.payload)
        }
    }

    /// Appends the string to sign for a canonical request, which may stand in the same buffer.
    func appendStringToSign(_ canonicalRequest: ByteView, to buffer: ByteBuffer) {
        withSHA256(canonicalRequest) { digest in
            buffer.append("AWS4-HMAC-SHA256\n" as ByteView)
            buffer.append(dateTime)
            buffer.append(key.scopeLine)
            buffer.append(hex: digest)
        }
    }

    /// Appends the value of the `Authorization` header. `scratch` is emptied and used.
    func appendAuthorization(_ parts: Parts, to output: ByteBuffer, scratch: ByteBuffer) {
        scratch.removeAll()
        appendCanonicalRequest(parts, to: scratch)
        let end = scratch.count
        appendStringToSign(scratch.view, to: scratch)
        output.append(key.authorization)
        output.append(signedHeaders(parts))
        output.append(", Signature=" as ByteView)
        key.sign(scratch.view.from(end), to: output)
    }
}

/// Lends the SHA-256 of `data`.
func withSHA256(_ data: ByteView, _ body: (ByteView) -> Void) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Int(LJ_SHA256_SIZE)) { digest in
        lj_sha256(data.base, data.count, digest.baseAddress)
        body(ByteView(digest.baseAddress, count: digest.count))
    }
}

extension ByteBuffer {
    /// Appends the SHA-256 of `data`, which is not in this buffer, in hexadecimal.
    func append(sha256 data: ByteView) { withSHA256(data) { append(hex: $0) } }
}

extension ByteView {
    /// A header's value as it is signed: without spaces at its ends, runs of spaces inside made one.
    var canonicalHeader: Bytes {
        let value = trimmed
        var result: Bytes = []
        for i in 0..<value.count where value[i] != UInt8(ascii: " ") || value[i + 1] != UInt8(ascii: " ") {
            result.append(value[i])
        }
        return result
    }
}
