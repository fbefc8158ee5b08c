/// How a profile's `login_session` is found and refreshed.
struct LoginSettings {
    /// The profile's `login_session`.
    var session: Bytes
    /// AWS_LOGIN_CACHE_DIRECTORY or `~/.aws/login/cache`, spelled out; nil without a home directory.
    var cacheDirectory: Bytes?
    /// In the client's Region, which a login may have one of its own in place of.
    var endpoint: SignInEndpoint
}

/// The credentials of a login with `aws login`, refreshed shortly before they end (botocore: credentials.py,
/// LoginProvider and LoginCredentialFetcher).
final class LoginProvider: CredentialProvider {
    let origin = CredentialOrigin.login
    private let settings: LoginSettings
    private let memory = TokenMemory()

    init(_ settings: LoginSettings) { self.settings = settings }

    func makeFetch() -> any CredentialFetch { LoginFetch(settings, memory) }
}

private final class LoginFetch: CredentialFetch {
    /// Seconds before their end at which credentials are refreshed.
    private static let window: Int64 = 5 * 60
    /// A day in seconds: what lives longer is a mistake (the service model has 15 minutes at the most).
    private static let longest: Int64 = 86_400
    private static let refused: StaticString = "the login could not be refreshed"

    private let settings: LoginSettings
    private let file: TokenFile
    private var random: UInt64 = 0
    private var key: DPoPKey?
    private var call: SignInCall?
    private var refreshed: FetchedCredentials?

    init(_ settings: LoginSettings, _ memory: TokenMemory) {
        self.settings = settings
        file = TokenFile(.login, settings.cacheDirectory, login: settings.session, memory)
    }

    func start(_ context: FetchContext) throws(Failure) -> FetchStep {
        random = context.random
        return try file.start()
    }

    func resume(_ answer: Answer, _ context: FetchContext) throws(Failure) -> FetchStep {
        switch answer {
        case .file(let contents):
            return try take(contents, context)
        case .written(let failure):
            try file.finish(failure)
            guard let refreshed else { throw Failure(.internalError, "a login without credentials") }
            return .done(refreshed)
        case .woke:
            return try send(context)
        default:
            return try receive(answer, context)
        }
    }

    private func take(_ contents: FileContents, _ context: FetchContext) throws(Failure) -> FetchStep {
        let token = try file.take(contents)
        let place: Text = "\(quoted: file.path)"
        guard let access = token.object("accessToken") else {
            throw LoginKind.login.loginNeeded("\(place) has no accessToken")
        }
        for name in ["refreshToken", "dpopKey", "clientId"] as [ByteView] where token.string(name) == nil {
            throw LoginKind.login.loginNeeded("\(place) has no \(name)")
        }
        let credentials = try access.credentials(.login, featureIDs: "AC,AD", in: place)
        guard let end = access.string("expiresAt").flatMap({ TokenFile.seconds($0) }) else {
            throw LoginKind.login.loginNeeded("expiresAt in \(place) is no time")
        }
        if end &- context.now.wallSeconds > Self.window {
            return .done(FetchedCredentials(credentials: credentials, expiration: end))
        }
        call = SignInCall(settings.endpoint, context)
        return try send(context)
    }
}

// MARK: - Refreshing

extension LoginFetch {
    private func send(_ context: FetchContext) throws(Failure) -> FetchStep {
        guard let call else { throw Failure(.internalError, "an answer that nobody asked for") }
        let token = try file.token()
        let request = context.request
        call.begin("POST", "/v1/token", context, region: try region(of: token))
        request.add("Content-Type") { $0.append("application/json" as ByteView) }
        let key = try key(of: token)
        do throws(Failure) {
            try key.appendProof(
                url: request.url, at: context.now.wallSeconds, id: (random, context.random), to: request.scratch)
        } catch {
            throw LoginKind.login.failure("dpopKey in \(quoted: file.path) is of no use", error)
        }
        request.add("DPoP") { $0.append(request.scratch.view) }
        request.body.append("{\"clientId\":" as ByteView)
        request.body.append(token["clientId"]?.text ?? "\"\"")
        request.body.append(",\"refreshToken\":" as ByteView)
        request.body.append(token["refreshToken"]?.text ?? "\"\"")
        request.body.append(",\"grantType\":\"refresh_token\"}" as ByteView)
        if request.isExhausted { throw Failure(.outOfMemory, "out of memory for a request") }
        return .send
    }

