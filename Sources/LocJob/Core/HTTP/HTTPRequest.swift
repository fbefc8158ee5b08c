/// A request to be sent, in memory that the next one uses again. Every text in it ends in a NUL, so that
/// a C library can take it as it stands.
final class HTTPRequest {
    private let text = ByteBuffer()
    private var fields: [Int] = []
    private(set) var originLength = 0
    private var urlLength = 0
    /// Room for whoever builds the request.
    let scratch = ByteBuffer()
    /// Room for the tags of the job that its response describes.
    let tags = JSONMembers()
    /// Room for the head of a response that another response takes the place of.
    let keptHead = ByteBuffer()
    /// The payload; empty for none.
    let body = ByteBuffer()
    private(set) var method: StaticString = "GET"
    /// Time limits of its own; nil for the client's.
    var connectTimeout: Nanoseconds?
    var readTimeout: Nanoseconds?
    /// Whether it goes by no proxy, whatever is configured.
    var isDirect = false

    /// Begins a new request. `origin` is scheme and authority of the URL, `path` writes its path,
    /// percent-encoded, and its query.
    func begin(_ method: StaticString = "GET", origin: Bytes, path: (ByteBuffer) -> Void) {
        text.removeAll()
        scratch.removeAll()
        body.removeAll()
        self.method = method
        connectTimeout = nil
        readTimeout = nil
        isDirect = false
        fields.removeAll(keepingCapacity: true)
        text.append(origin)
        originLength = text.count
        path(text)
        urlLength = text.count
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

    var url: ByteView { text.view.prefix(urlLength) }

    /// The path as it goes over the wire.
    var path: ByteView { url.from(originLength) }

    /// Header fields, each `Name: value`. Valid until the next request begins.
    var fieldCount: Int { fields.count }

    func field(_ index: Int) -> ByteView {
        guard fields.indices.contains(index) else { return .empty }
        let end = index + 1 < fields.count ? fields[index + 1] : text.count
        return text.view.slice(fields[index], end - 1)
    }

    /// Whether memory ran out while the request was built.
    var isExhausted: Bool { text.isExhausted || scratch.isExhausted || body.isExhausted }

    /// The host of the URL, without its port.
    var hostName: ByteView {
        let authority = url.slice((url.firstIndex(of: UInt8(ascii: ":")) ?? 0) + 3, originLength)
        if let bracket = authority.lastIndex(of: UInt8(ascii: "]")) { return authority.prefix(bracket + 1) }
        return authority.prefix(authority.firstIndex(of: UInt8(ascii: ":")) ?? authority.count)
    }

    var isHTTPS: Bool { url.hasPrefix("https:") }
}
