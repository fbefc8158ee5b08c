import Testing

@testable import LocJob

@Suite("Pauses before retries")
struct BackoffTests {
    private static let second: Nanoseconds = 1_000_000_000

    private func delays(_ mode: RetryMode, _ kind: RetryClass, retry: Int64, hint: String? = nil) -> [Nanoseconds] {
        var jitter = Jitter(seed: 9)
        return (0..<500).map { _ in
            guard let hint else { return Backoff.delay(mode, kind, retry: retry, hint: nil, jitter: &jitter) }
            return hint.withView { Backoff.delay(mode, kind, retry: retry, hint: $0, jitter: &jitter) }
        }
    }

    @Test(
        "are spread from 0 to a limit that doubles, up to 20 seconds",
        arguments: [
            (RetryClass.transient, 1, 50), (.transient, 2, 100), (.transient, 3, 200), (.transient, 9, 12_800),
            (.transient, 10, 20_000),
            (.transient, 1_000_000, 20_000), (.transient, Int64.max, 20_000), (.throttling, 1, 1000),
            (.throttling, 2, 2000), (.throttling, 5, 16_000),
            (.throttling, 6, 20_000), (.transient, 0, 50), (.transient, Int64.min + 1, 50),
        ] as [(RetryClass, Int64, Int64)])
    func standard(_ kind: RetryClass, _ retry: Int64, _ milliseconds: Int64) {
        let delays = delays(.standard, kind, retry: retry)
        let limit = milliseconds * 1_000_000
        #expect(delays.allSatisfy { (0...limit).contains($0) })
        #expect(delays.max()! > limit / 10 * 9)
        #expect(delays.min()! < limit / 10)
    }

    @Test(
        "in legacy mode double without end, from one second",
        arguments: [(1, 1), (2, 2), (3, 4), (4, 8), (10, 512)] as [(Int64, Int64)])
    func legacy(_ retry: Int64, _ seconds: Int64) {
        for kind in [RetryClass.transient, .throttling] {
            let delays = delays(.legacy, kind, retry: retry)
            #expect(delays.allSatisfy { (0...seconds * Self.second).contains($0) })
            #expect(delays.max()! > seconds * Self.second / 10 * 9)
        }
    }

    @Test("in legacy mode are finite after any number of retries", arguments: [31, 64, 1_000_000, Int64.max])
    func legacyLimit(_ retry: Int64) {
        #expect(delays(.legacy, .transient, retry: retry).allSatisfy { $0 >= 0 })
    }

    @Test(
        "follow the server's hint, by five seconds at most",
        arguments: [
            ("1000", 1000, 1050), ("0", 0, 50), ("5000", 5000, 5050), ("60000", 5000, 5050), (" 1000 ", 1000, 1050),
            ("+1000", 1000, 1050), ("001000", 1000, 1050),
            ("9223372036854775807", 5000, 5050), ("99999999999999999999999999", 5000, 5050),
        ] as [(String, Int64, Int64)])
    func hints(_ hint: String, _ low: Int64, _ high: Int64) {
        let delays = delays(.standard, .transient, retry: 1, hint: hint)
        #expect(delays.allSatisfy { (low * 1_000_000...high * 1_000_000).contains($0) })
    }

    @Test(
        "ignore hints that are none",
        arguments: [
            "", " ", "-1", "-1000", "1.5", "1e3", "soon", "1000ms", "0x10", "Tue, 24 Nov 2026 06:07:08 GMT",
            "-99999999999999999999999",
        ])
    func noHints(_ hint: String) {
        #expect(delays(.standard, .transient, retry: 1, hint: hint) == delays(.standard, .transient, retry: 1))
    }

    @Test("in legacy mode ignore hints")
    func legacyHint() {
        #expect(delays(.legacy, .transient, retry: 1, hint: "3000") == delays(.legacy, .transient, retry: 1))
    }
}
