/// What the calls of a client share. Safe to use from many threads.
final class ClientState {
    let configuration: Configuration
    let signingKeys = SigningKeyCache()
    let retryQuota = RetryQuota()
    /// Nil but in the adaptive mode.
    let rateLimiter: RateLimiter?
    /// For what polls, and for everything when the caller has set a limit.
    let budget: RequestBudget
    let credentials = CredentialStore()
    let endedJobs: EndedJobs
    private let lock = Lock()
    /// What to add to this machine's clock to have the service's.
    private var clockOffset: Int64 = 0
    private var lastSigned: LastSigned?

    /// `seed` is to be random.
    init(_ configuration: Configuration, seed: UInt64 = 0) {
        self.configuration = configuration
        rateLimiter = configuration.retryMode == .adaptive ? RateLimiter() : nil
        budget = RequestBudget(perSecond: configuration.maxRequestsPerSecond ?? RequestBudget.standard)
        endedJobs = EndedJobs(capacity: configuration.rememberedJobs, seed: seed)
    }

    /// False when memory ran out for the locks.
    var isUsable: Bool {
        lock.isUsable && rateLimiter?.isUsable ?? true && signingKeys.isUsable && retryQuota.isUsable
            && credentials.isUsable && budget.isUsable && endedJobs.isUsable
    }

    /// Signs a request; remembered for `lastRequest`.
    func signer(
        _ credentials: Credentials, at now: Moment, skew: Int64, for operation: Operation
    ) throws(Failure) -> SigV4 {
        let last = lock.withLock {
            let last = LastSigned(credentials, seconds: now.wallSeconds &+ skew, operation)
            lastSigned = last
            return last
        }
        return try last.signer(self)
    }

    var clockSkew: Int64 {
        get { lock.withLock { clockOffset } }
        set { lock.withLock { clockOffset = newValue } }
    }
}

/// What the last request was signed with.
private struct LastSigned {
    var credentials: Credentials
    var seconds: Int64
    // Apart, not as the enum that they come in: that has marks in its pointers, behind which valgrind sees a leak of
    // the client that is never released.
    private var jobID: JobID?
    private var listing: JobListing?

    init(_ credentials: Credentials, seconds: Int64, _ operation: Operation) {
        self.credentials = credentials
        self.seconds = seconds
        switch operation {
        case .getJob(let jobID): self.jobID = jobID
        case .listJobs(let listing): self.listing = listing
        }
    }

    /// What was asked for.
    var operation: Operation? { listing.map { .listJobs($0) } ?? jobID.map { .getJob($0) } }

    func signer(_ client: ClientState) throws(Failure) -> SigV4 {
        try SigV4(
            credentials, region: client.configuration.region, service: Operation.signingName, seconds: seconds,
            keys: client.signingKeys)
    }
}

extension ClientState {
    /// The last request as it was signed, its token hidden; nil before the first.
    var lastRequest: SignedRequest? {
        guard let last = lock.withLock({ lastSigned }), let operation = last.operation,
            let signer = try? last.signer(self)
        else { return nil }
        let path = ByteBuffer()
        let canonical = ByteBuffer()
        let text = ByteBuffer()
        let payload = ByteBuffer()
        operation.writePath(configuration.endpoint, to: path)
        operation.writePayload(to: payload)
        configuration.endpoint.authority.withView { host in
            let parts = SigV4.Parts(
                method: ByteView(operation.method), host: host, path: path.view,
                contentType: operation.contentType, payload: payload.view)
            signer.appendCanonicalRequest(parts, to: canonical)
            signer.appendStringToSign(canonical.view, to: text)
            canonical.removeAll()
            signer.appendCanonicalRequest(parts, to: canonical, hidesToken: true)
        }
        return SignedRequest(canonicalRequest: canonical.view.bytes, stringToSign: text.view.bytes)
    }
}
