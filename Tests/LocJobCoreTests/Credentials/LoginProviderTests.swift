import Foundation
import Testing

@testable import LocJob

@Suite("Credentials of aws login")
struct LoginProviderTests {
    static let fixture = "credentials/login/requests.json"
    private static let refreshed =
        #"{"accessToken":{"accessKeyId":"NEWKEY","secretAccessKey":"new-secret","sessionToken":"new-session"},"tokenType":"aws_sigv4","expiresIn":900,"refreshToken":"new-refresh"}"#

    private func provider(custom: String? = nil, directory: String? = "/home/me/.aws/login/cache") throws -> LoginProvider {
        LoginProvider(
            LoginSettings(
                session: Array(text: "arn:aws:iam::123456789012:user/me"), cacheDirectory: directory.map { Array(text: $0) },
                endpoint: try .make(.signIn, "eu-west-1", custom: custom)))
    }

    /// The token file of a scenario, with members replaced; a path goes into the access token.
    private func file(_ replaced: [String: Any] = [:], left seconds: Int64 = 300) -> String {
        var file = BotocoreScenario.named("to be refreshed", in: Self.fixture).row["file"] as! [String: Any]
        var access = file["accessToken"] as! [String: Any]
        access["expiresAt"] = Date(timeIntervalSince1970: Double(Conversation.wallSeconds + seconds)).formatted(.iso8601)
        for (name, value) in replaced {
            let value: Any? = value is Gone ? nil : value
            if name.hasPrefix("access.") { access[String(name.dropFirst(7))] = value } else { file[name] = value }
        }
        if !replaced.keys.contains("accessToken") { file["accessToken"] = access }
        return String(decoding: try! JSONSerialization.data(withJSONObject: file, options: .sortedKeys), as: Unicode.UTF8.self)
    }

    private struct Gone {}

    // MARK: As botocore

    @Test("come by the requests that botocore sends", arguments: BotocoreScenario.names(fixture))
    func botocore(_ name: String) throws {
        try BotocoreScenario.named(name, in: Self.fixture).check(provider(), answers: [Self.refreshed])
    }

    @Test("say in the User-Agent where they come from")
    func features() throws {
        #expect(LoginPlay(try provider()).open(file(left: 900)).fetched?.credentials.featureIDs.text == "AC,AD")
        let play = LoginPlay(try provider())
        _ = play.open(file())
        _ = play.respond(200, Self.refreshed)
        #expect(play.answer(.written(nil)).fetched?.credentials.featureIDs.text == "AC,AD")
    }

    // MARK: The token file

    @Test("need a home directory")
    func homeless() throws {
        let step = LoginPlay(try provider(directory: nil)).start()
        #expect(step.message == "login: no home directory to look for the token in")
    }

    @Test("need a token file that can be read")
    func unreadable() throws {
        for (contents, words) in [
            (.absent, "is not there: log in with \"aws login\""), (.denied, "permission denied"),
            (.unreadable("is a directory"), "cannot be read: is a directory"),
        ] as [(FileContents, String)] {
            let play = LoginPlay(try provider())
            _ = play.start()
            let message = try #require(play.answer(.file(contents)).message)
            #expect(message.hasPrefix("login: ") && message.contains(words) && message.contains("28618770"))
        }
    }

    @Test("do not come of a file that is no JSON object", arguments: ["", "null", "[{}]", "{\"a\":", "\u{0}"])
    func noJSON(_ text: String) throws {
        let message = LoginPlay(try provider()).open(text).message
        #expect(message?.hasSuffix("is no JSON object: log in with \"aws login\"") == true)
    }

    @Test(
        "do not come of a file in which something is missing or wrong",
        arguments: [
            ("accessToken", "no accessToken"), ("refreshToken", "no refreshToken"), ("dpopKey", "no dpopKey"),
            ("clientId", "no clientId"), ("access.accessKeyId", "no accessKeyId"),
            ("access.secretAccessKey", "no secretAccessKey"), ("access.sessionToken", "no sessionToken"),
            ("access.expiresAt", "expiresAt"),
        ])
    func incomplete(_ name: String, _ words: String) throws {
        for value in [Gone(), "", 7, NSNull(), ["hush"]] as [Any] {
            for left in [300, 900] as [Int64] {
                let message = try #require(LoginPlay(try provider()).open(file([name: value], left: left)).message)
                #expect(message.contains(words) && !message.contains("hush"))
            }
        }
    }

    @Test(
        "do not come of keys that no header can carry", arguments: ["accessKeyId", "secretAccessKey", "sessionToken"],
        ["hush\r\nx: y", "hush\u{0}", "hush é", " "])
    func characters(_ name: String, _ value: String) throws {
        let message = try #require(LoginPlay(try provider()).open(file(["access.\(name)": value])).message)
        #expect(message.contains("\(name) in") && !message.contains("hush") && !message.contains("\n"))
    }

