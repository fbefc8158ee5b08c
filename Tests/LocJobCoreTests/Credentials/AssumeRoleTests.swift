import Testing

@testable import LocJob

@Suite("An assumed role")
struct AssumeRoleTests {
    private static var source: StaticProvider { StaticProvider(.make("AKID", "SECRET-KEY", "SESSION-TOKEN")) }

    private func talk(
        mfa: String? = nil, source: any CredentialProvider = source, _ settings: [String: String] = [:]
    ) throws -> STSConversation {
        let role = AssumeRoleSettings(role: try .make(name: "me"), mfaSerial: mfa.map { Array(text: $0) })
        return try STSConversation(AssumeRoleProvider(role, source: source), settings)
    }

    /// What the fetch fails with after one response.
    private func refusal(_ status: Int, _ body: String) throws -> (code: Code, message: String)? {
        let talk = try talk(["max_attempts": "1"])
        _ = try talk.start()
        return failure { _ = try talk.respond(status, body) }
    }

    private static let subject = "assume-role: role \"\(STSRole.arn)\": "

    @Test("gives credentials with their end")
    func success() throws {
        let talk = try talk()
        let sent = try talk.sent(talk.start())
        #expect(sent["User-Agent"]?.contains("m/E,e ") == true)
        #expect(sent["X-Amz-Security-Token"] == "SESSION-TOKEN")
        let fetched = try #require(try talk.respond(200, STSConversation.answer()).fetched)
        #expect(fetched.expiration == Conversation.wallSeconds + 3600)
        #expect(fetched.credentials.origin == .assumeRole)
        #expect(fetched.credentials.featureIDs.text == "o,n,e,i")
        #expect(fetched.credentials.accessKeyID.text == "ASIAEXAMPLE")
        #expect(fetched.credentials.secretAccessKey.view.text == "secret")
        #expect(fetched.credentials.sessionToken?.view.text == "token")
    }

    @Test("has a provider that says which it is, and a new fetch each time")
    func provider() throws {
        let provider = AssumeRoleProvider(AssumeRoleSettings(role: try .make()), source: Self.source)
        #expect(provider.origin == .assumeRole)
        #expect(provider.makeFetch() !== provider.makeFetch())
    }

    @Test("is signed for by the clock of the service")
    func skew() throws {
        let talk = try talk()
        talk.client.clockSkew = 60
        #expect(try talk.sent(talk.start())["X-Amz-Date"] == "20261124T060808Z")
    }

    // MARK: MFA

    @Test("asks for a code once its source is there, and sends it", arguments: ["123456", " 123456\r\n"])
    func mfa(_ code: String) throws {
        let talk = try talk(mfa: "arn:mfa")
        guard case .askMFA(let serial) = try talk.start() else { throw Failure(.internalError, "no question") }
        #expect(serial.text == "arn:mfa")
        let body = try talk.sent(talk.answer(.mfaCode(Array(text: code)))).body
        #expect(body.contains("&SerialNumber=arn%3Amfa&"))
        #expect(body.hasSuffix("&TokenCode=123456"))
        #expect(try talk.respond(200, STSConversation.answer()).fetched != nil)
    }

    @Test("without a code is an error that names the device", arguments: [nil, "", "12345", "1234567", "12345a", "１２３４５６", "123\n456"])
    func noCode(_ code: String?) throws {
        let talk = try talk(mfa: "GAHT1")
        _ = try talk.start()
        let failure = failure { _ = try talk.answer(.mfaCode(code.map { Array(text: $0) })) }
        #expect(failure?.code == .credentialsFailed)
        let reason =
            code == nil
            ? "needs a code of it, and there is no callback that gave one"
            : "has codes of six digits, and the callback gave something else"
        #expect(failure?.message == Self.subject + "MFA device \"GAHT1\" " + reason)
    }

    @Test("asks each of a chain's roles for its own code")
    func mfaChain() throws {
        let inner = AssumeRoleProvider(
            AssumeRoleSettings(role: try .make("arn:inner"), mfaSerial: Bytes("first")), source: Self.source)
        let talk = try talk(mfa: "second", source: inner)
        guard case .askMFA(let first) = try talk.start() else { throw Failure(.internalError, "no question") }
        #expect(first.text == "first")
        #expect(try talk.sent(talk.answer(.mfaCode(Bytes("111111")))).body.hasSuffix("TokenCode=111111"))
        guard case .askMFA(let second) = try talk.respond(200, STSConversation.answer()) else {
            throw Failure(.internalError, "no question")
        }
        #expect(second.text == "second")
        #expect(try talk.sent(talk.answer(.mfaCode(Bytes("222222")))).body.hasSuffix("TokenCode=222222"))
    }

    // MARK: Chains

