/// A length of time or a point on the monotonic clock, in nanoseconds. Sums stop at the ends of the
/// range instead of trapping.
typealias Nanoseconds = Int64

enum Duration {
    static let never: Nanoseconds = .max

    static func milliseconds(_ count: Int64) -> Nanoseconds {
        let (product, overflow) = count.multipliedReportingOverflow(by: 1_000_000)
        return overflow ? (count < 0 ? .min : .max) : product
    }

    static func sum(_ a: Nanoseconds, _ b: Nanoseconds) -> Nanoseconds {
        let (sum, overflow) = a.addingReportingOverflow(b)
        return overflow ? (a < 0 ? .min : .max) : sum
    }

    static func difference(_ a: Nanoseconds, _ b: Nanoseconds) -> Nanoseconds {
        let (difference, overflow) = a.subtractingReportingOverflow(b)
        return overflow ? (a < 0 ? .min : .max) : difference
    }
}

/// What the driver's clocks show as it hands an answer to a call.
struct Moment {
    /// Never goes back; its zero means nothing.
    var monotonic: Nanoseconds
    /// The wall clock: seconds since 1970-01-01T00:00:00Z.
    var wallSeconds: Int64

    init(monotonic: Nanoseconds, wallSeconds: Int64) {
        self.monotonic = monotonic
        self.wallSeconds = wallSeconds
    }
}

/// Random numbers for jitter, from the random bits that the driver hands to a call (SplitMix64: spread
/// matters here, secrecy does not).
struct Jitter {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A length of time from 0 up to `limit`.
    mutating func upTo(_ limit: Nanoseconds) -> Nanoseconds {
        guard limit > 0 else { return 0 }
        return Int64(truncatingIfNeeded: next() % (UInt64(limit.magnitude) &+ 1))
    }
}
