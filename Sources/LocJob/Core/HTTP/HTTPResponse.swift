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
        var result: ByteView?
        HTTPHead(head).forEach { candidate, value in
            if result == nil, candidate.equalsIgnoringCase(name) { result = value }
        }
        return result
    }
}

/// The header lines of a response.
struct HTTPHead {
    private let text: ByteView

    init(_ text: ByteView) { self.text = text }

    /// The fields in the order they came. Lines that are no field are passed over.
    func forEach(_ field: (_ name: ByteView, _ value: ByteView) -> Void) {
        var start = 0
        while start < text.count {
            let end = text.firstIndex(of: 0x0A, from: start) ?? text.count
            let line = text.slice(start, end)
            start = end + 1
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0, !line[0].isSpace else { continue }
            field(line.prefix(colon).trimmed, line.from(colon + 1).trimmed)
        }
    }
}

/// Where an attempt's time went: microseconds from its start, 0 for what did not happen.
struct Timings {
    var lookup: Int64 = 0
    var connect: Int64 = 0
    var tls: Int64 = 0
    var firstByte: Int64 = 0
    var total: Int64 = 0

    init() {}
}
