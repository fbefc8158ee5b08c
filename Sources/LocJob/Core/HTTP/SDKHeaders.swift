// The fields by which the AWS SDKs tell of a call's attempts. They are not signed: botocore adds them
// after signing.

extension HTTPRequest {
    /// Adds `amz-sdk-invocation-id`, the same for all attempts of a call, and `amz-sdk-request` (botocore:
    /// endpoint.py, _add_retry_headers). `attempt` counts from 1; `timeToLive` is when the service may give up
    /// on it, in seconds since 1970 by the service's own clock, nil on first attempts and while that clock is
    /// unknown.
    func addAttempt(_ attempt: Int64, of limit: Int64, invocationID: (UInt64, UInt64), timeToLive: Int64?) {
        add("amz-sdk-invocation-id") { $0.append(uuid: invocationID) }
        add("amz-sdk-request") { value in
            if let timeToLive {
                value.append("ttl=" as ByteView)
                value.append(BasicDateTime(CivilDate(secondsSince1970: timeToLive)))
                value.append("; " as ByteView)
            }
            value.append("attempt=" as ByteView)
            value.append(decimal: attempt)
            value.append("; max=" as ByteView)
            value.append(decimal: limit)
        }
    }
}

extension ByteBuffer {
    /// A random UUID (RFC 9562, version 4) made of 128 random bits.
    func append(uuid bits: (UInt64, UInt64)) {
        let high = bits.0 & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
        let low = bits.1 & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        append(hex: high >> 32, digits: 8)
        append(UInt8(ascii: "-"))
        append(hex: high >> 16, digits: 4)
        append(UInt8(ascii: "-"))
        append(hex: high, digits: 4)
        append(UInt8(ascii: "-"))
        append(hex: low >> 48, digits: 4)
        append(UInt8(ascii: "-"))
        append(hex: low, digits: 12)
    }
}
