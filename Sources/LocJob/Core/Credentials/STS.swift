// What the providers share that ask AWS Security Token Service (STS) for a role's credentials.

/// A role, and where to ask for it.
struct STSRole {
    var endpoint: STSEndpoint
    var arn: Bytes
    /// Nil or empty for a name made of the time.
    var sessionName: Bytes?
    /// What the User-Agent says of where the role's credentials come from, such as `o,n,i`.
    var featureIDs: Bytes
}

/// A call of STS: one request, its repetitions and what comes of them. Signed with `signer`; unsigned
/// without one.
final class STSCall {
    private static let service: StaticString = "sts"
    private static let contentType: StaticString = "application/x-www-form-urlencoded; charset=utf-8"

    private let origin: CredentialOrigin
    private let role: STSRole
    private let form: STSForm
    private let signer: Credentials?
    /// What no message may repeat.
    private let secrets: [Secret]
    private let invocationID: (UInt64, UInt64)
    private var exchange: Exchange
    /// STS's clock less this machine's, as the last `Date` had it.
    private var observedSkew: Int64?

    /// `origin` is the provider that calls. `proof` is a secret that the form holds.
    init(
        _ form: STSForm, for role: STSRole, _ origin: CredentialOrigin, signer: Credentials?, proof: Secret? = nil,
        _ context: FetchContext
    ) {
        self.origin = origin
        self.role = role
        self.form = form
        self.signer = signer
        var secrets: [Secret] = []
        if let signer { secrets.append(signer.secretAccessKey) }
        if let token = signer?.sessionToken { secrets.append(token) }
        if let proof { secrets.append(proof) }
        self.secrets = secrets
        var random = Jitter(seed: context.random)
        invocationID = (random.next(), random.next())
        exchange = Exchange(context.client)
    }

    func start(_ context: FetchContext) throws(Failure) -> FetchStep {
        try fill(context.request, context)
        return .send
    }

    func resume(_ answer: Answer, _ context: FetchContext) throws(Failure) -> FetchStep {
        if case .woke = answer { return try start(context) }
        if case .response(let response, _) = answer { noteDate(response, context) }
        switch try judge(answer, context) {
        case .again(let time):
            return .wait(until: time)
        case .response(let response):
            guard (200..<300).contains(response.status) else { throw refusal(response) }
            return .done(try credentials(response, context))
        }
    }

    private func judge(_ answer: Answer, _ context: FetchContext) throws(Failure) -> Exchange.Verdict {
        do throws(Failure) {
            return try exchange.judge(answer, context) { STSError($0).retry }
        } catch {
            throw failure(error)
        }
    }
}

// MARK: - Asking

extension STSCall {
    private func fill(_ request: HTTPRequest, _ context: FetchContext) throws(Failure) {
        let configuration = context.client.configuration
        let endpoint = role.endpoint
        request.begin("POST", origin: endpoint.origin) { $0.append(endpoint.path) }
        request.body.append(form.text.view)
        request.add("Content-Type") { $0.append(ByteView(Self.contentType)) }
        if let signer { try sign(request, signer, context) }
        request.add("User-Agent") { configuration.userAgent.write(signer, to: $0) }
        request.add("Accept-Encoding") { $0.append("identity" as ByteView) }
        let isFirst = exchange.attempts == 1
        let seconds = context.now.wallSeconds &+ configuration.readTimeout / 1_000_000_000
        request.addAttempt(
            exchange.attempts, of: exchange.limit, invocationID: invocationID,
            timeToLive: isFirst ? nil : observedSkew.map { seconds &+ $0 })
        if request.isExhausted || form.text.isExhausted {
            throw Failure(.outOfMemory, "out of memory for a request")
        }
    }

    private func sign(_ request: HTTPRequest, _ signer: Credentials, _ context: FetchContext) throws(Failure) {
        let client = context.client
        let signature = try SigV4(
            signer, region: role.endpoint.signingRegion, service: Self.service,
            seconds: context.now.wallSeconds &+ client.clockSkew, keys: client.signingKeys)
        request.add("X-Amz-Date") { $0.append(signature.dateTime) }
        if let token = signer.sessionToken { request.add("X-Amz-Security-Token") { $0.append(token.view) } }
        request.add("Authorization") { value in
            role.endpoint.authority.withView { host in
                signature.appendAuthorization(
                    SigV4.Parts(
                        method: ByteView(request.method), host: host, path: request.path,
                        contentType: ByteView(Self.contentType), payload: request.body.view),
                    to: value, scratch: request.scratch)
            }
        }
    }

    private func noteDate(_ response: HTTPResponse, _ context: FetchContext) {
        guard let date = response.field("date"), let sent = Timestamp(rfc822: date) else { return }
        observedSkew = sent.seconds &- context.now.wallSeconds
    }
}

// MARK: - Answers

extension STSCall {
    private func credentials(_ response: HTTPResponse, _ context: FetchContext) throws(Failure) -> FetchedCredentials {
        do throws(Failure) {
            var answer = STSAnswer(form.action)
            try answer.read(response.body)
            return try answer.credentials(origin, featureIDs: role.featureIDs, at: context.now)
        } catch {
            throw failure(error)
        }
    }

    /// What an error response says, on one line.
    private func refusal(_ response: HTTPResponse) -> Failure {
        let error = STSError(response)
        guard !error.code.isEmpty else {
            return failure("STS answered with status \(response.status) and no error that can be read")
        }
        for secret in secrets where error.repeats(secret.view) {
            return failure("STS answered with status \(response.status) and an error that repeats a secret")
        }
        return failure(error.text)
    }

    private func failure(_ error: Failure) -> Failure {
        switch error.code {
        case .outOfMemory, .internalError: error
        default: failure(error.message)
        }
    }

    private func failure(_ reason: Text) -> Failure {
        Failure(.credentialsFailed, "\(origin.name): role \(quoted: role.arn): \(reason)")
    }
}
