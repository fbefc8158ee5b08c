import Testing

@testable import LocJob

@Suite("A heap of times")
struct TimerHeapTests {
    @Test("has the earliest time at hand after any changes", arguments: 1...20 as ClosedRange<UInt64>)
    func model(seed: UInt64) {
        var random = SeededRandom(seed)
        var heap = TimerHeap()
        var model: [Int: Nanoseconds] = [:]
        for _ in 0..<1000 {
            let item = random.below(40)
            switch random.below(4) {
            case 0:
                heap.remove(item)
                model[item] = nil
            case 1 where random.below(4) == 0:
                heap.set(item, Duration.never)
                model[item] = nil
            default:
                let time = random.below(9) == 0 ? Int64.min : Int64(random.below(100))
                heap.set(item, time)
                model[item] = time
            }
            #expect(heap.first?.time == model.values.min())
            if let first = heap.first { #expect(model[first.item] == first.time) }
        }
        while let first = heap.first {
            #expect(model.values.min() == first.time)
            heap.remove(first.item)
            model[first.item] = nil
        }
        #expect(model.isEmpty)
        heap.remove(-1)
        heap.remove(1000)
    }
}
