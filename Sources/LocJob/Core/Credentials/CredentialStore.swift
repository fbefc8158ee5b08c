/// The credentials of a client and their refresh, which one call at a time takes on while the others go on
/// with what still lives (botocore: credentials.py, RefreshableCredentials). Safe to use from many threads.
final class CredentialStore {
    /// Seconds before the end at which a refresh is tried, and at which it must succeed.
    static let advisory: Int64 = 15 * 60
    private static let mandatory: Int64 = 10 * 60
    /// Seconds to leave a provider alone that failed ahead of time, or gave credentials for so short a time
    /// that they are due at once.
    private static let pause: Int64 = 60

    /// What a call is to do for its credentials.
    enum Claim {
        case use(Credentials)
        /// Fetch new ones, and report with `succeed`, `fail` or `release`. `number` tells this refresh from others.
        case refresh(isMandatory: Bool, number: Int)
        /// Ask again a little later, with this number.
        case wait(Int)
        /// The refresh that was waited for failed.
        case failed(Failure)
    }

    private let lock = Lock()
    private var current: FetchedCredentials?
    private var isUnderWay = false
    /// Refreshes that have ended, or were taken over.
    private var generation = 0
    /// Since when the refresh is a queue's that nobody is inside; after a while another call takes it over.
    private var restingSince: Int64?
    private static let longestRest: Int64 = 5
    private var lastFailure: (generation: Int, failure: Failure)?
    private var noRefreshBefore = Int64.min

    var isUsable: Bool { lock.isUsable }

    /// `awaited` is the number of an earlier `wait`.
    func claim(at now: Int64, awaited: Int?) -> Claim {
        lock.withLock {
            let left = current.map { $0.expiration.map { $0 &- now } ?? Int64.max } ?? 0
            if let current, left >= Self.advisory || (left > 0 && (isUnderWay || now < noRefreshBefore)) {
                return .use(current.credentials)
            }
            if let awaited, awaited != generation, let lastFailure, lastFailure.generation == awaited {
                return .failed(lastFailure.failure)
            }
            if isUnderWay {
                guard let restingSince, now &- restingSince >= Self.longestRest else { return .wait(generation) }
                end()
            }
            isUnderWay = true
            return .refresh(isMandatory: left < Self.mandatory, number: generation)
        }
    }

    func succeed(_ fetched: FetchedCredentials, at now: Int64) {
        lock.withLock {
            current = fetched
            noRefreshBefore = now &+ Self.pause
            lastFailure = nil
            end()
        }
    }

    /// Returns the credentials that still live, if any.
    func fail(_ failure: Failure, at now: Int64) -> Credentials? {
        lock.withLock {
            lastFailure = (generation, failure)
            noRefreshBefore = now &+ Self.pause
            end()
            guard let current, current.expiration.map({ $0 > now }) ?? true else { return nil }
            return current.credentials
        }
    }

    /// The call that refreshed has ended before its refresh: another may take it on.
    func release(_ number: Int) { lock.withLock { if number == generation { end() } } }

    var isRefreshing: Bool { lock.withLock { isUnderWay } }

    /// Whether a refresh is still its caller's.
    func isOwned(_ number: Int) -> Bool { lock.withLock { isUnderWay && number == generation } }

    /// A queue whose call refreshes is left by its thread, who knows for how long; and entered again.
    func rest(at now: Int64) { lock.withLock { restingSince = isUnderWay ? restingSince ?? now : nil } }
    func goOn() { lock.withLock { restingSince = nil } }

    /// Forgets credentials that the service has refused; false when they are all that there can be.
    func discard(_ credentials: Credentials) -> Bool {
        lock.withLock {
            guard let current else { return true }
            guard current.expiration != nil else { return false }
            if current.credentials === credentials { self.current = nil }
            return true
        }
    }

    /// What the last fetches said, as members of an object.
    func explain(to writer: inout JSONWriter) {
        var current: FetchedCredentials?
        var failure: Failure?
        lock.withLock {
            current = self.current
            failure = lastFailure?.failure
        }
        if let current {
            writer.key("credentials_in_use")
            writer.object { writer in
                writer.key("provider")
                writer.string(ByteView(current.credentials.origin.name))
                if let expiration = current.expiration {
                    writer.key("expiration")
                    writer.number(expiration)
                }
            }
        }
        if let failure {
            writer.key("credentials_failure")
            writer.string(failure.message.bytes)
        }
    }

    private func end() {
        isUnderWay = false
        restingSince = nil
        generation &+= 1
    }
}
