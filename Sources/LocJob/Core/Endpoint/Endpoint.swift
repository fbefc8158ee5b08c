/// Where GetJob requests go.
struct Endpoint {
    let isHTTPS: Bool
    /// In lower case, an IPv6 address in brackets; the `metadata.` prefix included where it applies.
    let host: Bytes
    /// The path of a custom endpoint without its last `/`; what a request's own path is added to.
    let basePath: Bytes
    /// What the `Host` header says: the default port is left out.
    let authority: Bytes
    /// Scheme and authority, as a URL begins.
    let origin: Bytes

    static let prefix: StaticString = "metadata."

    /// The endpoint of the Location rule set (botocore: data/location/endpoint-rule-set-1.json), with the
    /// operation's host prefix (service model).
    init(
        region: Region, custom: Sourced<Bytes>?, isFIPS: Sourced<Bool>, isDualStack: Sourced<Bool>,
        hasHostPrefix: Bool
    ) throws(Failure) {
        guard let custom else {
            let partition = region.name.withView { Partition.of($0) }
            let fips: StaticString = isFIPS.value || region.isFIPS ? "-fips" : ""
            let suffix = isDualStack.value ? partition.dualStackDNSSuffix : partition.dnsSuffix
            let prefix: StaticString = hasHostPrefix ? Self.prefix : ""
            let name = region.name.withView { $0.lowercased }
            self.init(
                isHTTPS: true, host: Text("\(prefix)geo\(fips).\(name.text).\(suffix)").bytes, port: nil,
                basePath: [])
            return
        }
        for flag in [isFIPS, isDualStack] where flag.value {
            throw Failure(
                .invalidEndpoint,
                "\(flag.source.text) cannot be combined with the custom endpoint of \(custom.source.text)")
        }
        let url = try EndpointURL(custom)
        let takesPrefix = hasHostPrefix && !url.host.withView { Self.isLocal($0) }
        self.init(
            isHTTPS: url.isHTTPS,
            host: takesPrefix ? Text("\(Self.prefix)\(url.host.text)").bytes : url.host,
            port: url.port,
            basePath: url.path.last == UInt8(ascii: "/") ? Bytes(url.path.dropLast()) : url.path)
    }

    private init(isHTTPS: Bool, host: Bytes, port: Int64?, basePath: Bytes) {
        self.isHTTPS = isHTTPS
        self.host = host
        self.basePath = basePath
        let isDefaultPort = port == nil || port == (isHTTPS ? 443 : 80)
        authority = isDefaultPort ? host : Text("\(host.text):\(port ?? 0)").bytes
        origin = Text("\(isHTTPS ? "https" : "http" as StaticString)://\(authority.text)").bytes
    }

    /// Hosts that have no names below them: addresses and this machine.
    private static func isLocal(_ host: ByteView) -> Bool {
        host[0] == UInt8(ascii: "[") || EndpointURL.isIPv4(host) || host == "localhost" || host.hasSuffix(".localhost")
    }

    /// Whether requests to a server on another machine go out in the clear.
    var isExposed: Bool {
        guard !isHTTPS else { return false }
        return host.withView { host in
            !(host == "[::1]" || host == "localhost" || host.hasSuffix(".localhost")
                || (EndpointURL.isIPv4(host) && host.hasPrefix("127.")))
        }
    }
}

extension Array where Element == UInt8 {
    /// The bytes as text that is known to be valid UTF-8.
    var text: Text { Text(self) }
}
