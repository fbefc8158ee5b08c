/// UTF-8 text put together from literals, bytes and numbers, as in
/// `Text("attempt \(n): \(quoted: name)")`: the core's replacement for String, whose comparison and
/// formatting the release build does not have.
struct Text: ExpressibleByStringInterpolation, Sendable {
    var bytes: Bytes

    init(_ bytes: Bytes) { self.bytes = bytes }
    init(stringLiteral text: StaticString) { bytes = Bytes(text) }
    init(stringInterpolation: StringInterpolation) { bytes = stringInterpolation.bytes }

    struct StringInterpolation: StringInterpolationProtocol {
        var bytes: Bytes = []

        init(literalCapacity: Int, interpolationCount: Int) {}

        mutating func appendLiteral(_ text: StaticString) { bytes.append(ByteView(text)) }
        @inline(never)
        mutating func appendInterpolation(_ text: StaticString) { bytes.append(ByteView(text)) }
        @inline(never)
        mutating func appendInterpolation(_ view: ByteView) { bytes.append(view) }
        @inline(never)
        mutating func appendInterpolation(_ text: Text) { text.bytes.withView { bytes.append($0) } }
        @inline(never)
        mutating func appendInterpolation(_ number: Int64) { bytes.append(decimal: number) }
        @inline(never)
        mutating func appendInterpolation(_ number: Int) { bytes.append(decimal: Int64(number)) }

        /// Text from outside: between quotation marks, on one line, valid UTF-8, cut to a length that
        /// fits a message.
        @inline(never)
        mutating func appendInterpolation(quoted view: ByteView) {
            bytes.append(UInt8(ascii: "\""))
            bytes.append(printable: view, limit: 200)
            bytes.append(UInt8(ascii: "\""))
        }

        @inline(never)
        mutating func appendInterpolation(quoted text: Bytes) {
            text.withView { appendInterpolation(quoted: $0) }
        }

        /// Text from outside that reads better without quotation marks.
        @inline(never)
        mutating func appendInterpolation(printable view: ByteView) {
            bytes.append(printable: view, limit: 1000)
        }

        @inline(never)
        mutating func appendInterpolation(printable text: Bytes) {
            text.withView { appendInterpolation(printable: $0) }
        }
    }
}
