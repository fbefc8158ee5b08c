import Testing

@testable import LocJob

@Suite("Requests")
struct HTTPRequestTests {
    @Test("hold a URL and fields, each ending in a NUL in memory")
    func building() {
        let request = HTTPRequest()
        for round in 1...3 {
            request.begin(origin: Bytes("https://h")) { $0.append("/p" as ByteView) }
            request.add("A") { $0.append("1" as ByteView) }
            request.add("B") { $0.append(decimal: Int64(round)) }
            #expect(request.url.text == "https://h/p")
            #expect(request.path.text == "/p")
            #expect(request.fieldCount == 2)
            #expect(request.field(0).text == "A: 1")
            #expect(request.field(1).text == "B: \(round)")
            for view in [request.url, request.field(0), request.field(1)] { #expect(view.base?[view.count] == 0) }
        }
        #expect(request.field(2).isEmpty)
        #expect(request.field(-1).isEmpty)
        #expect(!request.isExhausted)
    }

    @Test("say when memory ran out, until they begin anew")
    func exhaustion() {
        let request = HTTPRequest()
        request.begin(origin: []) { path in "x".withView { path.append(ByteView($0.base, count: Int.max)) } }
        request.add("A") { $0.append("1" as ByteView) }
        #expect(request.isExhausted)
        _ = request.path
        _ = request.field(0)
        request.begin(origin: []) { $0.append("/" as ByteView) }
        #expect(!request.isExhausted)
        #expect(request.path.text == "/")
    }

    @Test(
        "know host and scheme of their URL",
        arguments: [
            ("http://host", "host", false), ("https://host:8443", "host", true), ("https://[::1]:80", "[::1]", true),
            ("http://[::1]", "[::1]", false), ("https://", "", true),
        ])
    func host(_ origin: String, _ host: String, _ isHTTPS: Bool) {
        let request = HTTPRequest()
        request.begin(origin: Array(text: origin)) { $0.append("/a:b]" as ByteView) }
        #expect(request.hostName.text == host)
        #expect(request.isHTTPS == isHTTPS)
    }
}