    @Test("waits for a source of any kind: steps go to it until it is done")
    func webIdentitySource() throws {
        let source = WebIdentityProvider(
            WebIdentitySettings(role: try .make("arn:web", features: "h,k"), tokenFile: Bytes("/token")))
        let talk = try talk(source: source)
        guard case .read = try talk.start() else { throw Failure(.internalError, "no reading") }
        #expect(try talk.sent(talk.answer(.file(.bytes(Bytes("jwt"))))).body.contains("Action=AssumeRoleWithWebIdentity&"))
        // The source's own repetitions.
        let again = try talk.wake(talk.respond(503, ""))
        #expect(try talk.sent(again).body.contains("Action=AssumeRoleWithWebIdentity&"))
        let sent = try talk.sent(talk.respond(200, STSConversation.answer("AssumeRoleWithWebIdentity", "WEB", token: "web-token")))
        #expect(sent.body.contains("Action=AssumeRole&"))
        #expect(sent["Authorization"]?.contains("Credential=WEB/") == true)
        #expect(sent["X-Amz-Security-Token"] == "web-token")
        #expect(sent["User-Agent"]?.contains("m/E,h,k ") == true)
        #expect(sent["amz-sdk-request"] == "attempt=1; max=3")
    }

    @Test("fails with its source's error, under the source's name")
    func sourceFails() throws {
        let inner = AssumeRoleProvider(AssumeRoleSettings(role: try .make("arn:inner")), source: Self.source)
        let talk = try talk(source: inner)
        _ = try talk.start()
        let failure = failure { _ = try talk.respond(403, STSConversation.error("AccessDenied", "no")) }
        #expect(failure?.code == .credentialsFailed)
        #expect(failure?.message == "assume-role: role \"arn:inner\": AccessDenied: no")
    }

    // MARK: Repetitions

    @Test(
        "is asked for again after errors that pass",
        arguments: [
            (400, "Throttling"), (400, "ThrottlingException"), (400, "RequestLimitExceeded"), (400, "IDPCommunicationError"),
            (400, "RequestTimeout"), (429, "Whatever"), (500, "InternalFailure"), (503, "ServiceUnavailable"),
        ])
    func retries(_ status: Int, _ code: String) throws {
        let talk = try talk()
        let first = try talk.sent(talk.start())
        talk.now.wallSeconds += 5
        let second = try talk.sent(talk.wake(talk.respond(status, STSConversation.error(code, "m"))))
        #expect(second.body == first.body)
        #expect(second["amz-sdk-request"] == "attempt=2; max=3")
        #expect(second["amz-sdk-invocation-id"] == first["amz-sdk-invocation-id"])
        #expect(second["X-Amz-Date"] == "20261124T060713Z")
        #expect(second["Authorization"] != first["Authorization"])
        #expect(try talk.respond(200, STSConversation.answer()).fetched != nil)
    }

    @Test("is asked for again after failures of the connection, as often as the client tries")
    func connection() throws {
        let talk = try talk(["max_attempts": "2"])
        _ = try talk.start()
        #expect(try talk.sent(talk.wake(talk.fail(.connectFailed)))["amz-sdk-request"] == "attempt=2; max=2")
        let failure = failure { _ = try talk.fail(.readTimeout) }
        #expect(failure?.code == .credentialsFailed)
        #expect(failure?.message == Self.subject + "it failed")
    }

    @Test("is given up when a certificate is rejected or memory ran out", arguments: [
        (Code.certificateRejected, Code.credentialsFailed), (.responseTooLarge, .credentialsFailed), (.outOfMemory, .credentialsFailed),
    ])
    func hopeless(_ code: Code, _ expected: Code) throws {
        let talk = try talk(["max_attempts": "1"])
        _ = try talk.start()
        #expect(failure { _ = try talk.fail(code) }?.code == (code == .outOfMemory ? .outOfMemory : expected))
    }

    @Test("is not asked for again after other errors", arguments: [
        (400, "ValidationError"), (403, "AccessDenied"), (403, "ExpiredToken"), (403, "SignatureDoesNotMatch"),
        (400, "PackedPolicyTooLarge"), (403, "RegionDisabledException"), (400, "throttling"),
    ])
    func noRetry(_ status: Int, _ code: String) throws {
        let talk = try talk()
        _ = try talk.start()
        let failure = failure { _ = try talk.respond(status, STSConversation.error(code, "the reason")) }
        #expect(failure?.code == .credentialsFailed)
        #expect(failure?.message == Self.subject + "\(code): the reason")
    }

    @Test("tells when the last attempt was throttled")
    func exhausted() throws {
        let talk = try talk(["max_attempts": "2"])
        _ = try talk.start()
        let body = STSConversation.error("Throttling", "Rate exceeded")
        _ = try talk.wake(talk.respond(400, body))
        #expect(failure { _ = try talk.respond(400, body) }?.message == Self.subject + "Throttling: Rate exceeded")
    }

