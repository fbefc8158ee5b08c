/// How a profile logs in to IAM Identity Center, and for what.
struct SSOSettings {
    var startURL: Bytes
    var region: Region
    var accountID: Bytes
    var roleName: Bytes
    /// The profile's `sso_session`; nil for the older way, whose tokens are not refreshed.
    var sessionName: Bytes?
    /// `~/.aws/sso/cache`, spelled out; nil without a home directory.
    var cacheDirectory: Bytes?
    var portal: SignInEndpoint
    var oidc: SignInEndpoint
}

/// Gets the access token of an SSO login from its file, refreshed if need be (botocore: tokens.py,
/// SSOTokenProvider; credentials.py, SSOCredentialFetcher). A part of a fetch.
final class SSOTokenFetch {
    /// Seconds before its end at which a token is refreshed.
    private static let window: Int64 = 15 * 60
    /// Ten years in seconds: what ends later is a mistake.
    private static let longest: Int64 = 315_360_000

    private let settings: SSOSettings
    private let memory: TokenMemory
    private let file: TokenFile
    private var expiration: Int64 = 0
    private var call: SignInCall?
    private var refreshed: Secret?
    /// The token, once `resume` has given nil.
    private(set) var token: Secret?

    init(_ settings: SSOSettings, _ memory: TokenMemory) {
        self.settings = settings
        self.memory = memory
        file = TokenFile(.sso, settings.cacheDirectory, login: settings.sessionName ?? settings.startURL, memory)
    }

    func start() throws(Failure) -> FetchStep { try file.start() }

    /// The next step, or nil when the token is there.
    func resume(_ answer: Answer, _ context: FetchContext) throws(Failure) -> FetchStep? {
        switch answer {
        case .file(let contents):
            return try take(contents, context)
        case .written(let failure):
            try file.finish(failure)
            token = refreshed
            return nil
        case .woke:
            return try send(context)
        default:
            return try receive(answer, context)
        }
    }

    private func take(_ contents: FileContents, _ context: FetchContext) throws(Failure) -> FetchStep? {
        let object = try file.take(contents)
        let place: Text = "\(quoted: file.path)"
        token = try object.headerValue("accessToken", .sso, place)
        guard let end = object.string("expiresAt").flatMap({ TokenFile.seconds($0) }) else {
            throw LoginKind.sso.loginNeeded("expiresAt in \(place) is no time")
        }
        expiration = end
        let left = end &- context.now.wallSeconds
        if left >= Self.window || (settings.sessionName == nil && left > 0) { return nil }
        if let obstacle = obstacle(object, at: context.now.wallSeconds) {
            return try makeDo(LoginKind.sso.loginNeeded("\(expired); \(obstacle)"), context)
        }
        call = SignInCall(settings.oidc, context)
        return try send(context)
    }

    /// Why the token cannot be refreshed; nil when it can.
    private func obstacle(_ object: JSONObject, at now: Int64) -> Text? {
        if settings.sessionName == nil { return "profiles without sso_session do not refresh it" }
        for name in ["refreshToken", "clientId", "clientSecret", "registrationExpiresAt"] as [ByteView]
        where object.string(name) == nil {
            return "\(quoted: file.path) has no \(name)"
        }
        guard let end = object.string("registrationExpiresAt").flatMap({ TokenFile.seconds($0) }) else {
            return "registrationExpiresAt in \(quoted: file.path) is no time"
        }
        if end <= now { return "the client's registration has expired" }
        return memory.takesRefresh(at: now) ? nil : "the last attempt to refresh it was less than a minute ago"
    }

    /// Goes on with the token of the file while it lives; else fails.
    private func makeDo(_ failure: Failure, _ context: FetchContext) throws(Failure) -> FetchStep? {
        if expiration > context.now.wallSeconds { return nil }
        throw failure
    }

    private var expired: Text { "the token for \(quoted: file.login) has expired" }
}

// MARK: - Refreshing

