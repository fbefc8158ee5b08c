import Testing

@testable import LocJob

@Suite("A table of waits")
struct WaitTableTests {
    private func id(_ number: Int) -> JobID { try! "job-\(number)".withView { try JobID($0) } }

    @Test("finds waits by place, job and time after any changes", arguments: 1...10 as ClosedRange<UInt64>)
    func model(seed: UInt64) {
        var random = SeededRandom(seed)
        var table = WaitTable()
        var model: [Int: (job: Int, tag: UInt64, deadline: Nanoseconds)] = [:]
        for tag in 0..<1500 as Range<UInt64> {
            if random.below(5) < 3 {
                let (job, deadline) = (random.below(6), Int64(random.below(1000)))
                let place = table.insert(Wait(id(job), tag: tag, isWatching: false, deadline: deadline))
                #expect(model[place] == nil)
                model[place] = (job, tag, deadline)
            } else if let place = model.keys.sorted().randomElement(using: &random) {
                table.remove(place)
                model[place] = nil
                table.remove(place)
                #expect(table[place] == nil)
            }
            #expect(table.count == model.count)
            #expect(table.firstTimer?.time == model.values.map(\.deadline).min())
            let job = random.below(6)
            #expect(table.places(of: id(job)).sorted() == model.filter { $0.value.job == job }.keys.sorted())
            #expect(model.allSatisfy { table[$0.key]?.tag == $0.value.tag })
        }
        #expect(table[-1] == nil && table[.max] == nil)
    }

    @Test("never sets a timer behind the deadline")
    func deadline() {
        var table = WaitTable()
        let place = table.insert(Wait(id(1), tag: 1, isWatching: false, deadline: 50))
        table.setTimer(place, 20)
        #expect(table.firstTimer?.time == 20)
        table.setTimer(place, Duration.never)
        #expect(table.firstTimer?.time == 50)
    }

    @Test("ends very many waits for one job at once")
    func many() {
        var table = WaitTable()
        let places = (0..<50_000).map { table.insert(Wait(id(1), tag: UInt64($0), isWatching: false, deadline: .max)) }
        let clock = ContinuousClock()
        #expect(clock.measure { for place in places { table.remove(place) } } < .seconds(3))
        #expect(table.places(of: id(1)).isEmpty)
    }
}
