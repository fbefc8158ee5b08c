import Foundation
import Testing

@testable import LocJob

@Suite("The rate limiter of the adaptive mode")
struct RateLimiterTests {
    /// What botocore's limiter shows after each of a series of answers (fixtures/oracle/make_adaptive.py).
    struct Row: Decodable {
        var at: Double
        var throttled: Bool
        var rate: Double
        var capacity: Double
        var tokens: Double
        var enabled: Bool
    }

    private static let start = 100.25

    private func nanoseconds(_ seconds: Double) -> Nanoseconds { Nanoseconds((seconds * 1e9).rounded()) }

    @Test("goes at the rates of botocore")
    func rates() {
        let rows = Repository.rows("retry/adaptive.json", of: Row.self)
        let limiter = RateLimiter()
        #expect(limiter.acquire(at: nanoseconds(Self.start)) == nil)
        for (index, row) in rows.enumerated() {
            limiter.record(isThrottled: row.throttled, at: nanoseconds(row.at))
            let (rate, capacity, tokens) = (limiter.rate, limiter.capacity, limiter.tokens)
            let isClose = [(rate, row.rate), (capacity, row.capacity), (tokens, row.tokens)]
                .allSatisfy { abs($0 - $1) <= 1e-6 * max(1, abs($1)) }
            #expect(
                isClose && limiter.isEnabled == row.enabled,
                "answer \(index): \(limiter.isEnabled), \(rate), \(capacity), \(tokens), not \(row)")
        }
    }

    @Test("lets everything go until the first throttled answer, and then no more than its rate")
    func limit() {
        let limiter = RateLimiter()
        for _ in 0..<1000 { #expect(limiter.acquire(at: 0) == nil) }
        limiter.record(isThrottled: true, at: 1_000_000_000)
        var now: Nanoseconds = 1_000_000_000
        var sent = 0
        while now < 101_000_000_000 {
            if let pause = limiter.acquire(at: now) {
                #expect(pause > 0 && pause <= 2_000_000_001)
                now += pause
            } else {
                sent += 1
            }
        }
        // One answer in a second is measured as 0.8 a second, and 0.7 of that is the rate.
        #expect((56...57).contains(sent))
    }

    @Test("holds back calls, within their deadline")
    func calls() throws {
        let client = try ClientState.make(["retry_mode": "adaptive", "max_attempts": "1"])
        let first = Conversation(client)
        _ = first.start()
        #expect(first.respond(429, ["x-amzn-errortype: ThrottlingException"], "{}").outcome?.code == .throttled)
        _ = Conversation(client).start()
        #expect(Conversation(client).start().waitsUntil != nil)
        #expect(Conversation(client, timeout: 1_000_000).start().outcome?.code == .deadlineExceeded)
    }
}
