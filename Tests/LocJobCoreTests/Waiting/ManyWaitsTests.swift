import Testing

@testable import LocJob

/// An hour with ten thousand jobs, under the service's quota, in a simulation.
struct ManyWaitsTests {
    private static let count = 10_000

    /// Jobs that were begun over the hour before, and end over the hour to come.
    private func service() -> SimulatedService {
        var random = SeededRandom(3)
        return SimulatedService((0..<Self.count).map { number in
            var job = SimulatedService.Job(id: "job-\(number)", created: -Double(random.below(3600)))
            job.pending = Double(random.below(4000))
            job.running = max(Double(60 + random.below(3300)) - job.created - job.pending, 10)
            switch random.below(20) {
            case 0: job.final = .failed
            case 1:
                job.final = .cancelled
                job.cancelling = Double(random.below(300))
            default: break
            }
            return job
        })
    }

    @Test(arguments: [0, 40])
    func anHour(throttlesOneOf: Int) throws {
        let service = service()
        service.throttlesOneOf = throttlesOneOf
        let play = try PollerPlay(service)
        for (number, job) in service.jobs.enumerated() { try play.wait(job.id, tag: UInt64(number)) }
        play.run(until: 5400)

        // None is missed, none comes twice, and each is told as it ended.
        #expect(play.delivered.count == Self.count)
        #expect(Set(play.delivered.map(\.tag)).count == Self.count)
        for each in play.delivered {
            let job = try #require(service.job(each.id))
            #expect(each.isFinal && each.answer?.status == job.final)
            #expect(each.at >= job.end)
        }
        #expect(service.askedAfterEnd == 0)
        // The quota is kept without the service's help.
        #expect(service.overQuota == 0)
        #expect(play.mostUnderWay <= 4)

        // A round costs a hundred pages instead of ten thousand requests.
        let lookedAt = service.jobs.reduce(0.0) { $0 + max($1.end, 0) / 90 }
        #expect(Double(service.lists) * 50 < lookedAt)
        let delays = play.delivered.map { each in each.at - max(service.job(each.id)?.end ?? 0, 0) }.sorted()
        let median = delays[delays.count / 2]
        // Two rounds of two minutes at the most.
        #expect(median < 240)
        print("one of \(throttlesOneOf) throttled: \(service.gets) gets, \(service.lists) pages, median delay \(median) s, longest \(delays.last ?? 0) s, end at \(play.seconds) s")
    }
}

/// Jobs that end between the last listing of a wait and its deadline are seen even so.
struct LastLookTests {
    @Test func beforeTheDeadlineOfListedWaits() throws {
        let service = SimulatedService((0..<10).map { number in
            var job = SimulatedService.Job(id: "job-\(number)", created: 0)
            job.running = number < 8 ? 90 : 1000
            return job
        })
        let play = try PollerPlay(service)
        for number in 0..<10 { try play.wait("job-\(number)", tag: UInt64(number), seconds: 100) }
        play.run(until: 200)
        #expect(service.lists > 0)
        for each in play.delivered {
            #expect(each.tag < 8 ? each.answer?.status == .completed : each.failure?.code == .deadlineExceeded)
            #expect(each.at <= 100)
        }
        #expect(play.delivered.count == 10)
        #expect(service.askedAfterEnd == 0)
    }
}

/// Watches among many waits learn of changes from the pages, and are told what GetJob says of them.
struct ManyWatchesTests {
    @Test func everyStatusOnceInOrder() throws {
        let service = SimulatedService((0..<200).map { number in
            var job = SimulatedService.Job(id: "job-\(number)", created: 0)
            // Longer than two rounds each, so that no status is over before anybody looks.
            job.pending = 300 + Double(number)
            job.running = 400
            job.cancelling = number % 3 == 0 ? 300 : 0
            job.final = number % 3 == 0 ? .cancelled : .completed
            return job
        })
        let play = try PollerPlay(service)
        for number in 0..<200 { try play.wait("job-\(number)", tag: UInt64(number), isWatching: number % 2 == 0) }
        play.run(until: 3600)

        for number in 0..<200 {
            let told = play.delivered.filter { $0.tag == number }
            let whole: [JobStatus] = number % 3 == 0 ? [.pending, .running, .cancelling, .cancelled] : [.pending, .running, .completed]
            #expect(told.map { $0.answer?.status } == (number % 2 == 0 ? whole : Array(whole.suffix(1))))
            #expect(told.map(\.isFinal) == told.indices.map { $0 == told.count - 1 })
        }
        #expect(service.lists > 0)
        // One for each change that is told, and no more.
        #expect(service.gets == play.delivered.count)
    }
}
