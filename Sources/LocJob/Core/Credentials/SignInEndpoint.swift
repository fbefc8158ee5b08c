/// Where one of the services that log users in is reached.
struct SignInEndpoint {
    enum Service {
        /// Gives credentials for an SSO token.
        case portal
        /// Refreshes SSO tokens.
        case oidc
        /// Refreshes logins.
        case signIn

        var hostName: StaticString {
            switch self {
            case .portal: "portal.sso"
            case .oidc: "oidc"
            case .signIn: "signin"
            }
        }
    }

    private let service: Service
    private let region: Region
    private let custom: Endpoint?
    private let isFIPS: Bool
    private let isDualStack: Bool

    /// Throws INVALID_ENDPOINT for a custom endpoint that cannot be, or not with FIPS or dual-stack.
    init(
        _ service: Service, region: Region, custom: Sourced<Bytes>?, isFIPS: Sourced<Bool>,
        isDualStack: Sourced<Bool>
    ) throws(Failure) {
        self.service = service
        self.region = region
        self.isFIPS = isFIPS.value
        self.isDualStack = isDualStack.value
        self.custom = try custom.map { url throws(Failure) in
            try Endpoint(
                region: region, custom: url, isFIPS: isFIPS, isDualStack: isDualStack, hasHostPrefix: false)
        }
    }

    /// The path of a custom endpoint without its last `/`.
    var basePath: Bytes { custom?.basePath ?? [] }

    /// Scheme and authority. `region` stands in for the configured one, but not for a custom endpoint.
    func origin(_ region: Region?) -> Bytes { custom?.origin ?? regular(region ?? self.region) }

    /// What the endpoint rules say (botocore: data/sso, data/sso-oidc and data/signin,
    /// endpoint-rule-set-1.json).
    private func regular(_ region: Region) -> Bytes {
        let name = region.name.withView { $0.lowercased }
        let partition = name.withView { Partition.of($0) }
        let isFIPS = isFIPS || region.isFIPS
        let suffix = isDualStack ? partition.dualStackDNSSuffix : partition.dnsSuffix
        let isGovernment = partition.id == "aws-us-gov"
        if service == .signIn, !isDualStack {
            if isGovernment, isFIPS {
                return name.equals("us-gov-west-1")
                    ? Bytes("https://signin-fips.amazonaws-us-gov.com")
                    : Text("https://\(name.text).signin-fips.amazonaws-us-gov.com").bytes
            }
            if !isFIPS { return Text("https://\(name.text).\(Self.signInHost(partition))").bytes }
        }
        // The government's hosts for SSO are FIPS's anyway.
        let isNamedFIPS = isFIPS && (service == .signIn || isDualStack || !isGovernment)
        let fips: StaticString = isNamedFIPS ? "-fips" : ""
        return Text("https://\(service.hostName)\(fips).\(name.text).\(suffix)").bytes
    }

    private static func signInHost(_ partition: Partition) -> StaticString {
        if partition.id == "aws-cn" { return "signin.amazonaws.cn" }
        if partition.id == "aws-eusc" { return "signin.amazonaws-eusc.eu" }
        if partition.id == "aws-iso" { return "signin.c2shome.ic.gov" }
        if partition.id == "aws-iso-b" { return "signin.sc2shome.sgov.gov" }
        if partition.id == "aws-iso-e" { return "signin.csphome.adc-e.uk" }
        if partition.id == "aws-iso-f" { return "signin.csphome.hci.ic.gov" }
        if partition.id == "aws-us-gov" { return "signin.amazonaws-us-gov.com" }
        return "signin.aws.amazon.com"
    }
}
