/// What the calls of a client share. Safe to use from many threads.
final class ClientState {
    let configuration: Configuration
    let signingKeys = SigningKeyCache()
    let retryQuota = RetryQuota()
    private let lock = Lock()
    private var knownCredentials: Credentials?
    /// What to add to this machine's clock to have the service's.
    private var clockOffset: Int64 = 0

    init(_ configuration: Configuration) { self.configuration = configuration }

    /// The credentials in use; the chain is asked when there are none.
    func credentials() throws(Failure) -> Credentials {
        if let known = lock.withLock({ knownCredentials }) { return known }
        let found = try configuration.credentialChain.credentials()
        lock.withLock { knownCredentials = found }
        return found
    }

    var clockSkew: Int64 {
        get { lock.withLock { clockOffset } }
        set { lock.withLock { clockOffset = newValue } }
    }
}
