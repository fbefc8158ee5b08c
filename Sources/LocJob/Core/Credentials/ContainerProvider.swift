/// Where a container's credentials come from: what ECS and EKS set in the environment.
struct ContainerSettings {
    enum Authorization {
        case none
        case value(Sourced<Bytes>)
        /// Read anew for every fetch: EKS replaces the token while the container runs.
        case file(Sourced<Bytes>)
    }

    let origin: Bytes
    /// With the query.
    let path: Bytes
    let authorization: Authorization

    /// `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` wins over `…_FULL_URI`, and
    /// `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE` over `…_TOKEN`. Nil without a URI; throws INVALID_SETTING
    /// for one that cannot be used.
    static func make(
        relativeURI: Sourced<Bytes>?, fullURI: Sourced<Bytes>?, tokenFile: Sourced<Bytes>?, token: Sourced<Bytes>?
    ) throws(Failure) -> ContainerSettings? {
        let authorization: Authorization
        if let tokenFile {
            authorization = .file(tokenFile)
        } else if let token {
            authorization = .value(token)
        } else {
            authorization = .none
        }
        if let relativeURI {
            // Anything but a slash could go on with the host's name.
            guard relativeURI.value.first == UInt8(ascii: "/") else {
                throw Failure(.invalidSetting, "\(relativeURI.source.text) does not begin with /")
            }
            let uri = Sourced(value: Bytes("http://169.254.170.2") + relativeURI.value, source: relativeURI.source)
            return try ContainerSettings(uri, authorization)
        }
        return try fullURI.map { uri throws(Failure) in try ContainerSettings(uri, authorization) }
    }

    private init(_ uri: Sourced<Bytes>, _ authorization: Authorization) throws(Failure) {
        let end = uri.value.firstIndex(of: UInt8(ascii: "?")) ?? uri.value.count
        let url: EndpointURL
        do throws(Failure) {
            url = try EndpointURL(Sourced(value: Bytes(uri.value[..<end]), source: uri.source))
        } catch {
            throw Failure(.invalidSetting, error.message)
        }
        let query = Bytes(uri.value[end...])
        guard !query.contains(where: { $0 <= 0x20 || $0 > 0x7E || $0 == UInt8(ascii: "#") }) else {
            throw Failure(
                .invalidSetting, "\(uri.source.text) has a query with a character that must be percent-encoded")
        }
        guard url.isHTTPS || url.host.withView({ Self.isNear($0) }) else {
            throw Failure(
                .invalidSetting,
                """
                \(uri.source.text) is http to \(quoted: url.host): it must be https, or http to a loopback address, \
                localhost, 169.254.170.2, 169.254.170.23 or [fd00:ec2::23]
                """)
        }
        origin = url.origin
        path = (url.path.isEmpty ? Bytes("/") : url.path) + query
        self.authorization = authorization
    }

    /// Hosts to which credentials may travel in the clear (botocore: utils.py, ContainerMetadataFetcher).
    private static func isNear(_ host: ByteView) -> Bool {
        let names: [ByteView] = [
            "localhost", "[::1]", "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]",
        ]
        for name in names where name == host { return true }
        return EndpointURL.isIPv4(host) && host.hasPrefix("127.")
    }
}

/// Credentials of an ECS task or an EKS pod.
final class ContainerProvider: CredentialProvider {
    private let settings: ContainerSettings
    private let featureIDs: Bytes

    /// `featureIDs` nil is the provider's own.
    init(_ settings: ContainerSettings, featureIDs: Bytes? = nil) {
        self.settings = settings
        self.featureIDs = featureIDs ?? CredentialOrigin.container.featureID.bytes
    }

    let origin = CredentialOrigin.container

    func makeFetch() -> any CredentialFetch { ContainerFetch(settings, featureIDs) }
}