    /// The Region in which the user logged in; nil for logins by older tools, which did not keep it.
    private func region(of token: JSONObject) throws(Failure) -> Region? {
        guard let value = token["signInRegion"], !value.isNull, !value.equals("") else { return nil }
        do throws(Failure) {
            return try Region(Sourced(value: value.string ?? [], source: .none))
        } catch {
            throw LoginKind.login.loginNeeded("signInRegion in \(quoted: file.path) is no Region name")
        }
    }

    private func key(of token: JSONObject) throws(Failure) -> DPoPKey {
        if let key { return key }
        do throws(Failure) {
            let pem = try (token.string("dpopKey") ?? []).withView { pem throws(Failure) in try Secret.make(pem) }
            let key = try withExtendedLifetime(pem) { () throws(Failure) in try DPoPKey.make(pem: pem.view) }
            self.key = key
            return key
        } catch {
            throw LoginKind.login.failure("dpopKey in \(quoted: file.path) is of no use", error)
        }
    }

    private func receive(_ answer: Answer, _ context: FetchContext) throws(Failure) -> FetchStep {
        guard var call else { throw Failure(.internalError, "an answer that nobody asked for") }
        defer { self.call = call }
        let verdict: Exchange.Verdict
        do throws(Failure) {
            verdict = try call.judge(answer, context)
        } catch {
            throw LoginKind.login.failure(Text("\(Self.refused)"), error)
        }
        switch verdict {
        case .again(let time):
            return .wait(until: time)
        case .response(let response):
            guard response.isSuccess else { throw refusal(response) }
            return try replace(response, context)
        }
    }

    /// What the service's error means for the user (service model: OAuth2ErrorCode).
    private func refusal(_ response: HTTPResponse) -> Failure {
        let reason = JSONObject(response.body)?["error"]
        if let reason, reason.equals("TOKEN_EXPIRED") || reason.equals("USER_CREDENTIALS_CHANGED") {
            return LoginKind.login.loginNeeded("the login has expired or its user's credentials have changed")
        }
        if let reason, reason.equals("INSUFFICIENT_PERMISSIONS") {
            return LoginKind.login.failure("\(Self.refused): its user needs the permission signin:CreateOAuth2Token")
        }
        return LoginKind.login.failure("\(Self.refused): \(response.problem)")
    }

    private func replace(_ response: HTTPResponse, _ context: FetchContext) throws(Failure) -> FetchStep {
        let place: Text = "the answer of the sign-in service"
        guard let answer = JSONObject(response.body), let access = answer.object("accessToken") else {
            throw LoginKind.login.failure("\(place) has no accessToken")
        }
        let credentials = try access.credentials(.login, featureIDs: "AC,AD", in: place)
        guard let lifetime = answer.number("expiresIn"), (1...Self.longest).contains(lifetime) else {
            throw LoginKind.login.failure("expiresIn in \(place) is no number of seconds")
        }
        guard answer.string("refreshToken") != nil, let refreshToken = answer["refreshToken"] else {
            throw LoginKind.login.failure("\(place) has no refreshToken")
        }
        let end = context.now.wallSeconds &+ lifetime
        refreshed = FetchedCredentials(credentials: credentials, expiration: end)
        let newAccess = ByteBuffer()
        let time = ByteBuffer()
        time.append(jsonTime: end)
        var members = [JSONObject.Member(name: "expiresAt", text: time.view)]
        for name in ["accessKeyId", "secretAccessKey", "sessionToken"] as [ByteView] {
            if let value = access[name] { members.append(JSONObject.Member(name: name, text: value.text)) }
        }
        try file.token().object("accessToken")?.write(replacing: members, to: newAccess)
        return try withExtendedLifetime((newAccess, time)) { () throws(Failure) in
            try file.replace([
                JSONObject.Member(name: "accessToken", text: newAccess.view),
                JSONObject.Member(name: "refreshToken", text: refreshToken.text),
            ])
        }
    }
}