    @Test("do not come of an end that is no time", arguments: ["soon", "2026-13-01T00:00:00Z", "1795500428"])
    func times(_ value: String) throws {
        let message = try #require(LoginPlay(try provider()).open(file(["access.expiresAt": value])).message)
        #expect(message.contains("expiresAt"))
    }

    @Test("are used while they have more than five minutes left", arguments: [(301, true), (300, false), (-1, false)])
    func window(_ left: Int64, _ isUsed: Bool) throws {
        let step = LoginPlay(try provider()).open(file(left: left))
        #expect((step.keyID == "OLDKEY") == isUsed)
        #expect((step.sent?.method == "POST") == !isUsed)
    }

    // MARK: The request

    @Test(
        "are refreshed where the user logged in",
        arguments: [
            ("us-gov-west-1", "https://us-gov-west-1.signin.amazonaws-us-gov.com/v1/token"),
            ("", "https://eu-west-1.signin.aws.amazon.com/v1/token"),
        ])
    func regions(_ region: String, _ url: String) throws {
        #expect(LoginPlay(try provider()).open(file(["signInRegion": region])).sent?.url == url)
        #expect(LoginPlay(try provider()).open(file(["signInRegion": NSNull()])).sent?.url.contains("eu-west-1") == true)
    }

    @Test("need a Region that can be part of a host's name", arguments: ["a.b", "evil.example/", "-x", "x@y"] as [String])
    func badRegions(_ region: String) throws {
        for value in [region, 7] as [Any] {
            let message = LoginPlay(try provider()).open(file(["signInRegion": value])).message
            #expect(message?.contains("signInRegion in") == true)
        }
    }

    @Test("are refreshed at a custom endpoint, which the proof names")
    func custom() throws {
        let sent = try #require(LoginPlay(try provider(custom: "http://localhost:81/base")).open(file()).sent)
        #expect(sent.url == "http://localhost:81/base/v1/token")
        let payload = sent.fields["DPoP"].flatMap { ES256.decode(String($0.split(separator: ".")[1]))?.text }
        #expect(payload?.contains(#""htu":"http://localhost:81/base/v1/token""#) == true)
    }

    @Test("need a key that can be used", arguments: Repository.rows("credentials/login/bad-keys.json", of: DPoPTests.BadKey.self))
    func badKeys(_ key: DPoPTests.BadKey) throws {
        let message = try #require(LoginPlay(try provider()).open(file(["dpopKey": key.pem])).message)
        #expect(message.contains("dpopKey"))
        #expect(!message.contains("BEGIN") && !message.contains("\n"))
    }

    @Test("are asked for again with a proof of its own")
    func retried() throws {
        let play = LoginPlay(try provider())
        let first = try #require(play.open(file()).sent)
        let second = try #require(play.wake(play.respond(500, "")).sent)
        #expect(first.url == second.url && first.body == second.body)
        #expect(first.fields["DPoP"] != second.fields["DPoP"])
        let payloads = [first, second].map { $0.fields["DPoP"]!.split(separator: ".")[1] }
        #expect(payloads[0] != payloads[1])
        _ = play.wake(play.fail(.connectFailed))
        #expect(play.fail(.connectFailed).message == "login: the login could not be refreshed: no luck")
    }

    @Test("are not to be had from a server that cannot be trusted")
    func certificate() throws {
        let play = LoginPlay(try provider())
        _ = play.open(file())
        #expect(play.fail(.certificateRejected).message == "login: the login could not be refreshed: no luck")
    }

    // MARK: The answer

    private func asked() throws -> LoginPlay {
        let play = LoginPlay(try provider())
        #expect(play.open(file(left: 0)).sent != nil)
        return play
    }

    @Test(
        "are refused for a reason that the user is told",
        arguments: [
            (400, "TOKEN_EXPIRED", "login: the login has expired or its user's credentials have changed: log in with \"aws login\""),
            (403, "USER_CREDENTIALS_CHANGED", "login: the login has expired or its user's credentials have changed: log in with \"aws login\""),
            (403, "INSUFFICIENT_PERMISSIONS", "login: the login could not be refreshed: its user needs the permission signin:CreateOAuth2Token"),
            (403, "AUTHCODE_EXPIRED", "login: the login could not be refreshed: status 403, AccessDeniedException"),
            (403, "hush", "login: the login could not be refreshed: status 403, AccessDeniedException"),
        ])
    func refused(_ status: Int, _ error: String, _ expected: String) throws {
        let fields = ["x-amzn-ErrorType: AccessDeniedException"]
        #expect(try asked().respond(status, #"{"error":"\#(error)","message":"hush"}"#, fields).message == expected)
    }

