/// A call of one of the services that log users in: one request, its repetitions and what comes of them. The
/// services take no signature: what the request holds speaks for it.
struct SignInCall {
    private let endpoint: SignInEndpoint
    private let invocationID: (UInt64, UInt64)
    private var exchange: Exchange
    /// The service's clock less this machine's, as the last `Date` had it.
    private var observedSkew: Int64?

    init(_ endpoint: SignInEndpoint, _ context: FetchContext) {
        self.endpoint = endpoint
        var random = Jitter(seed: context.random)
        invocationID = (random.next(), random.next())
        exchange = Exchange(context.client)
    }

    /// Begins the request with what every request has. `region` stands in for the endpoint's own.
    func begin(
        _ method: StaticString, _ path: StaticString, _ context: FetchContext, region: Region? = nil,
        query: (ByteBuffer) -> Void = { _ in }
    ) {
        let request = context.request
        let configuration = context.client.configuration
        request.begin(method, origin: endpoint.origin(region)) { url in
            url.append(endpoint.basePath)
            url.append(ByteView(path))
            query(url)
        }
        request.add("User-Agent") { configuration.userAgent.write(nil, to: $0) }
        request.add("Accept-Encoding") { $0.append("identity" as ByteView) }
        let end = context.now.wallSeconds &+ configuration.readTimeout / 1_000_000_000
        request.addAttempt(
            exchange.attempts, of: exchange.limit, invocationID: invocationID,
            timeToLive: exchange.attempts == 1 ? nil : observedSkew.map { end &+ $0 })
    }

    /// Throws what was wrong when there is nothing more to be tried.
    mutating func judge(_ answer: Answer, _ context: FetchContext) throws(Failure) -> Exchange.Verdict {
        if case .response(let response, _) = answer, let date = response.field("date"),
            let sent = Timestamp(rfc822: date)
        {
            observedSkew = sent.seconds &- context.now.wallSeconds
        }
        return try exchange.judge(answer, context)
    }
}

extension HTTPResponse {
    var isSuccess: Bool { (200..<300).contains(status) }

    /// An error response as it may be told: its body could hold what was sent.
    var problem: Text {
        let name = ServiceError(self, mode: .standard).name
        return name.withView { $0.isNumber } ? "status \(status)" : "status \(status), \(printable: name)"
    }
}
