/// Everything a client is configured with, resolved and checked. Immutable.
struct Configuration {
    let region: Bytes
    let endpoint: Endpoint
    let credentialChain: CredentialChain
    let retryMode: RetryMode
    /// Requests of a call, the first included.
    let maxAttempts: Int64
    let connectTimeout: Nanoseconds
    let readTimeout: Nanoseconds
    /// For a whole call; `Duration.never` for none.
    let callTimeout: Nanoseconds
    let maxResponseBytes: Int
    let maxConnections: Int
    /// Between two looks at a job that is waited for.
    let waitSchedule: WaitSchedule
    /// For a whole wait; `Duration.never` for none.
    let waitTimeout: Nanoseconds
    /// Set by the caller, for all requests; 0 for no limit. Nil: only what polls has one.
    let maxRequestsPerSecond: Int64?
    /// Ended jobs that are remembered.
    let rememberedJobs: Int
    /// Whether equal requests in flight are one.
    let sharesRequests: Bool
    /// Whether many waiting jobs may be looked at through ListJobs.
    let pollsWithListJobs: Bool
    let usesTCPKeepAlive: Bool
    /// A file of trusted certificates; nil for the system's.
    let caBundle: Bytes?
    /// Proxies for the two schemes; nil for none.
    let httpProxy: Bytes?
    let httpsProxy: Bytes?
    /// Hosts that are reached without them.
    let noProxy: Bytes?
    let userAgent: UserAgent
    /// Whether requests carry the trace id of an AWS Lambda invocation.
    let tracesInvocations: Bool
    let explanation: Explanation
    /// What is allowed and probably not meant.
    let warnings: [Text]

    /// Resolves settings in code, environment and files; throws what is wrong with them.
    init(
        _ settings: Settings, _ environment: Environment, _ files: SharedFiles, _ platform: Platform,
        hasCallerProvider: Bool = false, instanceRegion: Bytes? = nil
    ) throws(Failure) {
        let resolver = try Resolver(settings, environment, files)
        guard
            let named = try resolver.value(.region)
                ?? instanceRegion.map({ Sourced(value: $0, source: .instanceMetadata) })
        else { throw Failure(.noRegion, "no Region: set \"region\", AWS_REGION or the profile's region") }
        let region = try Region(named)
        let mode = try resolver.value(.retryMode)
        retryMode = mode.flatMap { $0.value.withView { RetryMode(named: $0) } } ?? .standard
        maxAttempts = try resolver.number(.maxAttempts, default: retryMode.defaultAttempts)
        let defaults = try resolver.defaultsMode.resolved(
            region: region.name, current: resolver.currentRegion ?? instanceRegion)
        connectTimeout = Duration.milliseconds(
            try resolver.number(.connectTimeout, default: defaults.connectTimeout))
        readTimeout = Duration.milliseconds(try resolver.number(.readTimeout))
        // Time for three attempts that each connect and read as slowly as is allowed.
        let whole = try resolver.number(.callTimeout)
        callTimeout = whole == 0 ? Duration.never : Duration.milliseconds(whole)
        maxResponseBytes = Int(try resolver.number(.maxResponseBytes))
        maxConnections = Int(try resolver.number(.maxConnections))
        waitSchedule = try WaitSchedule(resolver)
        let wait = try resolver.number(.waitTimeout)
        waitTimeout = wait == 0 ? Duration.never : Duration.milliseconds(wait)
        maxRequestsPerSecond = try resolver.value(.maxRequestsPerSecond)?.value.withView { $0.trimmed.signedDecimal }
        rememberedJobs = Int(try resolver.number(.rememberedJobs))
        sharesRequests = try resolver.flag(.sharesRequests).value
        pollsWithListJobs = try resolver.flag(.pollsWithListJobs).value
        usesTCPKeepAlive = try resolver.flag(.tcpKeepAlive).value

        // Last what has memory of its own: all of it has to be freed where something later throws.
        let custom = try resolver.endpointURL()
        self.region = region.name
        endpoint = try Endpoint(
            region: region, custom: custom,
            isFIPS: try resolver.flag(.useFIPSEndpoint),
            isDualStack: try resolver.flag(.useDualStackEndpoint),
            hasHostPrefix: try !resolver.flag(.disableHostPrefixInjection).value)
        credentialChain = try CredentialChain(resolver, region, hasCallerProvider: hasCallerProvider)
        caBundle = try resolver.value(.caBundle).map { found throws(Failure) in
            try environment.expand(path: found.value)
        }
        httpProxy = try resolver.proxy(.httpProxy)
        httpsProxy = try resolver.proxy(.httpsProxy)
        noProxy = try resolver.value(.noProxy)?.value

        let appID = try resolver.value(.appID)
        userAgent = UserAgent(
            platform, retryMode: retryMode, isCustomEndpoint: custom != nil,
            environmentName: environment.value("AWS_EXECUTION_ENV"),
            appID: appID.flatMap { $0.value.isEmpty ? nil : $0.value })

        explanation = try Explanation(
            resolver, region: named, maxAttempts: maxAttempts, connectTimeout: connectTimeout)
        tracesInvocations = environment.value("AWS_LAMBDA_FUNCTION_NAME") != nil

        var warnings = files.warnings
        if endpoint.isExposed {
            warnings.append("requests to \(printable: endpoint.authority) are sent in the clear: the endpoint is http")
        }
        if region.isFIPS {
            warnings.append(
                "Region \(quoted: named.value) is an old name: use \(quoted: region.name) with use_fips_endpoint")
        }
        if let appID, appID.value.count > 50 {
            warnings.append("\(appID.source.text) is longer than 50 characters")
        }
        self.warnings = warnings
    }
}

extension Resolver {
    var defaultsMode: DefaultsMode {
        get throws(Failure) {
            try value(.defaultsMode)?.value.withView { DefaultsMode(named: $0) } ?? .legacy
        }
    }

    /// The Region that the program runs in, as far as the environment tells.
    fileprivate var currentRegion: Bytes? {
        guard environment.value("AWS_EXECUTION_ENV") != nil else { return nil }
        return environment.value("AWS_REGION") ?? environment.value("AWS_DEFAULT_REGION")
    }

    /// How to ask the machine for its Region, where that is needed: nothing else names one, or the defaults
    /// depend on it. Nil where it is not, or must not be asked.
    var instanceRegionSettings: InstanceMetadataSettings? {
        get throws(Failure) {
            var isNeeded = try value(.region) == nil
            if try defaultsMode == .auto, currentRegion == nil { isNeeded = true }
            guard isNeeded, settings.usesEnvironment, try !flag(.metadataDisabled).value else { return nil }
            return try metadataSettings
        }
    }
}

extension Configuration {
    /// Whether all requests keep to the budget, and not only those that poll.
    var pacesAll: Bool { (maxRequestsPerSecond ?? 0) > 0 }
}

extension Resolver {
    /// The proxy for a scheme; nil for none. `HTTP_PROXY` in capitals does not count inside a CGI
    /// program, where a client's `Proxy` header sets it (CVE-2016-5385).
    fileprivate func proxy(_ setting: Setting) throws(Failure) -> Bytes? {
        guard let found = try value(setting), !found.value.isEmpty else { return nil }
        if case .variable(let name) = found.source, name == "HTTP_PROXY", environment.value("REQUEST_METHOD") != nil {
            return nil
        }
        try ProxyURL.check(found)
        return found.value
    }
}
