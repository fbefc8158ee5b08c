import Testing

@testable import LocJob

@Suite("The retry quota")
struct RetryQuotaTests {
    @Test(
        "pays for 35 retries, or 100 after throttling",
        arguments: [(RetryClass.transient, 14, 35), (.throttling, 5, 100)] as [(RetryClass, Int64, Int)])
    func exhaustion(_ kind: RetryClass, _ cost: Int64, _ count: Int) {
        let quota = RetryQuota()
        for _ in 0..<count { #expect(quota.acquire(kind) == cost) }
        #expect(quota.acquire(kind) == nil)
    }

    @Test("still pays for a cheap retry when a dear one is too dear")
    func remainder() {
        let quota = RetryQuota()
        for _ in 0..<35 { _ = quota.acquire(.transient) }
        // 10 are left.
        #expect(quota.acquire(.transient) == nil)
        #expect(quota.acquire(.throttling) == 5)
        #expect(quota.acquire(.throttling) == 5)
        #expect(quota.acquire(.throttling) == nil)
    }

    @Test("is given back the last cost, or one without a retry")
    func refund() {
        let quota = RetryQuota()
        while quota.acquire(.throttling) != nil {}
        quota.release(14)
        #expect(quota.acquire(.transient) == 14)
        #expect(quota.acquire(.throttling) == nil)
        for _ in 0..<4 { quota.release(nil) }
        #expect(quota.acquire(.throttling) == nil)
        quota.release(nil)
        #expect(quota.acquire(.throttling) == 5)
    }

    @Test("never holds more than at first")
    func cap() {
        let quota = RetryQuota()
        for _ in 0..<1000 { quota.release(14) }
        for _ in 0..<35 { #expect(quota.acquire(.transient) != nil) }
        #expect(quota.acquire(.transient) == nil)
    }

    @Test("counts right when threads share it")
    func threads() async {
        let quota = RetryQuota()
        nonisolated(unsafe) let shared = quota
        let acquired = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    var count = 0
                    for _ in 0..<20 where shared.acquire(.throttling) != nil { count += 1 }
                    return count
                }
            }
            return await group.reduce(0, +)
        }
        #expect(acquired == 100)
    }
}
