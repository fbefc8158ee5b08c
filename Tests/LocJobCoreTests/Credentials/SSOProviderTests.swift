import Foundation
import Testing

@testable import LocJob

@Suite("Credentials of IAM Identity Center")
struct SSOProviderTests {
    static let fixture = "credentials/sso/requests.json"
    private static let refreshed =
        #"{"accessToken":"new-token","expiresIn":3600,"tokenType":"Bearer","refreshToken":"new-refresh"}"#
    private static let role =
        #"{"roleCredentials":{"accessKeyId":"AKID","secretAccessKey":"SECRET","sessionToken":"SESSION","expiration":1795504028999}}"#

    private func provider(
        legacy: Bool = false, role: String = "Admin", directory: String? = "/home/me/.aws/sso/cache"
    ) throws -> SSOProvider {
        SSOProvider(
            SSOSettings(
                startURL: Array(text: "https://corp.example/start"),
                region: try Region(Sourced(value: Array(text: "eu-central-1"), source: .none)),
                accountID: Array(text: "123456789012"), roleName: Array(text: role),
                sessionName: legacy ? nil : Array(text: "corp"), cacheDirectory: directory.map { Array(text: $0) },
                portal: try .make(.portal, "eu-central-1"), oidc: try .make(.oidc, "eu-central-1")))
    }

    /// A token file that is good for a refresh, with members replaced; nil takes one away.
    private func file(_ replaced: [String: String?] = [:], left seconds: Int64 = 600) -> String {
        var members = [
            "accessToken": #""old-token""#, "expiresAt": "\"\(time(seconds))\"", "refreshToken": #""old-refresh""#,
            "clientId": #""client""#, "clientSecret": #""client-secret""#,
            "registrationExpiresAt": "\"\(time(86_400))\"",
        ]
        for (name, value) in replaced { members[name] = value }
        return "{" + members.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
    }

