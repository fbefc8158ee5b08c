/// Credentials for a role in IAM Identity Center, with the token of a login by the AWS CLI (botocore:
/// credentials.py, SSOProvider and SSOCredentialFetcher).
final class SSOProvider: CredentialProvider {
    let origin = CredentialOrigin.sso
    private let settings: SSOSettings
    private let memory = TokenMemory()

    init(_ settings: SSOSettings) { self.settings = settings }

    func makeFetch() -> any CredentialFetch { SSOFetch(settings, memory) }
}

/// First the token, then the credentials.
private final class SSOFetch: CredentialFetch {
    private let settings: SSOSettings
    private let token: SSOTokenFetch
    /// Nil until the token is there.
    private var call: SignInCall?

    init(_ settings: SSOSettings, _ memory: TokenMemory) {
        self.settings = settings
        token = SSOTokenFetch(settings, memory)
    }

    func start(_ context: FetchContext) throws(Failure) -> FetchStep { try token.start() }

    func resume(_ answer: Answer, _ context: FetchContext) throws(Failure) -> FetchStep {
        if call != nil {
            if case .woke = answer { return try send(context) }
            return try receive(answer, context)
        }
        if let step = try token.resume(answer, context) { return step }
        call = SignInCall(settings.portal, context)
        return try send(context)
    }

    /// GetRoleCredentials, which is not signed: the token speaks for it.
    private func send(_ context: FetchContext) throws(Failure) -> FetchStep {
        guard let call, let token = token.token else { throw Failure(.internalError, "a request without a token") }
        call.begin("GET", "/federation/credentials", context) { url in
            url.append("?role_name=" as ByteView)
            settings.roleName.withView { url.append(percentEncoded: $0) }
            url.append("&account_id=" as ByteView)
            settings.accountID.withView { url.append(percentEncoded: $0) }
        }
        context.request.add("x-amz-sso_bearer_token") { $0.append(token.view) }
        if context.request.isExhausted { throw Failure(.outOfMemory, "out of memory for a request") }
        return .send
    }

    private func receive(_ answer: Answer, _ context: FetchContext) throws(Failure) -> FetchStep {
        guard var call else { throw Failure(.internalError, "an answer that nobody asked for") }
        defer { self.call = call }
        let verdict: Exchange.Verdict
        do throws(Failure) {
            verdict = try call.judge(answer, context)
        } catch {
            throw LoginKind.sso.failure("no credentials", error)
        }
        switch verdict {
        case .again(let time): return .wait(until: time)
        case .response(let response): return .done(try read(response, context))
        }
    }

    private func read(_ response: HTTPResponse, _ context: FetchContext) throws(Failure) -> FetchedCredentials {
        if response.status == 401 {
            let login = settings.sessionName ?? settings.startURL
            throw LoginKind.sso.loginNeeded("the token for \(quoted: login) is not accepted")
        }
        let role: Text = "role \(quoted: settings.roleName) of account \(quoted: settings.accountID)"
        guard response.isSuccess else { throw LoginKind.sso.failure("no credentials for \(role): \(response.problem)") }
        guard let answer = JSONObject(response.body)?.object("roleCredentials") else {
            throw LoginKind.sso.failure("the answer for \(role) has no roleCredentials")
        }
        let place: Text = "the answer for \(role)"
        let credentials = try answer.credentials(
            .sso, featureIDs: settings.sessionName == nil ? "t,u" : "r,s", in: place)
        guard let milliseconds = answer.number("expiration") else {
            throw LoginKind.sso.failure("expiration in \(place) is no number of milliseconds")
        }
        return try FetchedCredentials(credentials: credentials, expiration: milliseconds / 1000)
            .living(at: context.now.wallSeconds)
    }
}
