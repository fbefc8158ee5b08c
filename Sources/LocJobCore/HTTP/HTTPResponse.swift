/// A response as it arrived. It borrows the driver's memory: valid until the call asks for its next
/// request or has finished.
public struct HTTPResponse {
    public var status: Int
    /// The status line and the header lines of the final response, as they came.
    public var head: ByteView
    public var body: ByteView

    public init(status: Int, head: ByteView, body: ByteView) {
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
public struct HTTPHead {
    private let text: ByteView

    public init(_ text: ByteView) { self.text = text }

    /// The fields in the order they came. Lines that are no field are passed over.
    public func forEach(_ field: (_ name: ByteView, _ value: ByteView) -> Void) {
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
public struct Timings {
    public var lookup: Int64 = 0
    public var connect: Int64 = 0
    public var tls: Int64 = 0
    public var firstByte: Int64 = 0
    public var total: Int64 = 0

    public init() {}
}