    @Test("is asked for with a time to live once the clock of STS is known")
    func timeToLive() throws {
        let talk = try talk(["read_timeout_ms": "5000", "max_attempts": "4"])
        _ = try talk.start()
        let step = try talk.wake(talk.respond(503, "", ["Date: Tue, 24 Nov 2026 06:08:08 GMT"]))
        #expect(try talk.sent(step)["amz-sdk-request"] == "ttl=20261124T060813Z; attempt=2; max=4")
        #expect(try talk.sent(talk.wake(talk.fail(.readTimeout)))["amz-sdk-request"] == "ttl=20261124T060813Z; attempt=3; max=4")
    }

    @Test("waits as the service asks")
    func hint() throws {
        let talk = try talk()
        _ = try talk.start()
        let until = try #require(try talk.respond(503, "", ["x-amz-retry-after: 3000"]).waitsUntil)
        #expect(until - talk.now.monotonic == 3_000_000_000)
    }

    // MARK: Errors

    @Test(
        "that is refused without an error to be read is told by the status",
        arguments: [
            (502, "<html><body>Bad Gateway</body></html>"), (403, ""), (403, "{\"message\":\"hush\"}"), (301, ""),
            (500, "<!DOCTYPE html><html></html>"), (400, "<ErrorResponse><Error><Code>Hush</Code>"), (404, "\u{0}\u{1}"),
            (400, "<Error><Code>NotOfSTS</Code></Error>"), (400, "<ErrorResponse><Error><Code> </Code></Error></ErrorResponse>"),
        ])
    func unreadable(_ status: Int, _ body: String) throws {
        let failure = try refusal(status, body)
        #expect(failure?.code == .credentialsFailed)
        #expect(failure?.message == Self.subject + "STS answered with status \(status) and no error that can be read")
    }

