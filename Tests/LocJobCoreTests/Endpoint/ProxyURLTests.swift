import Testing

@testable import LocJob

@Suite("Proxy URLs")
struct ProxyURLTests {
    private func refusal(_ url: String) -> String? {
        do throws(Failure) {
            try ProxyURL.check(Sourced(value: Array(text: url), source: .variable("https_proxy")))
            return nil
        } catch {
            return error.message.bytes.text
        }
    }

    @Test(
        "are taken with and without scheme, user, port and final slash",
        arguments: [
            "http://proxy:3128", "proxy", "proxy:3128/", "https://user@proxy", "socks5h://user:p%40ss@[::1]:1080",
            "HTTP://u:!$&'()*+,;=~.-_@127.0.0.1:1",
        ])
    func good(_ url: String) { #expect(refusal(url) == nil) }

    @Test(
        "that libcurl would drop or show in its error are refused, and never shown",
        arguments: [
            "http://user:hush%00@proxy:1", "http://u%01:hush@proxy", "socks5://u:hush%0a@proxy", "http://u:hush%7F@p",
            "http://user:hush secret@proxy:3128", "http://user:hush@er2@host:1", "http://user:hush@host:1/a b",
            "http://user:hush@host/path", "http://user:hush%4@host", "http://user:hush%zz@host", "ftp://u:hush@host",
            "http://user:hush@", "http://user:hush@host:99999", "//", "http://",
        ])
    func bad(_ url: String) throws {
        let message = try #require(refusal(url))
        #expect(message.contains("https_proxy"))
        #expect(!message.contains("hush"))
    }
}
