/// How long to wait before a retry.
enum Backoff {
    private static let longest = Duration.milliseconds(20_000)
    private static let longestAddition = Duration.milliseconds(5_000)

    /// The pause before retry `retry` (from 1). `hint` is the server's, in milliseconds (botocore:
    /// retries/standard.py, ExponentialBackoff; legacy: retryhandler.py, delay_exponential).
    static func delay(
        _ mode: RetryMode, _ kind: RetryClass, retry: Int64, hint: ByteView?, jitter: inout Jitter
    ) -> Nanoseconds {
        switch mode {
        case .standard, .adaptive:
            let scale = Duration.milliseconds(kind == .throttling ? 1000 : 50)
            let delay = jitter.upTo(min(doubled(scale, retry - 1), longest))
            guard let hint = hint.flatMap({ milliseconds($0.trimmed) }) else { return delay }
            return max(delay, min(hint, Duration.sum(delay, longestAddition)))
        case .legacy:
            return jitter.upTo(doubled(Duration.milliseconds(1000), retry - 1))
        }
    }

    /// A whole number that is not negative, however large; nil for anything else.
    private static func milliseconds(_ text: ByteView) -> Nanoseconds? {
        let digits = text[0] == UInt8(ascii: "+") ? text.from(1) : text
        guard digits.isNumber else { return text.signedDecimal == 0 ? 0 : nil }
        return Duration.milliseconds(digits.decimal ?? Int64.max)
    }

    private static func doubled(_ time: Nanoseconds, _ times: Int64) -> Nanoseconds {
        // Thirty doublings of 50 ms are more than a year.
        var result = time
        for _ in 0..<min(max(times, 0), 30) { result = Duration.sum(result, result) }
        return result
    }
}
