import Testing

@testable import LocJob

@Suite("Credentials of an instance")
struct InstanceMetadataProviderTests {
    private func document(_ expiration: String = "2099-01-01T00:00:00Z") -> String {
        """
        {"Code" : "Success", "LastUpdated" : "2026-11-24T06:00:00Z", "Type" : "AWS-HMAC", "AccessKeyId" : "AKID",
         "SecretAccessKey" : "hush", "Token" : "hush-token", "Expiration" : "\(expiration)"}
        """
    }

    private func play(attempts: Int64 = 1, featureIDs: Bytes? = nil) throws -> FetchPlay {
        try FetchPlay(InstanceMetadataProvider(try .make(attempts: attempts), featureIDs: featureIDs))
    }

    /// Up to the request for the credentials.
    private func play(toRole role: String, attempts: Int64 = 1) throws -> (FetchPlay, FetchPlay.Step) {
        let play = try play(attempts: attempts)
        _ = play.start()
        _ = play.respond(200, "IMDS-TOKEN")
        return (play, play.respond(200, role))
    }

    // MARK: - Configuration

    @Test("come from the service's address, of either family, or from an endpoint of one's own", arguments: [
        (nil, nil, false, "http://169.254.169.254", "/latest/api/token"),
        (nil, "ipv4", true, "http://169.254.169.254", "/latest/api/token"),
        (nil, "IPv6", false, "http://[fd00:ec2::254]", "/latest/api/token"),
        (nil, nil, true, "http://[fd00:ec2::254]", "/latest/api/token"),
        ("http://localhost:1338", "ipv6", true, "http://localhost:1338", "/latest/api/token"),
        ("https://imds.example.com/base/", nil, false, "https://imds.example.com", "/base/latest/api/token"),
        ("http://[::1]:80/a", nil, false, "http://[::1]:80", "/a/latest/api/token"),
    ] as [(String?, String?, Bool, String, String)])
    func endpoints(_ endpoint: String?, _ mode: String?, _ usesIPv6: Bool, _ origin: String, _ path: String) throws {
        let settings = try InstanceMetadataSettings.make(
            endpoint: endpoint.map { .variable("E", $0) }, mode: mode.map { .variable("M", $0) }, usesIPv6: usesIPv6)
        let sent = try FetchPlay(InstanceMetadataProvider(settings)).start().sent
        #expect(sent?.origin == origin)
        #expect(sent?.path == path)
    }

    @Test("from no endpoint that is none", arguments: ["x", "ftp://x", "http://", "http://a b/", "http://u:hush@h/", "http://h/?x", "http://h/#x"])
    func badEndpoint(_ endpoint: String) {
        let failure = failure { _ = try InstanceMetadataSettings.make(endpoint: .variable("AWS_EC2_METADATA_SERVICE_ENDPOINT", endpoint)) }
        #expect(failure?.code == .invalidSetting)
        #expect(failure?.message.contains("AWS_EC2_METADATA_SERVICE_ENDPOINT") == true)
        #expect(failure?.message.contains("hush") == false)
    }

    @Test("in no other mode", arguments: ["", "ipv5", "6", "ipv6 "])
    func badMode(_ mode: String) {
        let failure = failure { _ = try InstanceMetadataSettings.make(mode: .variable("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", mode)) }
        #expect(failure?.code == .invalidSetting)
        #expect(failure?.message.contains("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE") == true)
    }

    // MARK: - Requests

    struct Row: Decodable, Sendable {
        struct Request: Decodable, Sendable {
            var method, path: String
            var fields: [String: String]
        }

        var what, base_path: String
        var requests: [Request]
        var here: String?
    }

    static let rows = Repository.rows("credentials/instance-metadata/requests.json", of: Row.self)

    private func expect(_ sent: FetchPlay.Sent?, _ expected: Row.Request) {
        var fields = sent?.fields ?? [:]
        #expect(fields.removeValue(forKey: "user-agent")?.hasPrefix("locjob/") == true)
        #expect(sent?.method == expected.method)
        #expect(sent?.path == expected.path)
        #expect(fields == expected.fields)
        #expect(sent?.body == "")
    }

    @Test("are asked for as botocore does", arguments: rows.filter { $0.what == "credentials" })
    func requests(_ row: Row) throws {
        let settings = try InstanceMetadataSettings.make(endpoint: .variable("E", "http://127.0.0.1" + row.base_path))
        let play = try FetchPlay(InstanceMetadataProvider(settings))
        expect(play.start().sent, row.requests[0])
        expect(play.respond(200, "IMDS-TOKEN").sent, row.requests[1])
        expect(play.respond(200, "my-role").sent, row.requests[2])
        #expect(play.respond(200, document()).fetched != nil)
    }

