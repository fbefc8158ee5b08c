import Testing

@testable import LocJob

@Suite("A queue of gets")
struct GetQueueTests {
    private func id(_ number: Int) -> JobID { try! "job-\(number)".withView { try JobID($0) } }

    @Test("brings each get to one end, and equal ones with one request", arguments: 1...30 as ClosedRange<UInt64>)
    func model(seed: UInt64) {
        var random = SeededRandom(seed)
        let shares = seed % 2 == 0
        var queue = GetQueue(sharesRequests: shares)
        var open: [UInt64: JobID] = [:]
        var underWay: [Int: JobID] = [:]
        for tag in 0..<1000 as Range<UInt64> {
            switch random.below(8) {
            case 0, 1, 2:
                open[tag] = id(random.below(15))
                queue.add(open[tag]!, tag: tag)
            case 3, 4:
                let hadNext = queue.hasNext
                if let next = queue.next() {
                    #expect(hadNext)
                    #expect(underWay[next.place] == nil)
                    if shares { #expect(!underWay.values.contains(next.jobID)) }
                    underWay[next.place] = next.jobID
                }
            case 5:
                guard let place = underWay.keys.sorted().randomElement(using: &random) else { continue }
                if random.below(4) == 0 {
                    queue.restart(place)
                } else if let finished = queue.finish(place) {
                    #expect(finished.jobID == underWay[place])
                    for tag in finished.tags + finished.late { #expect(open.removeValue(forKey: tag) == finished.jobID) }
                } else {
                    Issue.record("nobody wanted it")
                }
                underWay[place] = nil
            case 6:
                var abandoned: [Int] = []
                let all = random.below(50) == 0
                let wanted = UInt64(random.below(Int(tag) + 1))
                for (job, tag) in queue.cancel(tag: all ? nil : wanted, abandoned: &abandoned) {
                    #expect(open.removeValue(forKey: tag) == job)
                }
                #expect(all ? open.isEmpty : open[wanted] == nil)
                for place in abandoned { #expect(underWay.removeValue(forKey: place) != nil) }
            default: #expect(queue.finish(-1) == nil && queue.finish(.max) == nil)
            }
            #expect(queue.count == open.count && queue.isEmpty == open.isEmpty)
        }
        // None is lost.
        for place in underWay.keys { for tag in queue.finish(place).map({ $0.tags + $0.late }) ?? [] { open[tag] = nil } }
        while let next = queue.next() { for tag in queue.finish(next.place).map({ $0.tags + $0.late }) ?? [] { open[tag] = nil } }
        #expect(open.isEmpty && queue.isEmpty)
    }

    @Test("tells who joined a get after it was begun")
    func late() throws {
        var queue = GetQueue(sharesRequests: true)
        let jobID = try "a-job".withView { try JobID($0) }
        for tag in [1, 2] as [UInt64] { queue.add(jobID, tag: tag) }
        let next = queue.next()
        let begun = try #require(next)
        for tag in [3, 4, 5] as [UInt64] { queue.add(jobID, tag: tag) }
        var abandoned: [Int] = []
        for tag in [1, 4] as [UInt64] { _ = queue.cancel(tag: tag, abandoned: &abandoned) }
        let ended = queue.finish(begun.place)
        let finished = try #require(ended)
        #expect(finished.tags == [2] && finished.late == [3, 5] && abandoned.isEmpty && queue.isEmpty)
    }
}
