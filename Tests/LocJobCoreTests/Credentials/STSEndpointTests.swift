import Testing

@testable import LocJob

@Suite("The endpoint of STS")
struct STSEndpointTests {
    struct Row: Decodable, CustomTestStringConvertible {
        var region: String
        var fips: Bool
        var dualstack: Bool
        var mode: String
        var origin: String
        var signing_region: String

        var testDescription: String { "\(region)\(fips ? " FIPS" : "")\(dualstack ? " dual-stack" : "") \(mode)" }
    }

    static let rows = Repository.rows("credentials/sts/endpoints.json", of: Row.self)

    private func endpoint(
        _ region: String, fips: Bool = false, dualstack: Bool = false, mode: String? = nil, custom: String? = nil
    ) throws -> STSEndpoint {
        try STSEndpoint(
            region: Region(Sourced(value: Array(text: region), source: .none)),
            custom: custom.map { Sourced(value: Array(text: $0), source: .variable("AWS_ENDPOINT_URL_STS")) },
            isFIPS: Sourced(value: fips, source: .variable("AWS_USE_FIPS_ENDPOINT")),
            isDualStack: Sourced(value: dualstack, source: .variable("AWS_USE_DUALSTACK_ENDPOINT")),
            isLegacy: STSEndpoint.isLegacy(mode.map {
                Sourced(value: Array(text: $0), source: .variable("AWS_STS_REGIONAL_ENDPOINTS"))
            }))
    }

    @Test("is that of the rule set, in every Region of every partition")
    func table() throws {
        #expect(Self.rows.count > 500)
        for row in Self.rows {
            let endpoint = try endpoint(row.region, fips: row.fips, dualstack: row.dualstack, mode: row.mode)
            #expect(endpoint.origin.text == row.origin, "\(row)")
            #expect("https://\(endpoint.authority.text)" == row.origin, "\(row)")
            #expect(endpoint.signingRegion.text == row.signing_region, "\(row)")
            #expect(endpoint.path.text == "/")
        }
    }

    @Test("is the Region's own unless legacy mode is asked for", arguments: [nil, "", "regional"])
    func regional(_ mode: String?) throws {
        #expect(try endpoint("eu-west-1", mode: mode).origin.text == "https://sts.eu-west-1.amazonaws.com")
        #expect(try endpoint("eu-west-1", mode: "legacy").origin.text == "https://sts.amazonaws.com")
    }

    @Test("needs a mode that there is", arguments: ["Legacy", "global", "legacy ", "true"])
    func mode(_ mode: String) {
        let failure = failure { _ = try endpoint("eu-west-1", mode: mode) }
        #expect(failure?.code == .invalidSetting)
        #expect(failure?.message == "variable AWS_STS_REGIONAL_ENDPOINTS is \"\(mode)\", which is neither legacy nor regional")
    }

    @Test(
        "can be a custom one, which is signed for the Region",
        arguments: [
            ("http://localhost:8080", "http://localhost:8080", "localhost:8080", "/"),
            ("https://STS.example.com:443/", "https://sts.example.com", "sts.example.com", "/"),
            ("https://sts.example.com/a/b/", "https://sts.example.com", "sts.example.com", "/a/b/"),
            ("http://[::1]:1/x", "http://[::1]:1", "[::1]:1", "/x"),
        ])
    func custom(_ url: String, _ origin: String, _ authority: String, _ path: String) throws {
        for mode in ["regional", "legacy"] {
            let endpoint = try endpoint("eu-west-1", mode: mode, custom: url)
            #expect(endpoint.origin.text == origin)
            #expect(endpoint.authority.text == authority)
            #expect(endpoint.path.text == path)
            #expect(endpoint.signingRegion.text == "eu-west-1")
        }
    }

    @Test("cannot be a custom one with FIPS or dual-stack, or no URL", arguments: [
        (true, false, "http://localhost", "AWS_USE_FIPS_ENDPOINT"), (false, true, "http://localhost", "AWS_USE_DUALSTACK_ENDPOINT"),
        (false, false, "localhost", "AWS_ENDPOINT_URL_STS"), (false, false, "http://user:hush@localhost", "AWS_ENDPOINT_URL_STS"),
    ])
    func refused(_ fips: Bool, _ dualstack: Bool, _ url: String, _ name: String) {
        let failure = failure { _ = try endpoint("eu-west-1", fips: fips, dualstack: dualstack, custom: url) }
        #expect(failure?.code == .invalidEndpoint)
        #expect(failure?.message.contains(name) == true)
        #expect(failure?.message.contains("hush") == false)
    }

    @Test("is in lower case, whatever the Region's name")
    func capitals() throws {
        let endpoint = try endpoint("EU-West-1")
        #expect(endpoint.origin.text == "https://sts.eu-west-1.amazonaws.com")
        #expect(endpoint.signingRegion.text == "EU-West-1")
        #expect(try self.endpoint("EU-WEST-1", mode: "legacy").origin.text == "https://sts.amazonaws.com")
    }
}
