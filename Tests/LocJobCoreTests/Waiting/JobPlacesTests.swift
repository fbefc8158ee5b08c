import Testing

@testable import LocJob

@Suite("Places of jobs")
struct JobPlacesTests {
    private func id(_ number: Int) -> JobID { "job-\(number)".withView { try! JobID($0) } }

    @Test("are what a dictionary would have, whatever is put in and taken out", arguments: [0, 1, 0xFEDC_BA98_7654_3210] as [UInt64])
    func random(_ seed: UInt64) {
        var random = SeededRandom(seed &+ 1)
        var places = JobPlaces(seed: seed)
        var expected: [Int: Int] = [:]
        for step in 0..<20_000 {
            // Grows, shrinks, and grows again.
            let range = step % 5_000 < 2_500 ? 400 : 40
            let number = random.below(range)
            if random.below(3) == 0 {
                places[id(number)] = nil
                expected[number] = nil
            } else {
                places[id(number)] = step
                expected[number] = step
            }
            #expect(places.count == expected.count)
            let other = random.below(400)
            if places[id(other)] != expected[other] { Issue.record("job-\(other) after \(step) steps") }
        }
        for number in 0..<400 { #expect(places[id(number)] == expected[number]) }
    }

    @Test("of none are none")
    func empty() {
        var places = JobPlaces(seed: 7)
        #expect(places[id(1)] == nil)
        places[id(1)] = nil
        places[id(1)] = 3
        places[id(1)] = 4
        #expect(places[id(1)] == 4 && places.count == 1)
        places[id(1)] = nil
        #expect(places[id(1)] == nil && places.count == 0)
    }
}