    @Test("are asked for by no proxy, within a second, or what is set")
    func limits() throws {
        for (timeout, expected) in [(nil, 1_000_000_000), (5_000_000_000, 5_000_000_000)] as [(Nanoseconds?, Nanoseconds)] {
            let settings = try timeout.map { try InstanceMetadataSettings.make(timeout: $0) } ?? .make()
            let play = try FetchPlay(InstanceMetadataProvider(settings))
            for step in [play.start(), play.respond(200, "T"), play.respond(200, "role")] {
                #expect(step.sent?.isDirect == true)
                #expect(step.sent?.connectTimeout == expected)
                #expect(step.sent?.readTimeout == expected)
            }
        }
    }

    // MARK: - The token

    @Test("end without a token at once", arguments: [400, 403, 404, 405])
    func refusedToken(_ status: Int) throws {
        let play = try play(attempts: 3)
        _ = play.start()
        let step = play.respond(status, "hush")
        #expect(step.failure?.code == .noCredentials)
        #expect(step.message.hasPrefix("instance metadata: "))
        #expect(step.message.contains("\(status)"))
        #expect(!step.message.contains("hush"))
    }

    @Test("ask for a token again as often as is set", arguments: [500, 503, 429, 301, 204])
    func retriedToken(_ status: Int) throws {
        let play = try play(attempts: 2)
        _ = play.start()
        #expect(play.respond(status).sent?.method == "PUT")
        #expect(play.respond(status).failure?.code == .noCredentials)
        let once = try self.play()
        _ = once.start()
        #expect(once.respond(status).failure?.code == .noCredentials)
    }

    @Test("end where there is no service", arguments: [Code.connectFailed, .connectTimeout, .connectionLost, .resolveFailed])
    func noService(_ code: Code) throws {
        let play = try play(attempts: 2)
        _ = play.start()
        #expect(play.fail(code).sent?.method == "PUT")
        let step = play.fail(code)
        #expect(step.failure?.code == .noCredentials)
        #expect(step.message == "instance metadata: it failed")
    }

    @Test("do not ask twice where the token never comes")
    func tooManyHops() throws {
        let play = try play(attempts: 5)
        _ = play.start()
        #expect(play.fail(.readTimeout).failure?.code == .noCredentials)
    }

    @Test("take no token that is none", arguments: ["", " \n", "a\nX: y", "hushü", "a\u{0}b", String(repeating: "x", count: 5000)])
    func badToken(_ token: String) throws {
        let play = try play()
        _ = play.start()
        let step = play.respond(200, token)
        #expect(step.failure?.code == .noCredentials)
        #expect(!step.message.contains("hush"))
        #expect(step.message.utf8.count < 200)
    }

    @Test("take a token with a line break at its end")
    func trimmedToken() throws {
        let play = try play()
        _ = play.start()
        #expect(play.respond(200, "abc\n").sent?.fields["x-aws-ec2-metadata-token"] == "abc")
    }

    @Test("count attempts for each document anew")
    func attemptsEach() throws {
        let play = try play(attempts: 2)
        _ = play.start()
        _ = play.respond(500)
        _ = play.respond(200, "T")
        #expect(play.respond(500).sent?.path.hasSuffix("/security-credentials/") == true)
        _ = play.respond(200, "role")
        #expect(play.fail(.readTimeout).sent?.path.hasSuffix("/security-credentials/role") == true)
        #expect(play.respond(200, document()).fetched != nil)
    }

    // MARK: - The role

    @Test("end without a role")
    func noRole() throws {
        let (_, step) = try play(toRole: "")
        #expect(step.failure?.code == .noCredentials)
        let play = try play(attempts: 3)
        _ = play.start()
        _ = play.respond(200, "T")
        let missing = play.respond(404, "<html>")
        #expect(missing.failure?.code == .noCredentials)
        #expect(missing.message == "instance metadata: the instance has no role")
    }

    @Test("end when the role cannot be had", arguments: [401, 403, 500, 301])
    func roleRefused(_ status: Int) throws {
        let play = try play(attempts: 2)
        _ = play.start()
        _ = play.respond(200, "T")
        #expect(play.respond(status).sent != nil)
        let step = play.respond(status)
        #expect(step.failure?.code == .noCredentials)
        #expect(step.message.contains("\(status)"))
    }

    @Test("take a role's name as IAM allows it", arguments: [
        ("a+b=c,d.e@f-g_h", "a+b=c,d.e@f-g_h"), ("role\n", "role"), ("role\nother\n", "role"), ("team/role", "team/role"),
    ])
    func roles(_ answer: String, _ role: String) throws {
        let (_, step) = try play(toRole: answer)
        #expect(step.sent?.path == "/latest/meta-data/iam/security-credentials/" + role)
    }

    @Test("take nothing else for a name", arguments: ["a b", "<html>", "a?b", "a#b", "a%2F", "ü", "a\u{0}", "\nrole", String(repeating: "x", count: 600)])
    func badRoles(_ answer: String) throws {
        let (_, step) = try play(toRole: answer)
        #expect(step.failure?.code == .noCredentials)
        #expect(step.message.utf8.count < 400)
    }