    @Test("is refused on one line that is no longer than a message can be")
    func oneLine() throws {
        let canonical = "The signature does not match.\n\nThe Canonical String should have been\n'POST\n/\n'"
        #expect(try refusal(403, STSConversation.error("SignatureDoesNotMatch", canonical))?.message
            == Self.subject + "SignatureDoesNotMatch: The signature does not match.")
        let long = try #require(try refusal(403, STSConversation.error("A\tB", String(repeating: "é", count: 5000))))
        #expect(long.message.hasPrefix(Self.subject + "A B: éé"))
        #expect(long.message.utf8.count < 1200)
        #expect(try refusal(403, STSConversation.error("Bare", ""))?.message == Self.subject + "Bare")
    }

    @Test("is refused without the secrets that the answer repeats", arguments: [
        ("A", "it was SECRET-KEY here"), ("SESSION-TOKEN", "m"), ("A", "line\nSESSION-TOKEN"),
    ])
    func secrets(_ code: String, _ message: String) throws {
        let failure = try refusal(403, STSConversation.error(code, message))
        #expect(failure?.message == Self.subject + "STS answered with status 403 and an error that repeats a secret")
    }

    // MARK: Answers

    @Test("needs all four members", arguments: ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"])
    func missing(_ name: String) throws {
        func value(_ member: String, _ value: String, _ absent: String?) -> String? { member == name ? absent : value }
        for absent in [nil, ""] as [String?] {
            let body = STSConversation.answer(
                "AssumeRole", value("AccessKeyId", "a", absent), secret: value("SecretAccessKey", "hush", absent),
                token: value("SessionToken", "hush", absent), expiration: value("Expiration", "2026-11-24T07:07:08Z", absent))
            let failure = try refusal(200, body)
            #expect(failure?.code == .credentialsFailed)
            #expect(failure?.message == Self.subject + "STS gave no \(name)")
        }
    }

    @Test("refuses keys and tokens that no header can carry", arguments: [
        "a&#13;&#10;X: y", "a\nb", "é", "a&#9;b", "\u{7F}",
    ])
    func characters(_ value: String) throws {
        for (name, body) in [
            ("AccessKeyId", STSConversation.answer("AssumeRole", value)),
            ("SecretAccessKey", STSConversation.answer(secret: value)), ("SessionToken", STSConversation.answer(token: value)),
        ] {
            #expect(try refusal(200, body)?.message
                == Self.subject + "the \(name) that STS gave holds a character that no header can carry")
        }
    }

    @Test("refuses an end that is no time", arguments: ["soon", "1795504028", "2026-13-01T00:00:00Z", "2026-11-24T07:07:08Z x"])
    func badEnd(_ text: String) throws {
        #expect(try refusal(200, STSConversation.answer(expiration: text))?.message
            == Self.subject + "the Expiration that STS gave is no time")
    }

    @Test("takes an end in every form of ISO 8601", arguments: [
        "2026-11-24T07:07:08Z", "2026-11-24T07:07:08.999Z", "2026-11-24T08:07:08+01:00", "20261124T070708Z", " 2026-11-24T07:07:08Z\n",
    ])
    func ends(_ text: String) throws {
        let talk = try talk()
        _ = try talk.start()
        let fetched = try talk.respond(200, STSConversation.answer(expiration: text)).fetched
        #expect(fetched?.expiration == Conversation.wallSeconds + 3600)
    }

    @Test("refuses an end in the past, and points to the clock", arguments: [
        ("2026-11-24T06:07:08Z", 0), ("2026-11-24T06:07:07Z", 1), ("2026-11-24T05:07:08Z", 3600), ("0001-01-01T00:00:00Z", 63_931_097_228),
    ] as [(String, Int)])
    func past(_ text: String, _ seconds: Int) throws {
        #expect(try refusal(200, STSConversation.answer(expiration: text))?.message
            == Self.subject + "the credentials that STS gave ended \(seconds) s ago by the local clock, which may be wrong")
    }

    @Test(
        "refuses answers that are hostile or none",
        arguments: [
            ("", "XML ends where an element should be"), ("{}", "XML has something else than an element"),
            ("<!DOCTYPE a [<!ENTITY b 'c'>]>" + STSConversation.answer(), "document type"),
            (STSConversation.answer(secret: "&hush;"), "than a reference"),
            (STSConversation.answer(secret: "<a>hush</a>"), "STS gave no SecretAccessKey"),
            (STSConversation.answer(secret: "hush</SecretAccessKey><SecretAccessKey>hush"), "a member of its credentials twice"),
            (String(STSConversation.answer().dropLast(5)), "XML ends where the end tag of the open element should be"),
            (STSConversation.answer("AssumeRoleWithWebIdentity"), "STS gave no AccessKeyId"),
            (STSConversation.error("Hush", "hush"), "STS gave no AccessKeyId"), ("<a/>", "STS gave no AccessKeyId"),
            (String(repeating: "<a>", count: 100), "nested more than 32 deep"),
            ("<a>" + String(repeating: "x", count: 1_048_576), "XML of 1048579 bytes is too long"),
        ])
    func hostile(_ body: String, _ message: String) throws {
        let failure = try refusal(200, body)
        #expect(failure?.code == .credentialsFailed)
        #expect(failure?.message.hasPrefix(Self.subject) == true)
        #expect(failure?.message.contains(message) == true, "\(failure?.message ?? "")")
        #expect(failure?.message.contains("hush") == false)
    }

    @Test("takes an answer with comments, prefixes and sections")
    func tolerated() throws {
        let talk = try talk()
        _ = try talk.start()
        let body = """
            <?xml version="1.0"?><s:AssumeRoleResponse xmlns:s="x"><s:AssumeRoleResult><s:Credentials a='b'><!-- hello -->
            <s:AccessKeyId><![CDATA[ID]]></s:AccessKeyId><s:SecretAccessKey>a&amp;b&#47;</s:SecretAccessKey><s:SessionToken>t\
            <!-- x -->u</s:SessionToken><s:Expiration>2026-11-24T07:07:08Z</s:Expiration></s:Credentials></s:AssumeRoleResult>\
            </s:AssumeRoleResponse>
            """
        let credentials = try #require(try talk.respond(200, body).fetched?.credentials)
        #expect(credentials.accessKeyID.text == "ID")
        #expect(credentials.secretAccessKey.view.text == "a&b/")
        #expect(credentials.sessionToken?.view.text == "tu")
    }

    @Test("is not confused by answers that nobody asked for")
    func wrongAnswers() throws {
        let answers: [Answer] = [.file(.absent), .written(nil), .mfaCode(nil), .deadline(Timings())]
        for answer in answers {
            let talk = try talk()
            _ = try talk.start()
            #expect(failure { _ = try talk.answer(answer) }?.code == .internalError)
        }
        let mfa = try talk(mfa: "serial")
        _ = try mfa.start()
        #expect(failure { _ = try mfa.answer(.woke) }?.code == .internalError)
        let done = try talk()
        _ = try done.start()
        #expect(failure { _ = try done.start() }?.code == .internalError)
    }

    @Test("survives every clock", arguments: [Int64.min, .min + 1, -1, 0, .max - 1, .max])
    func clocks(_ seconds: Int64) throws {
        let talk = try talk()
        talk.now.wallSeconds = seconds
        _ = try talk.start()
        _ = try talk.wake(talk.respond(503, "", ["Date: Tue, 24 Nov 2026 06:08:08 GMT"]))
        _ = try? talk.respond(200, STSConversation.answer())
    }
}
