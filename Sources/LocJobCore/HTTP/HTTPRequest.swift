/// A request to be sent, in memory that the next one uses again. Every text in it ends in a NUL, so that
/// a C library can take it as it stands.
public final class HTTPRequest {
    private let text = ByteBuffer()
    private var fields: [Int] = []
    /// Room for whoever builds the request.
    let scratch = ByteBuffer()
    /// Scheme and authority of the URL.
    public private(set) var origin: Bytes = []

    public init() {}

    /// Begins a new GET request; `path` writes its path, percent-encoded.
    func begin(origin: Bytes, path: (ByteBuffer) -> Void) {
        text.removeAll()
        scratch.removeAll()
        fields.removeAll(keepingCapacity: true)
        self.origin = origin
        path(text)
        text.append(0 as UInt8)
    }

    /// Adds a header field; `value` writes its value.
    func add(_ name: ByteView, _ value: (ByteBuffer) -> Void) {
        fields.append(text.count)
        text.append(name)
        text.append(": " as ByteView)
        value(text)
        text.append(0 as UInt8)
    }

    public let method: StaticString = "GET"

    /// The path as it goes over the wire.
    public var path: ByteView { text.view.prefix(text.view.firstIndex(of: 0) ?? 0) }

    /// Header fields, each `Name: value`. Valid until the next request begins.
    public var fieldCount: Int { fields.count }

    public func field(_ index: Int) -> ByteView {
        guard fields.indices.contains(index) else { return .empty }
        let end = index + 1 < fields.count ? fields[index + 1] : text.count
        return text.view.slice(fields[index], end - 1)
    }

    /// Whether memory ran out while the request was built.
    var isExhausted: Bool { text.isExhausted || scratch.isExhausted }
}