    private func time(_ seconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(Conversation.wallSeconds + seconds)).formatted(.iso8601)
    }

    private func token(_ step: LoginPlay.Step) -> String? { step.sent?.fields["x-amz-sso_bearer_token"] }

    // MARK: As botocore

    @Test("come by the requests that botocore sends", arguments: BotocoreScenario.names(fixture))
    func botocore(_ name: String) throws {
        let role = name.contains("encoded") ? "Role+=,.@- x/y~*é" : "Admin"
        try BotocoreScenario.named(name, in: Self.fixture)
            .check(provider(legacy: name.hasPrefix("legacy"), role: role), answers: [Self.refreshed, Self.role])
    }

    @Test("say in the User-Agent by which way they came", arguments: [(false, "r,s"), (true, "t,u")])
    func features(_ legacy: Bool, _ features: String) throws {
        let play = LoginPlay(try provider(legacy: legacy))
        _ = play.open(file(left: 3600))
        #expect(play.respond(200, Self.role).fetched?.credentials.featureIDs.text == features)
    }

    // MARK: The token file

    @Test("need a home directory")
    func homeless() throws {
        #expect(LoginPlay(try provider(directory: nil)).start().message == "sso: no home directory to look for the token in")
    }

    @Test("have their token's file where the directory ends in a slash, too")
    func slash() throws {
        guard case .read(let path) = LoginPlay(try provider(directory: "/x/")).start() else {
            Issue.record("it reads nothing")
            return
        }
        #expect(path == "/x/ee0bfd2552fbd840c02cc48b6e823320543c450f.json")
    }

    @Test("need a token file that can be read")
    func unreadable() throws {
        for (contents, words) in [
            (.absent, "is not there: log in with \"aws sso login\""), (.denied, "permission denied"),
            (.unreadable("is a directory"), "cannot be read: is a directory"),
        ] as [(FileContents, String)] {
            let play = LoginPlay(try provider())
            _ = play.start()
            let message = try #require(play.answer(.file(contents)).message)
            #expect(message.hasPrefix("sso: ") && message.contains(words) && message.contains("ee0bfd"))
        }
    }

    @Test(
        "do not come of a file that holds no token",
        arguments: [
            ("", "no JSON object"), ("[]", "no JSON object"), ("{\"accessToken\":\"x\"", "no JSON object"),
            ("{\"accessToken\":\"\u{1}\"}", "no JSON object"), ("{}", "no accessToken"),
            (#"{"accessToken":5,"expiresAt":"2030-01-01T00:00:00Z"}"#, "no accessToken"),
            (#"{"accessToken":"","expiresAt":"2030-01-01T00:00:00Z"}"#, "no accessToken"),
            (#"{"accessToken":null,"expiresAt":"2030-01-01T00:00:00Z"}"#, "no accessToken"),
            (#"{"accessToken":"hush\r\nx: y","expiresAt":"2030-01-01T00:00:00Z"}"#, "accessToken in"),
            (#"{"accessToken":"hush\u0000","expiresAt":"2030-01-01T00:00:00Z"}"#, "accessToken in"),
            (#"{"accessToken":"hushé","expiresAt":"2030-01-01T00:00:00Z"}"#, "accessToken in"),
            (#"{"accessToken":"hush"}"#, "expiresAt"), (#"{"accessToken":"hush","expiresAt":1}"#, "expiresAt"),
            (#"{"accessToken":"hush","expiresAt":"soon"}"#, "expiresAt"),
            (#"{"accessToken":"hush","expiresAt":"2030-02-30T00:00:00Z"}"#, "expiresAt"),
        ])
    func noToken(_ text: String, _ words: String) throws {
        for legacy in [false, true] {
            let message = try #require(LoginPlay(try provider(legacy: legacy)).open(text).message)
            #expect(message.contains(words) && !message.contains("hush") && !message.contains("\n"))
        }
    }

    @Test("do not come of a file that is no text, or nested without end")
    func binary() throws {
        for bytes in [[0xFF, 0xFE, 0], Array(repeating: UInt8(ascii: "["), count: 100_000), [UInt8](repeating: 0, count: 5000)] {
            let play = LoginPlay(try provider())
            _ = play.start()
            #expect(play.answer(.file(.bytes(bytes))).message?.contains("no JSON object") == true)
        }
    }

    // MARK: Refreshing the token

    @Test("use a token that has 15 minutes left, and refresh one that has less", arguments: [(900, false), (899, true)])
    func window(_ left: Int64, _ isRefreshed: Bool) throws {
        let sent = LoginPlay(try provider()).open(file(left: left)).sent
        #expect((sent?.method == "POST") == isRefreshed)
    }

    @Test(
        "do with an old token that cannot be refreshed while it lives, and then no longer",
        arguments: [
            ("refreshToken", nil, "no refreshToken"), ("clientId", nil, "no clientId"), ("clientId", "7", "no clientId"),
            ("clientSecret", #""""#, "no clientSecret"), ("registrationExpiresAt", nil, "no registrationExpiresAt"),
            ("registrationExpiresAt", #""soon""#, "registrationExpiresAt in"),
            ("registrationExpiresAt", #""2020-01-01T00:00:00Z""#, "registration has expired"),
        ] as [(String, String?, String)])
    func obstacles(_ name: String, _ value: String?, _ words: String) throws {
        #expect(token(LoginPlay(try provider()).open(file([name: value], left: 1))) == "old-token")
        let message = try #require(LoginPlay(try provider()).open(file([name: value], left: 0)).message)
        #expect(message.contains("has expired") && message.contains(words) && message.hasSuffix("log in with \"aws sso login\""))
    }

    @Test("of the older way are given up without a request when the token has expired")
    func legacyExpired() throws {
        #expect(token(LoginPlay(try provider(legacy: true)).open(file(left: 1))) == "old-token")
        let message = LoginPlay(try provider(legacy: true)).open(file(left: 0)).message
        #expect(message?.contains("the token for \"https://corp.example/start\" has expired") == true)
    }

    @Test(
        "outlive a refresh that fails while the old token lives, and say what failed when it does not",
        arguments: [
            (400, "", ["x-amzn-ErrorType: InvalidGrantException:"], "status 400, InvalidGrantException: log in"),
            (401, #"{"error":"invalid_client","message":"hush"}"#, [], "status 401: log in"),
            (403, "hush", [], "status 403: log in"), (404, "<html>", [], "status 404: log in"),
            (302, "", [], "status 302: log in"), (501, "", [], "status 501"),
            (200, "", [], "no usable token"), (200, "[]", [], "no usable token"), (204, "{}", [], "no usable token"),
            (200, #"{"accessToken":"hush"}"#, [], "no usable token"),
            (200, #"{"accessToken":"hush","expiresIn":"3600"}"#, [], "no usable token"),
            (200, #"{"accessToken":"hush","expiresIn":0}"#, [], "no usable token"),
            (200, #"{"accessToken":"hush","expiresIn":-5}"#, [], "no usable token"),
            (200, #"{"accessToken":"hush","expiresIn":9223372036854775807}"#, [], "no usable token"),
            (200, #"{"accessToken":"hush","expiresIn":99999999999999999999}"#, [], "no usable token"),
            (200, #"{"accessToken":"hush\nx","expiresIn":3600}"#, [], "no usable token"),
            (200, #"{"accessToken":["hush"],"expiresIn":3600}"#, [], "no usable token"),
            (200, #"{"expiresIn":3600}"#, [], "no usable token"),
            (200, #"{"accessToken":"hush","expiresIn":3600"#, [], "no usable token"),
        ] as [(Int, String, [String], String)])
    func failedRefresh(_ status: Int, _ body: String, _ fields: [String], _ words: String) throws {
        let alive = LoginPlay(try provider())
        _ = alive.open(file(left: 1))
        #expect(token(alive.respond(status, body, fields)) == "old-token")
        let dead = LoginPlay(try provider())
        _ = dead.open(file(left: 0))
        let message = try #require(dead.respond(status, body, fields).message)
        #expect(message.hasPrefix("sso: the token for \"corp\" has expired and could not be refreshed: "))
        #expect(message.contains(words) && !message.contains("hush"))
    }

    @Test("outlive a refresh that no server answers", arguments: [Code.certificateRejected, .responseTooLarge])
    func unreachable(_ code: Code) throws {
        let alive = LoginPlay(try provider())
        _ = alive.open(file(left: 1))
        #expect(token(alive.fail(code)) == "old-token")
        let dead = LoginPlay(try provider())
        _ = dead.open(file(left: 0))
        #expect(dead.fail(code).message == "sso: the token for \"corp\" has expired and could not be refreshed: no luck")
    }

    @Test("try to refresh the token again, as often as the client tries")
    func retriedRefresh() throws {
        let play = LoginPlay(try provider())
        let first = play.open(file(left: 0))
        let second = play.wake(play.respond(500, ""))
        #expect(second.sent?.body == first.sent?.body)
        #expect(second.sent?.fields["amz-sdk-request"] == "attempt=2; max=3")
        let third = play.wake(play.fail(.connectionLost))
        #expect(third.sent?.url == first.sent?.url)
        #expect(third.sent?.fields["amz-sdk-invocation-id"] == first.sent?.fields["amz-sdk-invocation-id"])
        #expect(play.fail(.connectTimeout).message?.hasSuffix("could not be refreshed: no luck") == true)
    }

    @Test("come with a refreshed token after some trouble")
    func lateRefresh() throws {
        let play = LoginPlay(try provider())
        _ = play.open(file(left: 0))
        _ = play.wake(play.respond(429, ""))
        #expect(play.respond(200, Self.refreshed).written != nil)
        #expect(token(play.answer(.written(nil))) == "new-token")
        #expect(play.respond(200, Self.role).keyID == "AKID")
    }

    @Test("refresh their token once a minute at the most")
    func oncePerMinute() throws {
        let provider = try provider()
        let first = LoginPlay(provider)
        _ = first.open(file())
        #expect(token(first.respond(400, "")) == "old-token")
        let second = LoginPlay(provider, at: Conversation.wallSeconds + 59)
        #expect(token(second.open(file())) == "old-token")
        let dead = LoginPlay(provider, at: Conversation.wallSeconds + 59)
        #expect(dead.open(file(left: 59)).message?.contains("less than a minute ago") == true)
        let third = LoginPlay(provider, at: Conversation.wallSeconds + 60)
        #expect(third.open(file()).sent?.method == "POST")
    }

    // MARK: Writing the token

    @Test("write the token file with all else that it held")
    func writing() throws {
        let play = LoginPlay(try provider())
        _ = play.open(file(["other": #"{"a":[1.50,"\ud800"]}"#, "accessToken": #""old\u002dtoken""#]))
        let contents = try #require(play.respond(200, Self.refreshed).written)
        #expect(contents.contains(#""other":{"a":[1.50,"\ud800"]}"#))
        #expect(contents.contains(#""accessToken":"new-token""#) && contents.contains(#""refreshToken":"new-refresh""#))
        #expect(contents.contains("\"expiresAt\":\"\(time(3600))\""))
        #expect(contents.contains(#""clientSecret":"client-secret""#) && contents.contains(#""region":"eu-central-1""#))
        #expect(!contents.contains("old"))
    }

    @Test("keep a refresh token that got no successor", arguments: ["", #","refreshToken":null"#, #","refreshToken":7"#])
    func keptRefreshToken(_ member: String) throws {
        let play = LoginPlay(try provider())
        _ = play.open(file())
        let contents = play.respond(200, #"{"accessToken":"new-token","expiresIn":60\#(member)}"#).written
        #expect(contents?.contains(#""refreshToken":"old-refresh""#) == true)
    }

    @Test("go on when the token file cannot be written, and remember what it should hold")
    func unwritable() throws {
        let provider = try provider()
        let first = LoginPlay(provider)
        _ = first.open(file(left: 0))
        _ = first.respond(200, Self.refreshed)
        #expect(token(first.answer(.written(Failure(.invalidFile, "read-only")))) == "new-token")
        #expect(first.respond(200, Self.role).keyID == "AKID")
        // The same file once more: what counts is the token that is newer.
        #expect(token(LoginPlay(provider).open(file(left: 0))) == "new-token")
        let later = LoginPlay(provider, at: Conversation.wallSeconds + 3600)
        #expect(later.open(file(left: 0)).sent?.body.contains("new-refresh") == true)
        // A login since then counts again.
        #expect(token(LoginPlay(provider).open(file(["accessToken": #""login""#], left: 7200))) == "login")
    }

    // MARK: The role's credentials

    private func asked() throws -> LoginPlay {
        let play = LoginPlay(try provider())
        #expect(token(play.open(file(left: 3600))) == "old-token")
        return play
    }

    @Test("need a login when the token is not accepted")
    func unauthorized() throws {
        let message = try asked().respond(401, #"{"message":"hush"}"#, ["x-amzn-ErrorType: UnauthorizedException"]).message
        #expect(message == "sso: the token for \"corp\" is not accepted: log in with \"aws sso login\"")
    }

    @Test(
        "are not given",
        arguments: [
            (403, #"{"message":"hush","__type":"com.amazonaws.switchboard.portal#ForbiddenException"}"#, "status 403, ForbiddenException"),
            (404, "", "status 404"), (400, "hush", "status 400"), (301, "", "status 301"), (501, "", "status 501"),
            (200, "", "no roleCredentials"), (200, "hush", "no roleCredentials"), (200, "{}", "no roleCredentials"),
            (200, #"{"roleCredentials":[]}"#, "no roleCredentials"),
            (200, #"{"roleCredentials":{}}"#, "no accessKeyId"),
            (200, #"{"roleCredentials":{"accessKeyId":1}}"#, "no accessKeyId"),
            (200, #"{"roleCredentials":{"accessKeyId":"A","sessionToken":"hush","expiration":1795504028999}}"#, "no secretAccessKey"),
            (200, #"{"roleCredentials":{"accessKeyId":"A","secretAccessKey":"hush","expiration":1795504028999}}"#, "no sessionToken"),
            (200, #"{"roleCredentials":{"accessKeyId":"A\r\nB","secretAccessKey":"hush","sessionToken":"C"}}"#, "accessKeyId in"),
            (200, #"{"roleCredentials":{"accessKeyId":"A","secretAccessKey":"hush é","sessionToken":"C"}}"#, "secretAccessKey in"),
            (200, #"{"roleCredentials":{"accessKeyId":"A","secretAccessKey":"B","sessionToken":"hush\u0000"}}"#, "sessionToken in"),
            (200, #"{"roleCredentials":{"accessKeyId":"A","secretAccessKey":"hush","sessionToken":"C"}}"#, "expiration in"),
            (200, #"{"roleCredentials":{"accessKeyId":"A","secretAccessKey":"hush","sessionToken":"C","expiration":"1795504028999"}}"#, "expiration in"),
            (200, #"{"roleCredentials":{"accessKeyId":"A","secretAccessKey":"hush","sessionToken":"C","expiration":1e999}}"#, "expiration in"),
            (200, #"{"roleCredentials":{"accessKeyId":"A","secretAccessKey":"hush","sessionToken":"C","expiration":99999999999999999999}}"#, "expiration in"),
            (200, #"{"roleCredentials":{"accessKeyId":"A","secretAccessKey":"hush","sessionToken":"C","expiration":0}}"#, "credentials ended"),
            (200, #"{"roleCredentials":{"accessKeyId":"A","secretAccessKey":"hush","sessionToken":"C","expiration":1795500428999}}"#, "credentials ended"),
        ])
    func refused(_ status: Int, _ body: String, _ words: String) throws {
        let message = try #require(try asked().respond(status, body).message)
        #expect(message.hasPrefix("sso: ") && message.contains(words))
        #expect(!message.contains("hush") && !message.contains("\n"))
    }

    @Test("live to the second", arguments: [(1_795_500_429_000, 1_795_500_429), (Int64.max, Int64.max / 1000)])
    func expiration(_ milliseconds: Int64, _ expected: Int64) throws {
        let body = Self.role.replacingOccurrences(of: "1795504028999", with: "\(milliseconds)")
        #expect(try asked().respond(200, body).fetched?.expiration == expected)
    }

    @Test("are asked for again, as often as the client tries")
    func retried() throws {
        let play = try asked()
        let second = play.wake(play.respond(503, "", ["Date: Tue, 24 Nov 2026 06:08:08 GMT"]))
        #expect(second.sent?.fields["amz-sdk-request"] == "ttl=20261124T060908Z; attempt=2; max=3")
        #expect(token(second) == "old-token" && second.sent?.method == "GET")
        _ = play.wake(play.fail(.readTimeout))
        #expect(play.respond(500, "").message?.contains("status 500") == true)
        let unreachable = try asked()
        #expect(unreachable.fail(.certificateRejected).message == "sso: no credentials: no luck")
    }

    @Test("do not come of answers that nobody asked for")
    func strays() throws {
        for answer in [.woke, .written(nil), .mfaCode(nil)] as [Answer] {
            let play = LoginPlay(try provider())
            _ = play.start()
            #expect(play.answer(answer).failure?.code == .internalError)
        }
        for answer in [.written(nil), .file(.absent), .mfaCode(nil)] as [Answer] {
            #expect(try asked().answer(answer).failure != nil)
        }
    }

    @Test("survive any file and any answer")
    func mutations() throws {
        var random = SeededRandom(5)
        let provider = try provider()
        let files = [file(), file(left: 0), file(left: 3600)].map { Array(text: $0) }
        let bodies = [Self.refreshed, Self.role].map { Array(text: $0) }
        let alphabet = Array(text: "{}[]\":,\\u0\n 9eé")
        for _ in 0..<1500 {
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
                    step = play.respond([200, 200, 200, 400, 500][random.below(5)], random.mutation(of: bodies, alphabet: alphabet))
                }
            }
            #expect(steps < 10)
        }
    }
}