///     start ─► [read the token] ─► send ─► response ─► done
///                                   ▲         │
///                                   └─ wait ◄─┘ whatever went wrong
private final class ContainerFetch: CredentialFetch {
    // botocore: utils.py, ContainerMetadataFetcher.
    private static let timeout = Duration.milliseconds(2000)
    private static let attempts = 3
    private static let pause = Duration.milliseconds(1000)

    private let settings: ContainerSettings
    private let featureIDs: Bytes
    private var authorization: Secret?
    private var attempt = 1

    init(_ settings: ContainerSettings, _ featureIDs: Bytes) {
        self.settings = settings
        self.featureIDs = featureIDs
    }

    func start(_ context: FetchContext) throws(Failure) -> FetchStep {
        switch settings.authorization {
        case .none: break
        case .value(let token): try authorize(token.value, "\(token.source.text)")
        case .file(let path): return .read(path: path.value)
        }
        return try send(context)
    }

    func resume(_ answer: Answer, _ context: FetchContext) throws(Failure) -> FetchStep {
        switch answer {
        case .file(let contents):
            try authorize(contents)
            return try send(context)
        case .response(let response, _):
            return try receive(response, context)
        case .failed(let failure, _):
            return try again(CredentialOrigin.container.failure(failure), context)
        case .woke:
            return try send(context)
        default:
            throw Failure(.internalError, "an answer that nobody asked for")
        }
    }

    private func authorize(_ contents: FileContents) throws(Failure) {
        guard case .file(let path) = settings.authorization else { return }
        let name = Text("\(quoted: path.value) (\(path.source.text))")
        switch contents {
        case .absent: throw CredentialOrigin.container.failure("the token file \(name) is not there")
        case .denied:
            throw CredentialOrigin.container.failure("the token file \(name) cannot be read: permission denied")
        case .unreadable(let reason):
            throw CredentialOrigin.container.failure("the token file \(name) cannot be read: \(reason)")
        case .bytes(let token): try authorize(token, "the token file \(name)")
        }
    }

    /// Files end in a line break more often than not (botocore refuses it). One inside would let the token
    /// write header fields of its own.
    private func authorize(_ token: Bytes, _ name: Text) throws(Failure) {
        authorization = try token.withView { (token) throws(Failure) -> Secret in
            var end = token.count
            while end > 0, token[end - 1].isSpace { end -= 1 }
            let token = token.prefix(end)
            guard !token.isEmpty else { throw CredentialOrigin.container.failure("\(name) is empty") }
            guard token.isPrintableASCII else {
                throw CredentialOrigin.container.failure("\(name) holds a character that no header can carry")
            }
            return try Secret.make(token)
        }
    }

    private func send(_ context: FetchContext) throws(Failure) -> FetchStep {
        let request = context.request
        request.beginDirect(
            origin: settings.origin, path: settings.path, timeout: Self.timeout, context.client.configuration.userAgent)
        request.add("Accept") { $0.append("application/json" as ByteView) }
        if let authorization { request.add("Authorization") { $0.append(authorization.view) } }
        try request.checkMemory()
        return .send
    }

    private func receive(_ response: HTTPResponse, _ context: FetchContext) throws(Failure) -> FetchStep {
        guard response.status == 200 else {
            return try again(
                CredentialOrigin.container.failure("status \(response.status) instead of credentials"), context)
        }
        let document: CredentialDocument
        do throws(Failure) {
            document = try CredentialDocument(response.body, from: .container)
        } catch {
            return try again(CredentialOrigin.container.failure(error.message), context)
        }
        return .done(try document.credentials(featureIDs: featureIDs).living(at: context.now.wallSeconds))
    }

    /// The service is asked again whatever went wrong, as botocore does.
    private func again(_ failure: Failure, _ context: FetchContext) throws(Failure) -> FetchStep {
        guard attempt < Self.attempts else { throw failure }
        attempt += 1
        return .wait(until: Duration.sum(context.now.monotonic, Self.pause))
    }
}
