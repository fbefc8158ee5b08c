/// Every setting of a client: the one table of names, environment variables, profile keys and what a
/// value may be. Names are AWS's where AWS has one.
enum Setting: Int, CaseIterable, Sendable {
    case region, profile, configFile, sharedCredentialsFile
    case accessKeyID, secretAccessKey, sessionToken
    case endpointURL, ignoreConfiguredEndpointURLs
    case useFIPSEndpoint, useDualStackEndpoint, disableHostPrefixInjection
    case retryMode, maxAttempts
    case connectTimeout, readTimeout, callTimeout, maxResponseBytes, maxConnections
    case waitMinDelay, waitMaxDelay, waitTimeout
    case maxRequestsPerSecond, rememberedJobs, sharesRequests, pollsWithListJobs
    case tcpKeepAlive, caBundle
    case httpProxy, httpsProxy, noProxy
    case appID
    case stsRegionalEndpoints
    case metadataDisabled, metadataEndpoint, metadataEndpointMode, metadataUsesIPv6
    case metadataTimeout, metadataAttempts
    case defaultsMode
    case useEnvironment

    /// What a value may be.
    enum Kind {
        case text
        /// Text that no message may show.
        case secret
        case boolean
        case integer(ClosedRange<Int64>)
        case retryMode
        case defaultsMode
    }

    struct Row {
        var name: StaticString
        var kind: Kind
        /// Environment variables, the first that is set counts.
        var variables: [ByteView] = []
        /// Whether a variable that is set but empty counts, and means none.
        var takesEmpty = false
        /// Whether the profile may have it, under the setting's own name.
        var isInProfile = false
        /// Variables that count after the profile.
        var lateVariables: [ByteView] = []
        /// What holds when it is set nowhere; empty for nothing.
        var standard: StaticString = ""
    }

