/// What the calls of a client share. Safe to use from many threads.
final class ClientState {
    let configuration: Configuration
    let signingKeys = SigningKeyCache()
    let retryQuota = RetryQuota()
    /// Nil but in the adaptive mode.
    let rateLimiter: RateLimiter?
    let credentials = CredentialStore()
    private let lock = Lock()
    /// What to add to this machine's clock to have the service's.
    private var clockOffset: Int64 = 0
    private var lastSigned: LastSigned?

    init(_ configuration: Configuration) {
        self.configuration = configuration
        rateLimiter = configuration.retryMode == .adaptive ? RateLimiter() : nil
    }

    /// False when memory ran out for the locks.
    var isUsable: Bool {
        lock.isUsable && rateLimiter?.isUsable ?? true && signingKeys.isUsable && retryQuota.isUsable && credentials.isUsable
    }

    /// Signs a request for a job; remembered for `lastRequest`.
    func signer(
        _ credentials: Credentials, at now: Moment, skew: Int64, for jobID: JobID
    ) throws(Failure) -> SigV4 {
        let last = lock.withLock {
            let last = LastSigned(credentials: credentials, seconds: now.wallSeconds &+ skew, jobID: jobID)
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
    var jobID: JobID

    func signer(_ client: ClientState) throws(Failure) -> SigV4 {
        try SigV4(
            credentials, region: client.configuration.region, service: GetJob.signingName, seconds: seconds,
            keys: client.signingKeys)
    }
}

extension ClientState {
    /// The last request as it was signed, its token hidden; nil before the first.
    var lastRequest: SignedRequest? {
        guard let last = lock.withLock({ lastSigned }), let signer = try? last.signer(self) else { return nil }
        let path = ByteBuffer()
        let canonical = ByteBuffer()
        let text = ByteBuffer()
        GetJob.writePath(configuration.endpoint, last.jobID, to: path)
        configuration.endpoint.authority.withView { host in
            let parts = SigV4.Parts(method: "GET", host: host, path: path.view)
            signer.appendCanonicalRequest(parts, to: canonical)
            signer.appendStringToSign(canonical.view, to: text)
            canonical.removeAll()
            signer.appendCanonicalRequest(parts, to: canonical, hidesToken: true)
        }
        return SignedRequest(canonicalRequest: canonical.view.bytes, stringToSign: text.view.bytes)
    }
}
