import Testing

@testable import LocJob

@Suite("Endpoint URLs")
struct EndpointURLTests {
    @Test(
        "know IPv4 addresses",
        arguments: [
            ("1.2.3.4", true), ("0.0.0.0", true), ("255.255.255.255", true), ("256.1.1.1", false), ("1.2.3", false),
            ("1.2.3.4.5", false), ("01.2.3.4", false),
            ("1.2.3.", false), (".1.2.3", false), ("1..2.3", false), ("", false), ("a.b.c.d", false),
            ("1.2.3.4 ", false), ("-1.2.3.4", false), ("1.2.3.0004", false),
        ])
    func ipv4(_ text: String, _ isAddress: Bool) {
        text.withView { #expect(EndpointURL.isIPv4($0) == isAddress) }
    }

    @Test(
        "know IPv6 addresses",
        arguments: [
            ("::", true), ("::1", true), ("1::", true), ("1:2:3:4:5:6:7:8", true), ("1:2:3:4:5:6:7::", true),
            ("::2:3:4:5:6:7:8", true), ("2001:db8::1", true), ("FE80::ABCD", true),
            ("::ffff:1.2.3.4", true), ("1:2:3:4:5:6:1.2.3.4", true), ("::1.2.3.4", true),
            ("64:ff9b::192.0.2.33", true),
            ("", false), (":", false), (":::", false), ("1:2:3:4:5:6:7", false), ("1:2:3:4:5:6:7:8:9", false),
            ("1:2:3:4:5:6:7:8::", false), ("::1::", false), ("1::2::3", false),
            ("12345::", false), ("g::", false), (":1", false), ("1:", false), ("1:2:3:4:5:6:7:", false),
            ("::1.2.3", false), ("1.2.3.4", false), ("1.2.3.4::", false), ("::1.2.3.4:1", false),
            ("1:2:3:4:5:6:7:1.2.3.4", false), ("fe80::1%eth0", false), ("::1 ", false), ("[::1]", false),
            ("1:2:3:4:5:6:7:8:", false), ("::1:2:3:4:5:6:7:8", false),
        ])
    func ipv6(_ text: String, _ isAddress: Bool) {
        text.withView { #expect((EndpointURL.canonicalIPv6($0) != nil) == isAddress) }
    }

    @Test(
        "have IPv6 addresses in the one form that goes over the wire",
        arguments: [
            ("[0:0:0:0:0:0:0:1]", "[::1]"), ("[::0001]", "[::1]"), ("[FE80::ABCD]", "[fe80::abcd]"),
            ("[::ffff:1.2.3.4]", "[::ffff:1.2.3.4]"),
        ])
    func canonical(_ given: String, _ host: String) throws {
        let url = try EndpointURL(Sourced(value: Array(text: "http://\(given):8080/x"), source: .none))
        #expect(url.host.text == host)
        #expect(url.port == 8080)
    }

    @Test(
        "know who is exposed",
        arguments: [
            ("http://example.com", true), ("https://example.com", false), ("http://localhost", false),
            ("http://a.localhost", false), ("http://127.0.0.1", false), ("http://127.9.9.9:80", false),
            ("http://[::1]", false), ("http://[::2]", true), ("http://10.0.0.1", true),
            ("http://127.example.com", true), ("http://localhost.example.com", true),
        ])
    func exposure(_ url: String, _ isExposed: Bool) throws {
        let configuration = try Configuration.make(["endpoint_url": url])
        #expect(configuration.endpoint.isExposed == isExposed)
    }
}
