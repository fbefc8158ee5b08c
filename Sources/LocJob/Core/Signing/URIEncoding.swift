// Percent-encoding as SigV4 has it: A-Z a-z 0-9 - . _ ~ stand as they are, everything else is %XX in
// upper case (AWS Signature Version 4, "UriEncode").

extension ByteBuffer {
    /// Appends `view` percent-encoded; `keepsSlash` leaves `/` alone.
    func append(percentEncoded view: ByteView, keepsSlash: Bool = false) {
        append(view, keeping: { $0.isUnreserved || (keepsSlash && $0 == UInt8(ascii: "/")) })
    }

    /// Appends a trace id as botocore does (handlers.py, add_recursion_detection_header).
    func append(traceID view: ByteView) {
        append(view, keeping: { $0.isUnreserved || ("=;:+&[]{}\"'," as ByteView).contains($0) })
    }

    @inline(__always)
    private func append(_ view: ByteView, keeping isKept: (UInt8) -> Bool) {
        guard let base = view.base else { return }
        var start = 0
        var index = 0
        while index < view.count {
            let byte = base[index]
            index &+= 1
            if isKept(byte) { continue }
            append(view.slice(start, index &- 1))
            append(UInt8(ascii: "%"))
            append(Self.upperHexDigit(byte >> 4))
            append(Self.upperHexDigit(byte & 15))
            start = index
        }
        append(view.from(start))
    }

    private static func upperHexDigit(_ value: UInt8) -> UInt8 { value < 10 ? value &+ 0x30 : value &+ 0x37 }
}

extension UInt8 {
    /// RFC 3986, section 2.3.
    var isUnreserved: Bool {
        isLetter || isDigit || self == UInt8(ascii: "-") || self == UInt8(ascii: ".") || self == UInt8(ascii: "_")
            || self == UInt8(ascii: "~")
    }
}
