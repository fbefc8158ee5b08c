import Testing

@testable import LocJob

@Suite("Requests to STS")
struct STSRequestTests {
    struct Row: Decodable, CustomTestStringConvertible {
        struct Request: Decodable {
            var method: String
            var url: String
            var fields: [String: String]
            var body: String
        }

        struct Options: Decodable {
            var mfa: String?
            var region: String?
            var legacy: Bool?
            var endpoint: String?
        }

        var name: String
        var options: Options
        var profile: [String: String]
        var requests: [Request]

        var testDescription: String { name }

        func role(_ arn: String = STSRole.arn, name: String? = nil) throws -> STSRole {
            try STSRole.make(
                arn, name: name ?? profile["role_session_name"], region: options.region ?? "us-east-1",
                custom: options.endpoint, isLegacy: options.legacy == true)
        }

        func bytes(_ key: String) -> Bytes? { profile[key].map { Array(text: $0) } }
    }

    static let rows = Repository.rows("credentials/sts/requests.json", of: Row.self)

    private static func base(_ profile: String?) -> StaticProvider {
        StaticProvider(
            .make("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                profile == "base-token" ? "a  session/token+=" : nil))
    }

    private func expect(_ sent: STSConversation.Sent, _ row: Row.Request) {
        #expect(sent.method == row.method)
        #expect(sent.url == row.url)
        #expect(sent.body == row.body)
        var fields = Dictionary(uniqueKeysWithValues: sent.fields.map { ($0.name, $0.value) })
        #expect(fields.removeValue(forKey: "User-Agent")?.hasPrefix("locjob/") == true)
        #expect(fields.removeValue(forKey: "Accept-Encoding") == "identity")
        #expect(fields.removeValue(forKey: "amz-sdk-invocation-id")?.count == 36)
        #expect(fields == row.fields)
        #expect(!sent.isDirect)
    }

    @Test("for a role are those that botocore sends", arguments: rows.filter { $0.profile["source_profile"] != nil })
    func roles(_ row: Row) throws {
        let settings = AssumeRoleSettings(
            role: try row.role(), externalID: row.bytes("external_id"), mfaSerial: row.bytes("mfa_serial"),
            durationSeconds: row.bytes("duration_seconds"))
        let talk = try STSConversation(
            AssumeRoleProvider(settings, source: Self.base(row.profile["source_profile"])))
        var step = try talk.start()
        if let code = row.options.mfa { step = try talk.answer(.mfaCode(Array(text: code))) }
        expect(try talk.sent(step), row.requests[0])
    }

    @Test(
        "with a web identity are those that botocore sends",
        arguments: rows.filter { $0.profile["web_identity_token_file"] != nil })
    func webIdentities(_ row: Row) throws {
        let settings = WebIdentitySettings(role: try row.role(), tokenFile: Bytes("/token"))
        let talk = try STSConversation(WebIdentityProvider(settings))
        _ = try talk.start()
        let token = try #require(row.bytes("web_identity_token_file"))
        expect(try talk.sent(talk.answer(.file(.bytes(token)))), row.requests[0])
    }

    @Test("of three roles in a row are those that botocore sends")
    func chain() throws {
        let row = try #require(Self.rows.first { $0.name == "three roles" })
        var provider: any CredentialProvider = Self.base(nil)
        for name in ["c", "b", "a"] {
            let role = try row.role("arn:aws:iam::123456789012:role/\(name)", name: "session-\(name)")
            provider = AssumeRoleProvider(AssumeRoleSettings(role: role), source: provider)
        }
        let talk = try STSConversation(provider)
        var step = try talk.start()
        for (index, request) in row.requests.enumerated() {
            let number = index + 1
            expect(try talk.sent(step), request)
            step = try talk.respond(
                200, STSConversation.answer("AssumeRole", "AKID\(number)", secret: "secret-\(number)", token: "token-\(number)"))
        }
        #expect(row.requests.count == 3)
        #expect(step.fetched?.credentials.accessKeyID.text == "AKID3")
    }
}