extension SSOTokenFetch {
    private func send(_ context: FetchContext) throws(Failure) -> FetchStep {
        guard let call else { throw Failure(.internalError, "an answer that nobody asked for") }
        let token = try file.token()
        call.begin("POST", "/token", context)
        context.request.add("Content-Type") { $0.append("application/json" as ByteView) }
        let body = context.request.body
        body.append("{\"grantType\":\"refresh_token\"" as ByteView)
        for name in ["clientId", "clientSecret", "refreshToken"] as [ByteView] {
            body.append(UInt8(ascii: ","))
            body.append(jsonString: name)
            body.append(UInt8(ascii: ":"))
            // A string, as `obstacle` saw, and JSON already.
            body.append(token[name]?.text ?? "\"\"")
        }
        body.append(UInt8(ascii: "}"))
        if context.request.isExhausted { throw Failure(.outOfMemory, "out of memory for a request") }
        return .send
    }

    private func receive(_ answer: Answer, _ context: FetchContext) throws(Failure) -> FetchStep? {
        guard var call else { throw Failure(.internalError, "an answer that nobody asked for") }
        defer { self.call = call }
        let unrefreshed: Text = "\(expired) and could not be refreshed"
        let verdict: Exchange.Verdict
        do throws(Failure) {
            verdict = try call.judge(answer, context)
        } catch {
            if error.code == .internalError { throw error }
            return try makeDo(LoginKind.sso.failure(unrefreshed, error), context)
        }
        switch verdict {
        case .again(let time):
            return .wait(until: time)
        case .response(let response):
            if response.isSuccess {
                if let step = try replace(JSONObject(response.body), context) { return step }
                return try makeDo(LoginKind.sso.failure("\(unrefreshed): the answer holds no usable token"), context)
            }
            let problem: Text = "\(unrefreshed): \(response.problem)"
            let isLost = response.status < 500
            return try makeDo(isLost ? LoginKind.sso.loginNeeded(problem) : LoginKind.sso.failure(problem), context)
        }
    }

    /// Nil for an answer that is not as it should be. The file keeps a refresh token that gets no successor
    /// (RFC 6749, section 6).
    private func replace(_ answer: JSONObject?, _ context: FetchContext) throws(Failure) -> FetchStep? {
        guard let answer, let lifetime = answer.number("expiresIn"), (1...Self.longest).contains(lifetime) else {
            return nil
        }
        do throws(Failure) {
            refreshed = try answer.headerValue("accessToken", .sso, "the answer")
        } catch {
            if error.code == .outOfMemory { throw error }
            return nil
        }
        let startURL = ByteBuffer()
        settings.startURL.withView { startURL.append(jsonString: $0) }
        let region = ByteBuffer()
        settings.region.name.withView { region.append(jsonString: $0) }
        let end = ByteBuffer()
        end.append(jsonTime: context.now.wallSeconds &+ lifetime)
        var members = [
            JSONObject.Member(name: "startUrl", text: startURL.view),
            JSONObject.Member(name: "region", text: region.view),
            JSONObject.Member(name: "expiresAt", text: end.view),
        ]
        for name in ["accessToken", "refreshToken"] as [ByteView] {
            if answer.string(name) != nil, let value = answer[name] {
                members.append(JSONObject.Member(name: name, text: value.text))
            }
        }
        // The views above live as long as their buffers.
        return try withExtendedLifetime((startURL, region, end)) { () throws(Failure) in try file.replace(members) }
    }
}

extension ByteBuffer {
    /// Appends a time as the token files have it, with quotation marks: `"2026-11-24T06:07:08Z"`.
    func append(jsonTime seconds: Int64) {
        let date = CivilDate(secondsSince1970: seconds)
        append(UInt8(ascii: "\""))
        append(decimal: date.year, width: 4)
        append(UInt8(ascii: "-"))
        append(decimal: date.month, width: 2)
        append(UInt8(ascii: "-"))
        append(decimal: date.day, width: 2)
        append(UInt8(ascii: "T"))
        append(decimal: date.hour, width: 2)
        append(UInt8(ascii: ":"))
        append(decimal: date.minute, width: 2)
        append(UInt8(ascii: ":"))
        append(decimal: date.second, width: 2)
        append("Z\"" as ByteView)
    }
}
