import Testing

@testable import LocJob

@Suite("Credentials of a container")
struct ContainerProviderTests {
    static let good = """
        {"RoleArn": "arn", "AccessKeyId": "AKID", "SecretAccessKey": "hush", "Token": "hush-token",
         "Expiration": "2099-01-01T00:00:00Z", "AccountId": "123456789012"}
        """

    private func settings(
        _ uri: String = "http://127.0.0.1:51679/x", relative: String? = nil, token: String? = nil, file: String? = nil
    ) throws(Failure) -> ContainerSettings? {
        try ContainerSettings.make(
            relativeURI: relative.map { .variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", $0) },
            fullURI: .variable("AWS_CONTAINER_CREDENTIALS_FULL_URI", uri),
            tokenFile: file.map { .variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", $0) },
            token: token.map { .variable("AWS_CONTAINER_AUTHORIZATION_TOKEN", $0) })
    }

    private func play(_ settings: ContainerSettings?) throws -> FetchPlay {
        try FetchPlay(ContainerProvider(try #require(settings)))
    }

    // MARK: - Configuration

    @Test("are not configured without a URI")
    func absent() throws {
        #expect(try ContainerSettings.make(relativeURI: nil, fullURI: nil, tokenFile: nil, token: nil) == nil)
        #expect(try ContainerSettings.make(
            relativeURI: nil, fullURI: nil, tokenFile: nil, token: .variable("T", "x")) == nil)
    }

    @Test("come from hosts that may be asked in the clear", arguments: [
        ("http://127.0.0.1/x", "http://127.0.0.1"), ("http://127.255.0.9:80/x", "http://127.255.0.9:80"),
        ("http://[::1]:8080/x", "http://[::1]:8080"), ("http://[0:0:0:0:0:0:0:1]/x", "http://[::1]"),
        ("http://localhost/x", "http://localhost"), ("HTTP://LOCALHOST:1/x", "http://localhost:1"),
        ("http://169.254.170.2/x", "http://169.254.170.2"), ("http://169.254.170.23/x", "http://169.254.170.23"),
        ("http://[fd00:ec2::23]/x", "http://[fd00:ec2::23]"), ("http://[FD00:EC2:0::23]/x", "http://[fd00:ec2::23]"),
        ("https://example.com/x", "https://example.com"), ("https://10.0.0.1:8443/x", "https://10.0.0.1:8443"),
    ])
    func hosts(_ uri: String, _ origin: String) throws {
        let sent = try play(try settings(uri)).start().sent
        #expect(sent?.origin == origin)
        #expect(sent?.path == "/x")
    }

    @Test("from no other host in the clear", arguments: [
        "http://example.com/x", "http://128.0.0.1/x", "http://126.255.255.255/", "http://169.254.170.3/x",
        "http://169.254.169.254/x", "http://127.0.0.1.example.com/", "http://localhost.example.com/",
        "http://[::2]/x", "http://[fd00:ec2::24]/x", "http://0.0.0.0/x", "http://localhostx/",
    ])
    func farHosts(_ uri: String) {
        let failure = failure { _ = try settings(uri) }
        #expect(failure?.code == .invalidSetting)
        #expect(failure?.message.contains("AWS_CONTAINER_CREDENTIALS_FULL_URI") == true)
        #expect(failure?.message.contains("https") == true)
    }

    @Test("from no URI that is none", arguments: [
        "x", "ftp://localhost/x", "http://", "http:///x", "http://user:hush@localhost/x", "http://127.1/x",
        "http://0x7f.0.0.1/x", "http://2130706433/x", "http://localhost/ x", "http://localhost/x#y", "http://localhost/x?y#z",
        "http://localhost/x?y z", "http://localhost/x?y\r\nEvil: 1", "http://localhost/ü", "http://localhost/?ü",
        "http://localhost:0/x", "http://localhost:65536/x", "http://localhost\\@example.com/",
    ])
    func badURIs(_ uri: String) {
        let failure = failure { _ = try settings(uri) }
        #expect(failure?.code == .invalidSetting)
        #expect(failure?.message.contains("AWS_CONTAINER_CREDENTIALS_FULL_URI") == true)
        #expect(failure?.message.contains("hush") == false)
    }

    @Test("from ECS's own host with a relative URI, which wins")
    func relative() throws {
        let sent = try play(try settings(relative: "/v2/credentials/id?x=1")).start().sent
        #expect(sent?.origin == "http://169.254.170.2")
        #expect(sent?.path == "/v2/credentials/id?x=1")
    }

    @Test("not from a relative URI that could name another host", arguments: ["x", "@example.com/", ".example.com/", ":80/", "?x"])
    func badRelative(_ uri: String) {
        let failure = failure { _ = try settings(relative: uri) }
        #expect(failure?.code == .invalidSetting)
        #expect(failure?.message.contains("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") == true)
    }

    // MARK: - Requests

    struct Row: Decodable, Sendable {
        struct Request: Decodable, Sendable {
            var method, path: String
            var fields: [String: String]
        }

        var uri: String
        var token, token_file: String?
        var requests: [Request]
    }

    @Test("are asked for as botocore does", arguments: Repository.rows("credentials/container/requests.json", of: Row.self))
    func requests(_ row: Row) throws {
        let play = try play(try settings("http://127.0.0.1" + row.uri, token: row.token, file: row.token_file.map { _ in "/t" }))
        var step = play.start()
        if let contents = row.token_file { step = play.answer(.file(.bytes(Array(text: contents)))) }
        let expected = try #require(row.requests.first)
        var sent = try #require(step.sent)
        #expect(sent.fields.removeValue(forKey: "user-agent")?.hasPrefix("locjob/") == true)
        #expect(sent.method == expected.method)
        #expect(sent.path == expected.path)
        #expect(sent.fields == expected.fields)
        #expect(sent.body == "")
    }

    @Test("are asked for by no proxy, within two seconds each for connecting and reading")
    func limits() throws {
        let sent = try play(try settings()).start().sent
        #expect(sent?.isDirect == true)
        #expect(sent?.connectTimeout == 2_000_000_000)
        #expect(sent?.readTimeout == 2_000_000_000)
    }

    @Test("take a token without the white space at its end", arguments: ["abc", "abc\n", "abc\r\n", "abc \t\n\n"])
    func trimming(_ token: String) throws {
        #expect(try play(try settings(token: token)).start().sent?.fields["authorization"] == "abc")
        let play = try play(try settings(file: "/token"))
        #expect(play.start().reads == "/token")
        #expect(play.answer(.file(.bytes(Array(text: token)))).sent?.fields["authorization"] == "abc")
    }

    @Test("take no token that no header can carry", arguments: [
        "hush\nX: y", "hush\rX: y", "hush\r\n\r\nGET /", "hush\u{0}", "hushü", "\u{7F}hush", "\nhush",
    ])
    func badTokens(_ token: String) throws {
        let step = try play(try settings(token: token)).start()
        #expect(step.failure?.code == .credentialsFailed)
        #expect(step.message.contains("container: variable AWS_CONTAINER_AUTHORIZATION_TOKEN"))
        #expect(!step.message.contains("hush"))
        let play = try play(try settings(file: "/token"))
        _ = play.start()
        let fromFile = play.answer(.file(.bytes(Array(text: token))))
        #expect(fromFile.failure?.code == .credentialsFailed)
        #expect(fromFile.message.contains("/token"))
        #expect(!fromFile.message.contains("hush"))
    }

    @Test("take no token file that is empty, missing or unreadable", arguments: [
        (0, "is empty"), (1, "is not there"), (2, "permission denied"), (3, "it is a directory"),
    ])
    func tokenFile(_ kind: Int, _ reason: String) throws {
        let play = try play(try settings(token: "other", file: "/no/token"))
        _ = play.start()
        let contents: FileContents =
            switch kind {
            case 0: .bytes(Bytes(" \n"))
            case 1: .absent
            case 2: .denied
            default: .unreadable("it is a directory")
            }
        let step = play.answer(.file(contents))
        #expect(step.failure?.code == .credentialsFailed)
        for part in ["container", "/no/token", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", reason] {
            #expect(step.message.contains(part))
        }
    }

    @Test("read the token anew for every fetch")
    func newToken() throws {
        let provider = ContainerProvider(try #require(try settings(file: "/token")))
        for token in ["one", "two"] {
            let play = try FetchPlay(provider)
            #expect(play.start().reads == "/token")
            #expect(play.answer(.file(.bytes(Array(text: token)))).sent?.fields["authorization"] == token)
        }
    }

    // MARK: - Answers

    @Test("are what the document says")
    func done() throws {
        let play = try play(try settings())
        _ = play.start()
        let fetched = try #require(play.respond(200, Self.good).fetched)
        #expect(fetched.credentials.origin == .container)
        #expect(fetched.credentials.featureIDs.text == "z")
        #expect(fetched.credentials.accessKeyID.text == "AKID")
        #expect(fetched.credentials.secretAccessKey.view.text == "hush")
        #expect(fetched.credentials.sessionToken?.view.text == "hush-token")
        #expect(fetched.expiration == 4_070_908_800)
    }

    @Test("may be part of another provider's features")
    func features() throws {
        let play = try FetchPlay(ContainerProvider(try #require(try settings()), featureIDs: Bytes("p,z")))
        _ = play.start()
        #expect(play.respond(200, Self.good).fetched?.credentials.featureIDs.text == "p,z")
    }

    @Test("are asked for three times, a second apart, whatever the trouble", arguments: [
        (500, ""), (503, "<html>"), (404, "{}"), (403, "denied hush"), (301, ""), (204, ""), (200, ""), (200, "nonsense hush"),
        (200, "{\"AccessKeyId\": \"hush"), (200, "[]"), (200, String(repeating: "[", count: 1000)),
    ])
    func retries(_ status: Int, _ body: String) throws {
        let play = try play(try settings(token: "t"))
        var step = play.start()
        let first = step.sent
        for _ in 0..<2 {
            step = play.respond(status, body)
            #expect(step.waitsUntil == play.now.monotonic + 1_000_000_000)
            step = play.wake(step)
            #expect(step.sent?.fields == first?.fields)
            #expect(step.sent?.path == first?.path)
        }
        step = play.respond(status, body)
        #expect(step.failure?.code == .credentialsFailed)
        #expect(step.message.hasPrefix("container: "))
        if status != 200 { #expect(step.message.contains("\(status)")) }
        #expect(!step.message.contains("hush"))
    }

    @Test("are asked for again after trouble on the way", arguments: [Code.connectFailed, .connectTimeout, .readTimeout, .connectionLost, .responseTooLarge])
    func transport(_ code: Code) throws {
        let play = try play(try settings())
        _ = play.start()
        _ = play.wake(play.fail(code))
        #expect(play.respond(200, Self.good).fetched != nil)

        let hopeless = try self.play(try settings())
        var step = hopeless.start()
        for _ in 0..<3 { step = hopeless.wake(hopeless.fail(code)) }
        #expect(step.failure?.code == .credentialsFailed)
        #expect(step.message == "container: it failed")
    }

    @Test("fail at once for a document that cannot be used", arguments: [
        (#"{"AccessKeyId": "A", "SecretAccessKey": "hush", "Expiration": "2099-01-01T00:00:00Z"}"#, "Token"),
        (#"{"AccessKeyId": "A", "SecretAccessKey": "hush", "Token": null, "Expiration": "2099-01-01T00:00:00Z"}"#, "Token"),
        (#"{"AccessKeyId": "A", "SecretAccessKey": "hush", "Token": "hush"}"#, "Expiration"),
        (#"{"SecretAccessKey": "hush", "Token": "hush", "Expiration": "2099-01-01T00:00:00Z"}"#, "AccessKeyId"),
        (#"{"AccessKeyId": "A", "Token": "hush", "Expiration": "2099-01-01T00:00:00Z"}"#, "SecretAccessKey"),
        (#"{"AccessKeyId": "A", "SecretAccessKey": {"hush": 1}, "Token": "hush", "Expiration": "2099-01-01T00:00:00Z"}"#, "SecretAccessKey"),
        (#"{"AccessKeyId": "A", "SecretAccessKey": "hush", "Token": "hush\r\nX: y", "Expiration": "2099-01-01T00:00:00Z"}"#, "Token"),
        (#"{"AccessKeyId": "A", "SecretAccessKey": "hush", "Token": "hush", "Expiration": "tomorrow"}"#, "tomorrow"),
        (#"{"AccessKeyId": "A", "SecretAccessKey": "hush", "Token": "hush", "Expiration": "2026-11-24T06:07:08Z"}"#, "ended 0 s ago"),
        (#"{"AccessKeyId": "A", "SecretAccessKey": "hush", "Token": "hush", "Expiration": "2026-11-24T06:00:00Z"}"#, "ended 428 s ago"),
        (#"{"AccessKeyId": "A", "SecretAccessKey": "hush", "Token": "hush", "Expiration": "0001-01-01T00:00:00Z"}"#, "ended"),
        (#"{"Code": "AssumeRoleUnauthorizedAccess", "Message": "the role\r\ncannot be assumed"}"#, "AssumeRoleUnauthorizedAccess\": \"the role  cannot"),
        (#"{"Code": "Failed", "AccessKeyId": "A", "SecretAccessKey": "hush", "Token": "hush", "Expiration": "2099-01-01T00:00:00Z"}"#, "Failed"),
        (#"{}"#, "AccessKeyId"),
    ])
    func unusable(_ body: String, _ part: String) throws {
        let play = try play(try settings())
        _ = play.start()
        let step = play.respond(200, body)
        #expect(step.failure?.code == .credentialsFailed)
        #expect(step.message.hasPrefix("container: "))
        #expect(step.message.contains(part))
        #expect(!step.message.contains("hush"))
        #expect(!step.message.contains("\n"))
    }

    @Test("without a token are taken when it is empty")
    func emptyToken() throws {
        let play = try play(try settings())
        _ = play.start()
        let fetched = play.respond(200, Self.good.replacing("hush-token", with: "")).fetched
        #expect(fetched != nil)
        #expect(fetched?.credentials.sessionToken == nil)
    }

    @Test("are read with escapes and without regard to the case of Success")
    func escapes() throws {
        let play = try play(try settings())
        _ = play.start()
        let body = #"{"Code": "success", "Access\u004beyId": "\u0041K", "SecretAccessKey": "a\/b\\", "Token": "t\"", "Expiration": "2099-01-01T00:00:00Z"}"#
        let credentials = play.respond(200, body).fetched?.credentials
        #expect(credentials?.accessKeyID.text == "AK")
        #expect(credentials?.secretAccessKey.view.text == "a/b\\")
        #expect(credentials?.sessionToken?.view.text == "t\"")
    }

    @Test("fail with a message of bounded length")
    func bounded() throws {
        let play = try play(try settings())
        _ = play.start()
        let long = String(repeating: "x", count: 100_000)
        let step = play.respond(200, "{\"Code\": \"\(long)\", \"Message\": \"\(long)\"}")
        #expect(step.failure?.code == .credentialsFailed)
        #expect(step.message.utf8.count < 1000)
    }

    @Test("survive any bytes")
    func anyBytes() throws {
        var random = SeededRandom(11)
        let seeds = [Array(text: Self.good), Array(text: "{}")]
        for _ in 0..<2000 {
            let play = try play(try settings())
            _ = play.start()
            let bytes = random.mutation(of: seeds, alphabet: Array(text: "{}[]\",:\\u0aK\u{7F}"))
            let step = play.respond(200, bytes)
            #expect(step.fetched != nil || step.failure?.code == .credentialsFailed || step.waitsUntil != nil)
            if let id = step.fetched?.credentials.accessKeyID { #expect(id.allSatisfy { $0 >= 0x20 && $0 < 0x7F }) }
        }
    }

    @Test("take no answer that they did not ask for")
    func unasked() throws {
        let play = try play(try settings())
        _ = play.start()
        #expect(play.answer(.mfaCode(nil)).failure?.code == .internalError)
        #expect(play.answer(.written(nil)).failure?.code == .internalError)
    }

    @Test("keep apart what is no fault of theirs")
    func memory() throws {
        let play = try play(try settings())
        var step = play.start()
        for _ in 0..<3 { step = play.wake(play.fail(.outOfMemory)) }
        #expect(step.failure?.code == .outOfMemory)
    }
}