    var row: Row {
        switch self {
        case .region:
            Row(name: "region", kind: .text, variables: ["AWS_REGION", "AWS_DEFAULT_REGION"], isInProfile: true)
        case .profile:
            Row(name: "profile", kind: .text, variables: ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"])
        case .configFile:
            Row(name: "config_file", kind: .text, variables: ["AWS_CONFIG_FILE"])
        case .sharedCredentialsFile:
            Row(name: "shared_credentials_file", kind: .text, variables: ["AWS_SHARED_CREDENTIALS_FILE"])
        // Credentials have their own order of sources: Credentials/CredentialChain.swift.
        case .accessKeyID: Row(name: "aws_access_key_id", kind: .secret)
        case .secretAccessKey: Row(name: "aws_secret_access_key", kind: .secret)
        case .sessionToken: Row(name: "aws_session_token", kind: .secret)
        // Endpoints from environment and profile: Config/EndpointSetting.swift.
        case .endpointURL: Row(name: "endpoint_url", kind: .text)
        case .ignoreConfiguredEndpointURLs:
            Row(
                name: "ignore_configured_endpoint_urls", kind: .boolean,
                variables: ["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"], isInProfile: true, standard: "false")
        case .useFIPSEndpoint:
            Row(
                name: "use_fips_endpoint", kind: .boolean, variables: ["AWS_USE_FIPS_ENDPOINT"],
                isInProfile: true, standard: "false")
        case .useDualStackEndpoint:
            Row(
                name: "use_dualstack_endpoint", kind: .boolean, variables: ["AWS_USE_DUALSTACK_ENDPOINT"],
                isInProfile: true, standard: "false")
        case .disableHostPrefixInjection:
            Row(
                name: "disable_host_prefix_injection", kind: .boolean,
                variables: ["AWS_DISABLE_HOST_PREFIX_INJECTION"], isInProfile: true, standard: "false")
        case .retryMode:
            Row(
                name: "retry_mode", kind: .retryMode, variables: ["AWS_RETRY_MODE"], isInProfile: true,
                standard: "standard")
        case .maxAttempts:
            Row(
                name: "max_attempts", kind: .integer(1...1_000_000), variables: ["AWS_MAX_ATTEMPTS"],
                isInProfile: true)
        case .connectTimeout: Row(name: "connect_timeout_ms", kind: .integer(1...Self.longest), standard: "60000")
        case .readTimeout: Row(name: "read_timeout_ms", kind: .integer(1...Self.longest), standard: "60000")
        case .callTimeout: Row(name: "call_timeout_ms", kind: .integer(0...Self.longest), standard: "360000")
        case .maxResponseBytes: Row(name: "max_response_bytes", kind: .integer(1...1_073_741_824), standard: "1048576")
        case .maxConnections: Row(name: "max_connections", kind: .integer(1...65_536), standard: "10")
        case .waitMinDelay: Row(name: "wait_min_delay_ms", kind: .integer(1...Self.longest), standard: "60000")
        case .waitMaxDelay: Row(name: "wait_max_delay_ms", kind: .integer(1...Self.longest), standard: "120000")
        case .waitTimeout: Row(name: "wait_timeout_ms", kind: .integer(0...Self.longest), standard: "86400000")
        // Without a default: then only what polls has a limit (Waiting/RequestBudget.swift).
        case .maxRequestsPerSecond: Row(name: "max_requests_per_second", kind: .integer(0...1_000_000))
        case .rememberedJobs: Row(name: "remembered_jobs", kind: .integer(0...1_000_000), standard: "1000")
        case .sharesRequests: Row(name: "share_requests", kind: .boolean, standard: "true")
        case .pollsWithListJobs: Row(name: "poll_with_list_jobs", kind: .boolean, standard: "true")
        case .tcpKeepAlive:
            Row(
                name: "tcp_keepalive", kind: .boolean, variables: ["BOTOCORE_TCP_KEEPALIVE"],
                isInProfile: true, standard: "false")
        case .caBundle:
            Row(
                name: "ca_bundle", kind: .text, variables: ["AWS_CA_BUNDLE"], isInProfile: true,
                lateVariables: ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"])
        // A proxy's URL may hold a password.
        case .httpProxy:
            Row(name: "http_proxy", kind: .secret, variables: ["http_proxy", "HTTP_PROXY"], takesEmpty: true)
        case .httpsProxy:
            Row(name: "https_proxy", kind: .secret, variables: ["https_proxy", "HTTPS_PROXY"], takesEmpty: true)
        case .noProxy: Row(name: "no_proxy", kind: .text, variables: ["no_proxy", "NO_PROXY"], takesEmpty: true)
        case .appID:
            Row(name: "sdk_ua_app_id", kind: .text, variables: ["AWS_SDK_UA_APP_ID"], isInProfile: true)
        case .stsRegionalEndpoints:
            Row(
                name: "sts_regional_endpoints", kind: .text, variables: ["AWS_STS_REGIONAL_ENDPOINTS"],
                isInProfile: true)
        case .metadataDisabled:
            Row(
                name: "ec2_metadata_disabled", kind: .boolean, variables: ["AWS_EC2_METADATA_DISABLED"],
                standard: "false")
        case .metadataEndpoint:
            Row(
                name: "ec2_metadata_service_endpoint", kind: .text,
                variables: ["AWS_EC2_METADATA_SERVICE_ENDPOINT"], isInProfile: true)
        case .metadataEndpointMode:
            Row(
                name: "ec2_metadata_service_endpoint_mode", kind: .text,
                variables: ["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"], isInProfile: true)
        case .metadataUsesIPv6:
            Row(
                name: "imds_use_ipv6", kind: .boolean, variables: ["AWS_IMDS_USE_IPV6"], isInProfile: true,
                standard: "false")
        case .metadataTimeout:
            Row(
                name: "metadata_service_timeout", kind: .integer(1...3600),
                variables: ["AWS_METADATA_SERVICE_TIMEOUT"], isInProfile: true, standard: "1")
        case .metadataAttempts:
            Row(
                name: "metadata_service_num_attempts", kind: .integer(1...100),
                variables: ["AWS_METADATA_SERVICE_NUM_ATTEMPTS"], isInProfile: true, standard: "1")
        case .defaultsMode:
            Row(
                name: "defaults_mode", kind: .defaultsMode, variables: ["AWS_DEFAULTS_MODE"], isInProfile: true,
                standard: "legacy")
        case .useEnvironment: Row(name: "use_environment", kind: .boolean, standard: "true")
        }
    }

    /// A month in milliseconds: longer times are mistakes.
    static let longest: Int64 = 2_678_400_000

    var name: ByteView { ByteView(row.name) }

    /// The setting called `name`, or UNKNOWN_SETTING.
    static func named(_ name: ByteView) throws(Failure) -> Setting {
        for setting in allCases where setting.name == name { return setting }
        throw Failure(.unknownSetting, "unknown setting \(quoted: name)")
    }

    /// Throws INVALID_SETTING, naming where the value came from, when this setting cannot take it.
    func check(_ value: ByteView, from source: Source) throws(Failure) {
        guard UTF8.isValid(value), !value.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw Failure(.invalidSetting, "\(source.text) holds a control character or is not UTF-8")
        }
        switch row.kind {
        case .text, .secret:
            return
        case .boolean:
            if value.boolean == nil { throw refusal(value, source, "true or false") }
        case .integer(let range):
            guard let number = value.trimmed.signedDecimal, range.contains(number) else {
                throw refusal(value, source, "a whole number from \(range.lowerBound) to \(range.upperBound)")
            }
        case .retryMode:
            if RetryMode(named: value) == nil { throw refusal(value, source, "\(RetryMode.names)") }
        case .defaultsMode:
            if DefaultsMode(named: value) == nil { throw refusal(value, source, "\(DefaultsMode.names)") }
        }
    }

    private func refusal(_ value: ByteView, _ source: Source, _ wanted: Text) -> Failure {
        Failure(.invalidSetting, "\(source.text) is \(quoted: value) where \(wanted) is needed")
    }
}
