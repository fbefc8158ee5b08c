import CCore

/// A key that proves its possession (RFC 9449), on P-256.
final class DPoPKey {
    private let key: OpaquePointer

    private init(_ key: OpaquePointer) { self.key = key }

    deinit { lj_ec_free(key) }

    /// Reads a private key in PEM. The failure's message names no provider.
    static func make(pem: ByteView) throws(Failure) -> DPoPKey {
        var key: OpaquePointer?
        let result = lj_ec_load(pem.base, pem.count, &key)
        if let key { return DPoPKey(key) }
        switch Int(result) {
        case Int(LJ_EC_MALFORMED): throw Failure(.credentialsFailed, "it is no private key in PEM")
        case Int(LJ_EC_OTHER_CURVE): throw Failure(.credentialsFailed, "it is no key on the curve P-256")
        default: throw Failure(.outOfMemory, "no memory for a key")
        }
    }

    /// Appends the proof for one POST to `url`: a signed JWT, its members in the order in which botocore
    /// writes them (credentials.py, _build_dpop_header). `id` is 128 random bits that no other proof has.
    func appendProof(url: ByteView, at seconds: Int64, id: (UInt64, UInt64), to buffer: ByteBuffer) throws(Failure) {
        let start = buffer.count
        let part = ByteBuffer()
        try appendHeader(to: part)
        buffer.append(base64URL: part.view)
        buffer.append(UInt8(ascii: "."))
        part.removeAll()
        part.append("{\"htm\":\"POST\",\"htu\":" as ByteView)
        part.append(jsonString: url)
        part.append(",\"iat\":" as ByteView)
        part.append(decimal: seconds)
        part.append(",\"jti\":\"" as ByteView)
        part.append(uuid: id)
        part.append("\"}" as ByteView)
        buffer.append(base64URL: part.view)
        try sign(buffer.view.from(start), to: part)
        buffer.append(UInt8(ascii: "."))
        buffer.append(base64URL: part.view)
        if part.isExhausted || buffer.isExhausted { throw Failure(.outOfMemory, "out of memory for a proof") }
    }

    private func appendHeader(to part: ByteBuffer) throws(Failure) {
        let size = Int(LJ_EC_COORDINATE_SIZE)
        let result = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 2 * size) { point -> Int32 in
            guard let x = point.baseAddress else { return Int32(LJ_EC_FAILED) }
            let result = lj_ec_public(key, x, x + size)
            if result != Int32(LJ_EC_OK) { return result }
            part.append("{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\",\"jwk\":{\"kty\":\"EC\",\"x\":\"" as ByteView)
            part.append(base64URL: ByteView(x, count: size))
            part.append("\",\"y\":\"" as ByteView)
            part.append(base64URL: ByteView(x + size, count: size))
            part.append("\",\"crv\":\"P-256\"}}" as ByteView)
            return result
        }
        if result != Int32(LJ_EC_OK) { throw Failure(.credentialsFailed, "its public point is not to be had") }
    }

    /// The signature of `text`, in place of what `part` holds.
    private func sign(_ text: ByteView, to part: ByteBuffer) throws(Failure) {
        let result = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Int(LJ_EC_SIGNATURE_SIZE)) { signature in
            let result = lj_ec_sign(key, text.base, text.count, signature.baseAddress)
            part.removeAll()
            if result == Int32(LJ_EC_OK) { part.append(ByteView(signature.baseAddress, count: signature.count)) }
            return result
        }
        if result != Int32(LJ_EC_OK) { throw Failure(.credentialsFailed, "it could not sign") }
    }
}
