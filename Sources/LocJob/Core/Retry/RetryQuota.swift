/// The tokens that a client's retries are paid with, so that a service in trouble is not buried under
/// them (botocore: retries/quota.py and RetryQuotaChecker).
final class RetryQuota {
    static let capacity: Int64 = 500
    private static let costOfRetry: Int64 = 14
    private static let costOfThrottlingRetry: Int64 = 5
    private static let refund: Int64 = 1

    private let lock = Lock()
    private var available = capacity

    init() {}

    var isUsable: Bool { lock.isUsable }

    /// Takes the cost of a retry and returns it; nil when the quota does not have it.
    func acquire(_ kind: RetryClass) -> Int64? {
        let cost = kind == .throttling ? Self.costOfThrottlingRetry : Self.costOfRetry
        return lock.withLock {
            guard cost <= available else { return nil }
            available -= cost
            return cost
        }
    }

    /// After a success: gives back what the call's last retry cost, or a little when there was none.
    func release(_ cost: Int64?) {
        lock.withLock { available = min(Self.capacity, available + (cost ?? Self.refund)) }
    }
}
