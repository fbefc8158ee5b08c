import Testing

@testable import LocJob

@Suite("A web identity")
struct WebIdentityTests {
    private static let subject = "web identity: role \"\(STSRole.arn)\": "

    private func talk(_ settings: [String: String] = [:]) throws -> STSConversation {
        try STSConversation(
            WebIdentityProvider(
                WebIdentitySettings(role: try .make(features: "h,k"), tokenFile: Bytes("/run/token"))),
            settings)
    }

    private func sent(_ token: String) throws -> STSConversation.Sent {
        let talk = try talk()
        _ = try talk.start()
        return try talk.sent(talk.answer(.file(.bytes(Array(text: token)))))
    }

    @Test("gives credentials for the token in the file, unsigned")
    func success() throws {
        let talk = try talk()
        guard case .read(let path) = try talk.start() else { throw Failure(.internalError, "no reading") }
        #expect(path.text == "/run/token")
        let sent = try talk.sent(talk.answer(.file(.bytes(Bytes("jwt")))))
        #expect(sent["Authorization"] == nil)
        #expect(sent["X-Amz-Date"] == nil)
        #expect(sent["User-Agent"]?.contains(" m/E cfg/") == true)
        let fetched = try #require(try talk.respond(200, STSConversation.answer("AssumeRoleWithWebIdentity")).fetched)
        #expect(fetched.expiration == Conversation.wallSeconds + 3600)
        #expect(fetched.credentials.origin == .webIdentity)
        #expect(fetched.credentials.featureIDs.text == "h,k")
        #expect(fetched.credentials.accessKeyID.text == "ASIAEXAMPLE")
    }

    @Test("reads the file at every fetch")
    func rereads() throws {
        let provider = WebIdentityProvider(WebIdentitySettings(role: try .make(), tokenFile: Bytes("/t")))
        #expect(provider.origin == .webIdentity)
        for token in ["one", "two"] {
            let talk = try STSConversation(provider)
            guard case .read = try talk.start() else { throw Failure(.internalError, "no reading") }
            #expect(try talk.sent(talk.answer(.file(.bytes(Array(text: token))))).body.hasSuffix("&WebIdentityToken=\(token)"))
        }
    }

    @Test("is sent without white space behind it", arguments: ["jwt", "jwt\n", "jwt\r\n", "jwt \t\n\n"])
    func trimmed(_ token: String) throws { #expect(try sent(token).body.hasSuffix("&WebIdentityToken=jwt")) }

    @Test("is sent with white space before it, and percent-encoded")
    func encoded() throws {
        #expect(try sent(" a&b=c/+").body.hasSuffix("&WebIdentityToken=+a%26b%3Dc%2F%2B"))
        #expect(try sent(String(repeating: "a", count: 20_000)).body.utf8.count > 20_000)
    }

    @Test(
        "needs a token in its file",
        arguments: [
            (.absent, "is not there"), (.denied, "may not be read by this user"),
            (.unreadable("permission denied"), "cannot be read: permission denied"),
            (.bytes([]), "is empty"), (.bytes(Bytes(" \n")), "is empty"),
            (.bytes([UInt8](repeating: 0x61, count: 20_001)), "is longer than a token can be"),
            (.bytes([0xFF, 0xFE]), "holds something else than a token"), (.bytes(Bytes("a\nb")), "holds something else than a token"),
            (.bytes([0]), "holds something else than a token"),
        ] as [(FileContents, String)])
    func files(_ contents: FileContents, _ reason: String) throws {
        let talk = try talk()
        _ = try talk.start()
        let failure = failure { _ = try talk.answer(.file(contents)) }
        #expect(failure?.code == .credentialsFailed)
        #expect(failure?.message == "web identity: token file \"/run/token\" \(reason)")
    }

    @Test("is asked about again when STS cannot reach the identity provider, with the same token")
    func retries() throws {
        let talk = try talk()
        _ = try talk.start()
        let first = try talk.sent(talk.answer(.file(.bytes(Bytes("jwt")))))
        let body = STSConversation.error("IDPCommunicationError", "try again")
        let second = try talk.sent(talk.wake(talk.respond(400, body)))
        #expect(second.body == first.body)
        #expect(second["amz-sdk-request"] == "attempt=2; max=3")
        _ = try talk.wake(talk.respond(400, body))
        #expect(failure { _ = try talk.respond(400, body) }?.message == Self.subject + "IDPCommunicationError: try again")
    }

    @Test("that is refused is told, but not the token", arguments: [
        ("InvalidIdentityToken", "No OpenIDConnect provider found", "InvalidIdentityToken: No OpenIDConnect provider found"),
        ("InvalidIdentityToken", "jwt.hush is bad", "STS answered with status 400 and an error that repeats a secret"),
        ("ExpiredTokenException", "Token expired", "ExpiredTokenException: Token expired"),
    ])
    func refused(_ code: String, _ message: String, _ reason: String) throws {
        let talk = try talk()
        _ = try talk.start()
        _ = try talk.answer(.file(.bytes(Bytes("jwt.hush\n"))))
        let failure = failure { _ = try talk.respond(400, STSConversation.error(code, message)) }
        #expect(failure?.code == .credentialsFailed)
        #expect(failure?.message == Self.subject + reason)
    }

    @Test("needs the answer to its own question")
    func answers() throws {
        let talk = try talk()
        _ = try talk.start()
        _ = try talk.answer(.file(.bytes(Bytes("jwt"))))
        let failure = failure { _ = try talk.respond(200, STSConversation.answer("AssumeRole")) }
        #expect(failure?.message == Self.subject + "STS gave no AccessKeyId")
    }

    @Test("is not confused by answers that nobody asked for")
    func wrongAnswers() throws {
        let talk = try talk()
        _ = try talk.start()
        #expect(failure { _ = try talk.answer(.woke) }?.code == .internalError)
        _ = try talk.answer(.file(.bytes(Bytes("jwt"))))
        #expect(failure { _ = try talk.answer(.file(.absent)) }?.code == .internalError)
    }
}

extension FileContents: CustomTestStringConvertible {
    public var testDescription: String {
        switch self {
        case .absent: "absent"
        case .bytes(let bytes): "\(bytes.count) bytes"
        case .denied: "denied"
        case .unreadable: "unreadable"
        }
    }
}
