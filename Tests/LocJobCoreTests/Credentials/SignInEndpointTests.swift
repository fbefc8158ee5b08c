import Testing

@testable import LocJob

@Suite("The endpoints of the sign-in services")
struct SignInEndpointTests {
    struct Row: Decodable, Sendable, CustomTestStringConvertible {
        var service: String
        var region: String
        var fips: Bool
        var dualStack: Bool
        var url: String?

        var testDescription: String { "\(service) \(region) \(fips) \(dualStack)" }
    }

    @Test(
        "are those of botocore's rules, in lower case",
        arguments: Repository.rows("credentials/sso/endpoints.json", of: Row.self))
    func rules(_ row: Row) throws {
        let service: SignInEndpoint.Service =
            switch row.service {
            case "sso": .portal
            case "sso-oidc": .oidc
            default: .signIn
            }
        let endpoint = try SignInEndpoint.make(service, row.region, isFIPS: row.fips, isDualStack: row.dualStack)
        #expect(try url(endpoint) == row.url?.lowercased())
    }

    @Test("take the old names of FIPS Regions", arguments: ["fips-us-east-1", "us-east-1-fips"])
    func fipsNames(_ name: String) throws {
        #expect(try url(.make(.oidc, name)) == "https://oidc-fips.us-east-1.amazonaws.com")
        #expect(try url(.make(.signIn, name)) == "https://signin-fips.us-east-1.amazonaws.com")
    }

    @Test("can be in another Region than the configured one")
    func otherRegion() throws {
        let other = try Region(Sourced(value: Array(text: "eu-west-1"), source: .none))
        #expect(try url(.make(.signIn, "us-east-1"), region: other) == "https://eu-west-1.signin.aws.amazon.com")
    }

    @Test("are a custom one when there is one, in every Region and with its path")
    func custom() throws {
        let endpoint = try SignInEndpoint.make(.signIn, "us-east-1", custom: "http://LocalHost:81/a/b/")
        let other = try Region(Sourced(value: Array(text: "eu-west-1"), source: .none))
        #expect(try url(endpoint, path: "/v1/token") == "http://localhost:81/a/b/v1/token")
        #expect(try url(endpoint, region: other, path: "/v1/token") == "http://localhost:81/a/b/v1/token")
    }

    @Test("are no custom one with FIPS or dual-stack", arguments: [(true, false), (false, true)])
    func customVariants(_ isFIPS: Bool, _ isDualStack: Bool) {
        let failure = failure {
            _ = try SignInEndpoint.make(
                .oidc, "us-east-1", custom: "http://localhost", isFIPS: isFIPS, isDualStack: isDualStack)
        }
        #expect(failure?.code == .invalidEndpoint)
    }

    @Test("are no custom one that is no URL")
    func malformed() {
        #expect(failure { _ = try SignInEndpoint.make(.oidc, "us-east-1", custom: "ftp://x") }?.code == .invalidEndpoint)
    }

    private func url(_ endpoint: SignInEndpoint, region: Region? = nil, path: StaticString = "") throws -> String {
        let request = HTTPRequest()
        let now = Moment(monotonic: 0, wallSeconds: 0)
        let context = FetchContext(now: now, request: request, client: try .make(), random: 0)
        SignInCall(endpoint, context).begin("GET", path, context, region: region)
        return request.url.text
    }
}

extension SignInEndpoint {
    static func make(
        _ service: Service, _ region: String, custom: String? = nil, isFIPS: Bool = false, isDualStack: Bool = false
    ) throws -> SignInEndpoint {
        try SignInEndpoint(
            service, region: Region(Sourced(value: Array(text: region), source: .none)),
            custom: custom.map { Sourced(value: Array(text: $0), source: .variable("AWS_ENDPOINT_URL_X")) },
            isFIPS: Sourced(value: isFIPS, source: .none), isDualStack: Sourced(value: isDualStack, source: .none))
    }
}
