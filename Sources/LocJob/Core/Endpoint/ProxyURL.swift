/// A proxy's URL, checked before libcurl sees it: libcurl would take some malformed ones for none, and
/// show others, password and all, in its error.
enum ProxyURL {
    private static let schemes: StaticString = "http https socks4 socks4a socks5 socks5h"

    /// `[scheme://][user[:password]@]host[:port]`; throws INVALID_SETTING, which never shows the URL.
    static func check(_ given: Sourced<Bytes>) throws(Failure) {
        func refuse(_ reason: Text) -> Failure {
            Failure(.invalidSetting, "\(given.source.text) is no usable proxy: \(reason)")
        }
        try given.value.withView { text throws(Failure) in
            var rest = text
            if let colon = text.firstIndex(of: UInt8(ascii: ":")), text.from(colon).hasPrefix("://") {
                guard isScheme(text.prefix(colon)) else { throw refuse("its scheme is none of \(schemes)") }
                rest = text.from(colon + 3)
            }
            if rest.hasSuffix("/") { rest = rest.prefix(rest.count - 1) }
            if let at = rest.firstIndex(of: UInt8(ascii: "@")) {
                guard isUserInfo(rest.prefix(at)) else {
                    throw refuse("its user or password has a character that must be percent-encoded")
                }
                rest = rest.from(at + 1)
            }
            _ = try EndpointURL.hostAndPort(rest) { _ in refuse("its host or port is malformed") }
        }
    }

    /// RFC 3986, section 3.2.1. An encoded control character would have libcurl drop the whole proxy.
    private static func isUserInfo(_ text: ByteView) -> Bool {
        var index = 0
        while index < text.count {
            let byte = text[index]
            if byte == UInt8(ascii: "%") {
                guard let high = text[index + 1].hexValue, let low = text[index + 2].hexValue else { return false }
                let decoded = high << 4 | low
                if decoded < 0x20 || decoded == 0x7F { return false }
                index += 3
            } else if byte.isUnreserved || ("!$&'()*+,;=:" as ByteView).contains(byte) {
                index += 1
            } else {
                return false
            }
        }
        return true
    }

    private static func isScheme(_ scheme: ByteView) -> Bool {
        var rest = ByteView(schemes)
        while !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: " ")) ?? rest.count
            if rest.prefix(end).equalsIgnoringCase(scheme) { return true }
            rest = rest.from(end + 1)
        }
        return false
    }
}
