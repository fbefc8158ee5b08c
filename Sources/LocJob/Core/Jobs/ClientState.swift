/// What the calls of a client share. Safe to use from many threads.
final class ClientState {
    let configuration: Configuration
    let signingKeys = SigningKeyCache()
    let retryQuota = RetryQuota()
    let credentials = CredentialStore()
    private let lock = Lock()
    /// What to add to this machine's clock to have the service's.
    private var clockOffset: Int64 = 0

    init(_ configuration: Configuration) { self.configuration = configuration }

    var clockSkew: Int64 {
        get { lock.withLock { clockOffset } }
        set { lock.withLock { clockOffset = newValue } }
    }
}
