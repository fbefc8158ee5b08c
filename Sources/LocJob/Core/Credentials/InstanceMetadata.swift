/// Where the instance metadata service (IMDS) is, and how patient to be with it.
struct InstanceMetadataSettings {
    let origin: Bytes
    /// Without a `/` at its end.
    let basePath: Bytes
    /// For connecting, and for reading.
    let timeout: Nanoseconds
    let attempts: Int64

    /// `endpoint` is that of `ec2_metadata_service_endpoint` and wins over `mode`
    /// (`ec2_metadata_service_endpoint_mode`: `ipv4` or `ipv6` in any case), which wins over `usesIPv6`
    /// (`imds_use_ipv6`). Throws INVALID_SETTING.
    static func make(
        endpoint: Sourced<Bytes>? = nil, mode: Sourced<Bytes>? = nil, usesIPv6: Bool = false,
        timeout: Nanoseconds = Duration.milliseconds(1000), attempts: Int64 = 1
    ) throws(Failure) -> InstanceMetadataSettings {
        let isIPv6 = try mode.map { mode throws(Failure) in try Self.isIPv6(mode) } ?? usesIPv6
        guard let endpoint else {
            // botocore: utils.py, METADATA_BASE_URL.
            let origin: StaticString = isIPv6 ? "http://[fd00:ec2::254]" : "http://169.254.169.254"
            return InstanceMetadataSettings(origin: Bytes(origin), basePath: [], timeout: timeout, attempts: attempts)
        }
        do throws(Failure) {
            let url = try EndpointURL(endpoint)
            let basePath = url.path.last == UInt8(ascii: "/") ? Bytes(url.path.dropLast()) : url.path
            return InstanceMetadataSettings(
                origin: url.origin, basePath: basePath, timeout: timeout, attempts: attempts)
        } catch {
            throw Failure(.invalidSetting, error.message)
        }
    }

    private static func isIPv6(_ mode: Sourced<Bytes>) throws(Failure) -> Bool {
        try mode.value.withView { value throws(Failure) in
            if value.equalsIgnoringCase("ipv6") { return true }
            if value.equalsIgnoringCase("ipv4") { return false }
            throw Failure(.invalidSetting, "\(mode.source.text) is \(quoted: value) where ipv4 or ipv6 is needed")
        }
    }
}

/// Documents of the instance metadata service by IMDSv2: a token first, then one after another with it
/// (botocore: utils.py, IMDSFetcher). IMDSv1, which asks for no token and so gives a forged request what it
/// wants, is never used.
struct InstanceMetadata {
    private let settings: InstanceMetadataSettings
    private let userAgent: UserAgent
    private var token: Secret?
    private var path: Bytes = []
    private var attempt: Int64 = 1
    /// The code of what goes wrong.
    var code = Code.noCredentials

    private static let tokenPath: StaticString = "/latest/api/token"
    /// Of the token in seconds, the longest there is.
    private static let lifetime: StaticString = "21600"
    /// Of the token in bytes; those of the service have 56.
    private static let longestToken = 4096

    init(_ settings: InstanceMetadataSettings, _ userAgent: UserAgent) {
        self.settings = settings
        self.userAgent = userAgent
    }

    /// Fills in the request for the document at `path`, or for the token that it takes.
    mutating func ask(_ path: Bytes, _ request: HTTPRequest) throws(Failure) {
        self.path = path
        attempt = 1
        try fill(request)
    }

    /// The document that was asked for, with status 200, or 404 when there is none; nil when the request is
    /// filled in anew and to be sent.
    mutating func receive(_ answer: Answer, _ request: HTTPRequest) throws(Failure) -> HTTPResponse? {
        switch answer {
        case .response(let response, _) where token == nil:
            try takeToken(response, request)
            return nil
        case .response(let response, _):
            if response.status == 404 || (response.status == 200 && !response.body.trimmed.isEmpty) { return response }
            let what: StaticString = response.status == 200 ? "nothing" : "no document"
            try again("\(what) at \(printable: path) (status \(response.status))", request)
            return nil
        case .failed(let failure, _):
            if failure.code == .outOfMemory { throw failure }
            // A service that is there, but too many hops away, takes the request for a token and never
            // answers it: no use in asking again.
            if token == nil, failure.code == .readTimeout { throw self.failure(failure.message) }
            try again(failure.message, request)
            return nil
        default:
            throw Failure(.internalError, "an answer that nobody asked for")
        }
    }

    /// Fills in the request once more, or throws what was wrong when that was the last attempt.
    mutating func again(_ problem: Text, _ request: HTTPRequest) throws(Failure) {
        guard attempt < settings.attempts else { throw failure(problem) }
        attempt += 1
        try fill(request)
    }

    func failure(_ text: Text) -> Failure { Failure(code, "\(CredentialOrigin.instanceMetadata.name): \(text)") }

    private mutating func takeToken(_ response: HTTPResponse, _ request: HTTPRequest) throws(Failure) {
        switch response.status {
        case 200: break
        case 400, 403, 404, 405: throw failure("no token (status \(response.status))")
        default:
            try again("no token (status \(response.status))", request)
            return
        }
        let given = response.body.trimmed
        guard !given.isEmpty, given.count <= Self.longestToken, given.isPrintableASCII else {
            throw failure("the answer to the request for a token is none")
        }
        token = try Secret.make(given)
        attempt = 1
        try fill(request)
    }

    private func fill(_ request: HTTPRequest) throws(Failure) {
        if let token {
            request.beginDirect(
                origin: settings.origin, path: settings.basePath + path, timeout: settings.timeout, userAgent)
            request.add("x-aws-ec2-metadata-token") { $0.append(token.view) }
        } else {
            request.beginDirect(
                "PUT", origin: settings.origin, path: settings.basePath + Bytes(Self.tokenPath),
                timeout: settings.timeout, userAgent)
            request.add("x-aws-ec2-metadata-token-ttl-seconds") { $0.append(ByteView(Self.lifetime)) }
        }
        try request.checkMemory()
    }
}
