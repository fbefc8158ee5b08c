import CCore

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
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { digits in
            guard let digits = digits.baseAddress, let to = extend(36) else { return }
            withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) {
                lj_hex($0.baseAddress?.assumingMemoryBound(to: UInt8.self), $0.count, digits)
            }
            lj_copy(to, digits, 8)
            to[8] = UInt8(ascii: "-")
            lj_copy(to + 9, digits + 8, 4)
            to[13] = UInt8(ascii: "-")
            lj_copy(to + 14, digits + 12, 4)
            to[18] = UInt8(ascii: "-")
            lj_copy(to + 19, digits + 16, 4)
            to[23] = UInt8(ascii: "-")
            lj_copy(to + 24, digits + 20, 12)
        }
    }
}
