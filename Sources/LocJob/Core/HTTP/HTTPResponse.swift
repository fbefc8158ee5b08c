import CCore

/// A response as it arrived. It borrows the driver's memory: valid until the call asks for its next
/// request or has finished.
struct HTTPResponse {
    var status: Int
    /// The status line and the header lines of the final response, as they came.
    var head: ByteView
    var body: ByteView

    init(status: Int, head: ByteView, body: ByteView) {
        self.status = status
        self.head = head
        self.body = body
    }

    /// The first field of a name, without white space around its value.
    func field(_ name: ByteView) -> ByteView? {
        guard let base = head.base else { return nil }
        var start = 0
        while start < head.count {
            let line = ByteView(base + start, count: lj_find(base + start, head.count &- start, 0x0A))
            if line[name.count] == UInt8(ascii: ":"), line.prefix(name.count).equalsIgnoringCase(name) {
                return line.from(name.count + 1).trimmed
            }
            start += line.count + 1
        }
        return nil
    }
}

extension HTTPResponse {
    var requestID: ByteView? { field("x-amzn-requestid") ?? field("x-amz-request-id") }
}

/// The header lines of a response.
struct HTTPHead {
    private var rest: ByteView

    init(_ text: ByteView) { rest = text }

    /// The next field; nil behind the last one. Lines that are no field are passed over.
    mutating func next() -> (name: ByteView, value: ByteView)? {
        while !rest.isEmpty {
            let end = rest.firstIndex(of: 0x0A) ?? rest.count
            let line = rest.prefix(end)
            rest = rest.from(end + 1)
            // The status line's phrase may hold a colon; a field's name cannot hold a slash.
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0, !line[0].isSpace,
                !line.hasPrefix("HTTP/")
            else { continue }
            return (line.prefix(colon).trimmed, line.from(colon + 1).trimmed)
        }
        return nil
    }
}
