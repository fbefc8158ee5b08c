import CCore

/// A custom endpoint's URL, taken apart (RFC 3986, as far as an endpoint may use it): http or https, a
/// host, perhaps a port and a path; no user, no query, no fragment.
struct EndpointURL {
    var isHTTPS: Bool
    /// In lower case; an IPv6 address in brackets.
    var host: Bytes
    /// Nil for the scheme's own.
    var port: Int64?
    /// As given; empty or from the first `/` on.
    var path: Bytes

    /// Throws INVALID_ENDPOINT. The URL itself is shown only once it is known to carry no password.
    init(_ given: Sourced<Bytes>) throws(Failure) {
        let source = given.source
        func refuse(_ reason: Text) -> Failure {
            Failure(.invalidEndpoint, "\(source.text) is no usable endpoint: \(reason)")
        }
        (isHTTPS, host, port, path) = try given.value.withView {
            (text) throws(Failure) -> (Bool, Bytes, Int64?, Bytes) in
            guard let colon = text.firstIndex(of: UInt8(ascii: ":")), text.from(colon).hasPrefix("://") else {
                throw refuse("it does not begin with http:// or https://")
            }
            let scheme = text.prefix(colon)
            let isHTTPS = scheme.equalsIgnoringCase("https")
            guard isHTTPS || scheme.equalsIgnoringCase("http") else {
                throw refuse("its scheme is neither http nor https")
            }
            let rest = text.from(colon + 3)
            let slash = Self.end(of: rest)
            let authority = rest.prefix(slash)
            let path = rest.from(slash)
            // Also further on: a password with a slash in it looks like a path.
            if rest.contains(UInt8(ascii: "@")) { throw refuse("it names a user") }
            if path.contains(UInt8(ascii: "?")) { throw refuse("it has a query") }
            if path.contains(UInt8(ascii: "#")) { throw refuse("it has a fragment") }
            if path.contains(where: { !Self.isPathByte($0) }) {
                throw refuse("its path has a character that must be percent-encoded")
            }
            let (host, port) = try Self.hostAndPort(authority, refuse)
            return (isHTTPS, host, port, path.bytes)
        }
    }

    private static func end(of rest: ByteView) -> Int {
        var index = 0
        while index < rest.count {
            switch rest[index] {
            case UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"): return index
            default: index += 1
            }
        }
        return index
    }

    /// RFC 3986: pchar without "@", and "/"; a backslash and everything beyond ASCII is out.
    private static func isPathByte(_ byte: UInt8) -> Bool {
        byte.isLetter || byte.isDigit || ("-._~!$&'()*+,;=:/%" as ByteView).contains(byte)
    }

    static func hostAndPort(
        _ authority: ByteView, _ refuse: (Text) -> Failure
    ) throws(Failure) -> (Bytes, Int64?) {
        var end = authority.count
        var host: Bytes = []
        if authority[0] == UInt8(ascii: "[") {
            guard let bracket = authority.firstIndex(of: UInt8(ascii: "]")),
                let address = canonicalIPv6(authority.slice(1, bracket))
            else { throw refuse("its host is no IPv6 address") }
            end = bracket + 1
            host = address
        } else {
            end = authority.firstIndex(of: UInt8(ascii: ":")) ?? end
            try checkName(authority.prefix(end), refuse)
            host = authority.prefix(end).lowercased
        }
        if end == authority.count { return (host, nil) }
        guard authority[end] == UInt8(ascii: ":") else { throw refuse("its host is malformed") }
        let digits = authority.from(end + 1)
        if digits.isEmpty { return (host, nil) }
        guard let port = digits.decimal, (1...65_535).contains(port) else {
            throw refuse("its port is not from 1 to 65535")
        }
        return (host, port)
    }

    private static func checkName(_ name: ByteView, _ refuse: (Text) -> Failure) throws(Failure) {
        if name.isEmpty { throw refuse("it has no host") }
        let isName =
            name.count <= 253 && name[0] != UInt8(ascii: ".")
            && !name.contains {
                !$0.isLetter && !$0.isDigit && $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: ".")
                    && $0 != UInt8(ascii: "_")
            }
        guard isName else { throw refuse("its host \(quoted: name) is no host name") }
        // `127.1` and `0x7f.1` are addresses to some programs and names to others.
        let lastLabel = name.from((name.lastIndex(of: UInt8(ascii: ".")) ?? -1) + 1)
        if lastLabel[0].isDigit, lastLabel.isNumber || lastLabel[1] | 0x20 == UInt8(ascii: "x"), !Self.isIPv4(name) {
            throw refuse("its host \(quoted: name) is no IPv4 address")
        }
    }

    /// Four numbers from 0 to 255 without zeros in front.
    static func isIPv4(_ text: ByteView) -> Bool {
        var rest = text
        for part in 0..<4 {
            let end = part == 3 ? rest.count : rest.firstIndex(of: UInt8(ascii: ".")) ?? 0
            let digits = rest.prefix(end)
            guard digits.count <= 3, let value = digits.decimal, value <= 255,
                digits.count == 1 || digits[0] != UInt8(ascii: "0")
            else { return false }
            rest = rest.from(end + 1)
        }
        return true
    }

    /// An IPv6 address in brackets and in the form that libcurl will send as `Host`; nil for what is none,
    /// zones included.
    static func canonicalIPv6(_ text: ByteView) -> Bytes? {
        guard text.count < Int(LJ_IPV6_SIZE), !text.contains(0) else { return nil }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 2 * Int(LJ_IPV6_SIZE)) { room in
            guard let given = room.baseAddress else { return nil }
            let canonical = given + Int(LJ_IPV6_SIZE)
            room.initialize(repeating: 0)
            for i in 0..<text.count { given[i] = CChar(bitPattern: text[i]) }
            guard lj_canonical_ipv6(given, canonical) == 0 else { return nil }
            let length = lj_length(canonical, Int(LJ_IPV6_SIZE))
            let address = ByteView(UnsafeRawPointer(canonical).assumingMemoryBound(to: UInt8.self), count: length)
            return [UInt8(ascii: "[")] + address.bytes + [UInt8(ascii: "]")]
        }
    }
}
