import CCore

// Percent-encoding as SigV4 has it: A-Z a-z 0-9 - . _ ~ stand as they are, everything else is %XX in
// upper case (AWS Signature Version 4, "UriEncode").

extension ByteBuffer {
    /// Appends `view` percent-encoded; `keepsSlash` leaves `/` alone.
    func append(percentEncoded view: ByteView, keepsSlash: Bool = false) {
        append(view, keeping: keepsSlash ? "/" : "")
    }

    /// Appends a trace id as botocore does (handlers.py, add_recursion_detection_header).
    func append(traceID view: ByteView) { append(view, keeping: "=;:+&[]{}\"',") }

    private func append(_ view: ByteView, keeping kept: ByteView) {
        guard let base = view.base else { return }
        // One of them stands for all where there is just one, as in paths.
        let also = kept.isEmpty ? UInt8(ascii: "~") : kept[0]
        var index = 0
        while true {
            let run = lj_unreserved_run(base + index, view.count &- index, also)
            append(ByteView(base + index, count: run))
            index &+= run
            guard index < view.count else { return }
            let byte = base[index]
            index &+= 1
            if kept.contains(byte) {
                append(byte)
            } else {
                append(UInt8(ascii: "%"))
                append(Self.upperHexDigit(byte >> 4))
                append(Self.upperHexDigit(byte & 15))
            }
        }
    }

    private static func upperHexDigit(_ value: UInt8) -> UInt8 { value < 10 ? value &+ 0x30 : value &+ 0x37 }
}

extension UInt8 {
    /// RFC 3986, section 2.3.
    var isUnreserved: Bool { lj_is_unreserved(self) != 0 }
}