    // MARK: - The credentials

    @Test("are what the document says")
    func done() throws {
        let (play, _) = try play(toRole: "role")
        let fetched = try #require(play.respond(200, document()).fetched)
        #expect(fetched.credentials.origin == .instanceMetadata)
        #expect(fetched.credentials.featureIDs.text == "0")
        #expect(fetched.credentials.accessKeyID.text == "AKID")
        #expect(fetched.credentials.secretAccessKey.view.text == "hush")
        #expect(fetched.credentials.sessionToken?.view.text == "hush-token")
        #expect(fetched.expiration == 4_070_908_800)
    }

    @Test("that have ended count for a while yet", arguments: [
        (0, 120), (480, 600), (481, 120), (UInt64.max, 120 + Int64(UInt64.max % 481)),
    ] as [(UInt64, Int64)])
    func stability(_ random: UInt64, _ jitter: Int64) throws {
        for expiration in ["2026-11-24T06:07:08Z", "2026-11-24T01:00:00Z", "0001-01-01T00:00:00Z"] {
            let (play, _) = try play(toRole: "role")
            play.random = random
            let fetched = try #require(play.respond(200, document(expiration)).fetched)
            #expect(fetched.expiration == Conversation.wallSeconds + 900 + jitter)
        }
    }

    @Test("that live are left as they are")
    func lively() throws {
        let (play, _) = try play(toRole: "role")
        #expect(play.respond(200, document("2026-11-24T06:07:09Z")).fetched?.expiration == Conversation.wallSeconds + 1)
    }

    @Test("are asked for again while the document is broken", arguments: ["", "{", "nonsense hush", "[1]"])
    func broken(_ body: String) throws {
        let (play, _) = try play(toRole: "role", attempts: 2)
        #expect(play.respond(200, body).sent?.path.hasSuffix("/role") == true)
        let step = play.respond(200, body)
        #expect(step.failure?.code == .credentialsFailed)
        #expect(step.message.hasPrefix("instance metadata: "))
        #expect(!step.message.contains("instance metadata: instance metadata"))
        #expect(!step.message.contains("hush"))
        let (other, _) = try self.play(toRole: "role", attempts: 2)
        _ = other.respond(200, body)
        #expect(other.respond(200, document()).fetched != nil)
    }

    @Test("fail when the role is there and they are not", arguments: [404, 401, 500])
    func roleGone(_ status: Int) throws {
        let (play, _) = try play(toRole: "role")
        let step = play.respond(status, "hush")
        #expect(step.failure?.code == .credentialsFailed)
        #expect(step.message.contains("\(status)"))
        #expect(!step.message.contains("hush"))
    }

    @Test("fail at once for a document that says why there are none")
    func errorDocument() throws {
        let (play, _) = try play(toRole: "role", attempts: 3)
        let body = #"{"Code": "AssumeRoleUnauthorizedAccess", "Message": "EC2 cannot assume the role role."}"#
        let step = play.respond(200, body)
        #expect(step.failure?.code == .credentialsFailed)
        #expect(step.message.contains("EC2 cannot assume the role role."))
    }

    @Test("fail for parts that are missing or wrong", arguments: [
        ("\"AKID\"", "null", "AccessKeyId"), ("\"hush\"", "7", "SecretAccessKey"), ("\"hush-token\"", "\"a\\nb\"", "Token"),
        ("\"2099-01-01T00:00:00Z\"", "4070908800", "Expiration"), ("\"2099-01-01T00:00:00Z\"", "\"never\"", "Expiration"),
    ])
    func parts(_ good: String, _ bad: String, _ name: String) throws {
        let (play, _) = try play(toRole: "role")
        let step = play.respond(200, document().replacing(good, with: bad))
        #expect(step.failure?.code == .credentialsFailed)
        #expect(step.message.contains(name))
        #expect(!step.message.contains("hush"))
    }

    @Test("take no answer that they did not ask for")
    func unasked() throws {
        let play = try play()
        #expect(play.answer(.woke).failure?.code == .internalError)
        _ = play.start()
        #expect(play.answer(.woke).failure?.code == .internalError)
    }

    @Test("keep apart what is no fault of theirs")
    func memory() throws {
        let play = try play(attempts: 5)
        _ = play.start()
        #expect(play.fail(.outOfMemory).failure?.code == .outOfMemory)
    }

    @Test("survive any bytes")
    func anyBytes() throws {
        var random = SeededRandom(12)
        for _ in 0..<2000 {
            let play = try play(attempts: 2)
            var step = play.start()
            for _ in 0..<8 where step.sent != nil {
                step = play.respond(200, random.mutation(of: [Array(text: document()), Array(text: "role")], alphabet: Array(text: "\n {}\"\\")))
            }
            #expect(step.sent == nil)
        }
    }
}