    @Test(
        "do not come of other answers",
        arguments: [
            (400, "hush", "status 400"), (404, #"{"error":["TOKEN_EXPIRED"]}"#, "status 404"), (302, "", "status 302"),
            (501, "", "status 501"), (200, "", "no accessToken"), (200, "hush", "no accessToken"), (200, "{}", "no accessToken"),
            (200, #"{"accessToken":"hush"}"#, "no accessToken"), (200, #"{"accessToken":{}}"#, "no accessKeyId"),
            (200, #"{"accessToken":{"accessKeyId":"A","sessionToken":"C"}}"#, "no secretAccessKey"),
            (200, #"{"accessToken":{"accessKeyId":"A","secretAccessKey":"hush"}}"#, "no sessionToken"),
            (200, #"{"accessToken":{"accessKeyId":"A","secretAccessKey":"hush\n","sessionToken":"C"}}"#, "secretAccessKey in"),
            (200, #"{"accessToken":{"accessKeyId":"A","secretAccessKey":"B","sessionToken":"C"}}"#, "expiresIn"),
            (200, #"{"accessToken":{"accessKeyId":"A","secretAccessKey":"B","sessionToken":"C"},"expiresIn":0}"#, "expiresIn"),
            (200, #"{"accessToken":{"accessKeyId":"A","secretAccessKey":"B","sessionToken":"C"},"expiresIn":"900"}"#, "expiresIn"),
            (200, #"{"accessToken":{"accessKeyId":"A","secretAccessKey":"B","sessionToken":"C"},"expiresIn":86401}"#, "expiresIn"),
            (200, #"{"accessToken":{"accessKeyId":"A","secretAccessKey":"B","sessionToken":"C"},"expiresIn":900}"#, "no refreshToken"),
            (200, #"{"accessToken":{"accessKeyId":"A","secretAccessKey":"B","sessionToken":"C"},"expiresIn":900,"refreshToken":""}"#, "no refreshToken"),
        ])
    func others(_ status: Int, _ body: String, _ words: String) throws {
        let message = try #require(try asked().respond(status, body).message)
        #expect(message.hasPrefix("login: ") && message.contains(words) && !message.contains("hush") && !message.contains("\n"))
    }

    @Test("are written with all else that the file held, inside the access token too")
    func writing() throws {
        let play = LoginPlay(try provider())
        _ = play.open(file(["access.other": "kept", "another": ["x": 1]]))
        let contents = try #require(play.respond(200, Self.refreshed).written)
        let written = try #require(BotocoreScenario.object(contents))
        let access = try #require(written["accessToken"] as? [String: String])
        #expect(
            access == [
                "accessKeyId": "NEWKEY", "secretAccessKey": "new-secret", "sessionToken": "new-session", "other": "kept",
                "accountId": "123456789012", "expiresAt": "2026-11-24T06:22:08Z",
            ])
        #expect(written["another"] as? [String: Int] == ["x": 1])
        #expect(written["refreshToken"] as? String == "new-refresh")
        #expect(written["identityToken"] as? String == "id" && written["dpopKey"] != nil)
        let fetched = play.answer(.written(nil)).fetched
        #expect(fetched?.credentials.accessKeyID.text == "NEWKEY")
        #expect(fetched?.expiration == Conversation.wallSeconds + 900)
    }

    @Test("go on when the token file cannot be written, and remember what it should hold")
    func unwritable() throws {
        let provider = try provider()
        let first = LoginPlay(provider)
        _ = first.open(file())
        _ = first.respond(200, Self.refreshed)
        #expect(first.answer(.written(Failure(.invalidFile, "read-only"))).keyID == "NEWKEY")
        #expect(LoginPlay(provider).open(file()).keyID == "NEWKEY")
        let later = LoginPlay(provider, at: Conversation.wallSeconds + 600).open(file())
        #expect(later.sent?.body.contains("new-refresh") == true)
        #expect(LoginPlay(provider).open(file(left: 900)).keyID == "OLDKEY")
    }

    @Test("do not come of answers that nobody asked for")
    func strays() throws {
        for answer in [.woke, .written(nil), .mfaCode(nil)] as [Answer] {
            let play = LoginPlay(try provider())
            _ = play.start()
            #expect(play.answer(answer).failure?.code == .internalError)
        }
        for answer in [.written(nil), .mfaCode(nil)] as [Answer] { #expect(try asked().answer(answer).failure != nil) }
    }

    @Test("survive any file and any answer")
    func mutations() throws {
        var random = SeededRandom(5)
        let provider = try provider()
        let files = [file(), file(left: 900)].map { Array(text: $0) }
        let bodies = [Self.refreshed, #"{"error":"TOKEN_EXPIRED"}"#].map { Array(text: $0) }
        let alphabet = Array(text: "{}[]\":,\\u0\n 9eé")
        for _ in 0..<1000 {
            let play = LoginPlay(provider)
            _ = play.start()
            var step = play.answer(.file(.bytes(random.mutation(of: files, alphabet: alphabet))))
            var steps = 0
            while steps < 10, step.failure == nil, step.fetched == nil {
                steps += 1
                if step.written != nil {
                    step = play.answer(.written(random.below(2) == 0 ? nil : Failure(.invalidFile, "no")))
                } else if step.isWait {
                    step = play.wake(step)
                } else {
                    step = play.respond([200, 200, 403, 500][random.below(4)], random.mutation(of: bodies, alphabet: alphabet))
                }
            }
            #expect(steps < 10)
        }
    }
}
