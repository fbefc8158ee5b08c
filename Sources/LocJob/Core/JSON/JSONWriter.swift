/// Writes JSON text: compact, valid UTF-8 whatever it is given.
struct JSONWriter {
    private(set) var bytes: Bytes = []
    private var needsComma = false

    init() {}

    mutating func object(_ members: (inout JSONWriter) -> Void) {
        nest(UInt8(ascii: "{"), UInt8(ascii: "}"), members)
    }

    mutating func array(_ elements: (inout JSONWriter) -> Void) {
        nest(UInt8(ascii: "["), UInt8(ascii: "]"), elements)
    }

    /// A member's name; its value follows.
    mutating func key(_ name: ByteView) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    mutating func string(_ value: ByteView) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        var index = 0
        while index < value.count {
            let byte = value[index]
            if byte >= 0x80 {
                let start = index
                let length = UTF8.sequenceLength(value, at: index)
                index += max(length, 1)
                if length == 0 { bytes.append(scalar: 0xFFFD) } else { bytes.append(value.slice(start, index)) }
            } else {
                append(ascii: byte)
                index += 1
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func string(_ value: Bytes) { value.withView { string($0) } }

    mutating func number(_ value: Int64) {
        separate()
        bytes.append(decimal: value)
    }

    /// A value that is JSON text already.
    mutating func raw(_ text: ByteView) {
        separate()
        bytes.append(text)
    }

    private mutating func append(ascii byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            bytes.append(UInt8(ascii: "\\"))
            bytes.append(byte)
        case 0x0A: bytes.append("\\n" as ByteView)
        case 0x0D: bytes.append("\\r" as ByteView)
        case 0x09: bytes.append("\\t" as ByteView)
        case 0..<0x20:
            bytes.append("\\u00" as ByteView)
            bytes.append(byte < 0x10 ? UInt8(ascii: "0") : UInt8(ascii: "1"))
            bytes.append(("0123456789abcdef" as ByteView)[Int(byte & 15)])
        default: bytes.append(byte)
        }
    }

    private mutating func nest(_ open: UInt8, _ close: UInt8, _ content: (inout JSONWriter) -> Void) {
        separate()
        bytes.append(open)
        needsComma = false
        content(&self)
        bytes.append(close)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }
}
