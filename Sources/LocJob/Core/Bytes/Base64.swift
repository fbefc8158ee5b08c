// Base64 as JSON Web Tokens have it: the alphabet for URLs, no padding (RFC 4648, section 5, and RFC 7515,
// section 2).

extension ByteBuffer {
    /// Appends `view`, which is not in this buffer, in base64url.
    func append(base64URL view: ByteView) {
        var index = 0
        while index < view.count {
            // Beyond the end every byte is 0.
            let bits = UInt32(view[index]) << 16 | UInt32(view[index &+ 1]) << 8 | UInt32(view[index &+ 2])
            let left = view.count - index
            for digit in 0...min(left, 3) {
                let shift = UInt32(18 - 6 * digit)
                append(Self.base64URLDigit(UInt8(truncatingIfNeeded: bits >> shift & 63)))
            }
            index += 3
        }
    }

    private static func base64URLDigit(_ value: UInt8) -> UInt8 {
        switch value {
        case 0..<26: UInt8(ascii: "A") &+ value
        case 26..<52: UInt8(ascii: "a") &+ (value &- 26)
        case 52..<62: UInt8(ascii: "0") &+ (value &- 52)
        case 62: UInt8(ascii: "-")
        default: UInt8(ascii: "_")
        }
    }
}
