import Testing

@testable import LocJob

@Suite("A queue of numbers")
struct FifoTests {
    @Test("gives out what came, in its order", arguments: 1...10 as ClosedRange<UInt64>)
    func model(seed: UInt64) {
        var random = SeededRandom(seed)
        var fifo = Fifo()
        var model: [Int] = []
        for number in 0..<3000 {
            switch random.below(number < 1500 ? 3 : 5) {
            case 0, 1:
                fifo.append(number)
                model.append(number)
            case 2 where random.below(20) == 0:
                fifo.dropFirst { $0 % 3 != 0 }
                model = Array(model.drop { $0 % 3 != 0 })
            default:
                #expect(fifo.popFirst() == (model.isEmpty ? nil : model.removeFirst()))
            }
            #expect(fifo.isEmpty == model.isEmpty)
        }
    }
}
