import CCore

/// The client-side rate limiter of the adaptive mode (botocore: retries/adaptive.py, bucket.py and
/// throttling.py): it starts with the first throttled answer, and then lets requests go at a rate that CUBIC
/// finds. Safe to use from many threads.
final class RateLimiter {
    private static let minimumRate = 0.5
    private static let smoothing = 0.8
    /// Seconds of the buckets in which requests are counted.
    private static let bucket = 0.5
    private static let scale = 0.4
    private static let beta = 0.7
    private static let maximumGrowth = 2.0

    private let lock = Lock()
    private(set) var isEnabled = false

    // The measured rate, in answers per second.
    private var measuredRate = 0.0
    private var count = 0.0
    private var lastBucket = 0.0

    // CUBIC.
    private var lastMaximum = 0.0
    private var lastFailure = 0.0

    // The token bucket.
    private(set) var rate = 1.0
    private(set) var capacity = 1.0
    private(set) var tokens = 0.0
    private var lastRefill: Double?

    init() {}

    var isUsable: Bool { lock.isUsable }

    /// Takes a token; or returns for how long there will be none.
    func acquire(at now: Nanoseconds) -> Nanoseconds? {
        lock.withLock {
            let now = Self.seconds(now)
            if lastRefill == nil { start(at: now) }
            guard isEnabled else { return nil }
            refill(now)
            if tokens >= 1 {
                tokens -= 1
                return nil
            }
            // Less than a token at half a token a second: two seconds at the most.
            return Nanoseconds((1 - tokens) / rate * 1e9) + 1
        }
    }

    /// After every answer of the service, and every failure to get one.
    func record(isThrottled: Bool, at now: Nanoseconds) {
        lock.withLock {
            let now = Self.seconds(now)
            let measured = measure(now)
            let wanted: Double
            if isThrottled {
                lastMaximum = isEnabled ? min(measured, rate) : measured
                lastFailure = now
                isEnabled = true
                wanted = lastMaximum * Self.beta
            } else {
                let delta = now - lastFailure - lj_cube_root(lastMaximum * (1 - Self.beta) / Self.scale)
                wanted = Self.scale * delta * delta * delta + lastMaximum
            }
            refill(now)
            let allowed = min(wanted, Self.maximumGrowth * measured)
            rate = max(allowed, Self.minimumRate)
            capacity = max(allowed, 1)
            tokens = min(tokens, capacity)
        }
    }

    private func start(at now: Double) {
        lastRefill = now
        lastFailure = now
        lastBucket = lj_floor(now)
    }

    private func measure(_ now: Double) -> Double {
        let current = lj_floor(now / Self.bucket) * Self.bucket
        count += 1
        if current > lastBucket {
            measuredRate = count / (current - lastBucket) * Self.smoothing + measuredRate * (1 - Self.smoothing)
            count = 0
            lastBucket = current
        }
        return measuredRate
    }

    private func refill(_ now: Double) {
        if let lastRefill { tokens = min(capacity, tokens + max(now - lastRefill, 0) * rate) }
        lastRefill = now
    }

    private static func seconds(_ time: Nanoseconds) -> Double { Double(time) / 1e9 }
}
