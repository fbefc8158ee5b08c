import Testing

@testable import LocJob

private typealias Time = LocJob.Duration

@Suite("Lengths of time")
struct MomentTests {
    @Test("stop at the ends of the range")
    func saturation() {
        #expect(Time.sum(.max, 1) == .max)
        #expect(Time.sum(.min, -1) == .min)
        #expect(Time.sum(.max, .min) == -1)
        #expect(Time.difference(.min, 1) == .min)
        #expect(Time.difference(.max, -1) == .max)
        #expect(Time.difference(0, .min) == .max)
        #expect(Time.milliseconds(.max) == .max)
        #expect(Time.milliseconds(.min) == .min)
        #expect(Time.milliseconds(1500) == 1_500_000_000)
    }

    @Test("are drawn evenly between 0 and their limit", arguments: [1, 2, 1000, 50_000_000, .max] as [Int64])
    func jitter(_ limit: Int64) {
        var jitter = Jitter(seed: 5)
        var low = 0
        for _ in 0..<2000 {
            let drawn = jitter.upTo(limit)
            #expect((0...limit).contains(drawn))
            if drawn <= limit / 2 { low += 1 }
        }
        // 1 in 2 draws, or 2 in 3 of the three numbers up to 2.
        #expect((800...1500).contains(low))
    }

    @Test("are not drawn below 0", arguments: [0, -1, .min] as [Int64])
    func noJitter(_ limit: Int64) {
        var jitter = Jitter(seed: 6)
        #expect(jitter.upTo(limit) == 0)
    }

    @Test("differ between seeds")
    func seeds() {
        var first = Jitter(seed: 1)
        var second = Jitter(seed: 2)
        #expect(first.next() != second.next())
    }
}
