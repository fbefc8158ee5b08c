import Testing

@testable import LocJob

/// What the poller asks for and delivers, step by step.
@Suite("A poller")
struct PollerTests {
    /// A poller whose requests are answered by hand.
    final class Hand {
        let poller: Poller
        let client: ClientState
        var now: Nanoseconds = 0
        var moment: Moment { Moment(monotonic: now, wallSeconds: 0) }

        init(_ settings: [String: String] = [:]) throws {
            client = try .make(settings)
            poller = Poller(client, random: 5)
        }

        func add(_ id: String, tag: UInt64 = 0, isWatching: Bool = false, seconds: Int64? = nil) throws {
            let timeout = seconds.map { Duration.milliseconds($0 * 1000) } ?? Duration.never
            poller.add(try id.withView { try JobID($0) }, tag: tag, isWatching: isWatching, timeout: timeout, at: moment)
        }

        func pass(_ seconds: Int64) { now = Duration.sum(now, Duration.milliseconds(seconds * 1000)) }

        /// All looks that may be made now.
        func looks() -> [Poller.Look] {
            var looks: [Poller.Look] = []
            while case .look(let look, _) = poller.next(at: moment) { looks.append(look) }
            return looks
        }

        var sleep: Nanoseconds? {
            guard case .sleep(let until) = poller.next(at: moment) else { return nil }
            return until
        }

        func settle(_ look: Poller.Look, _ status: JobStatus) { settle(look, LookAnswer(status: status)) }
        func settle(_ look: Poller.Look, _ answer: LookAnswer) { poller.settle(look, answer, at: moment) }
        func told() -> [(tag: UInt64, isFinal: Bool, code: Code?)] {
            poller.takeDeliveries().map { ($0.tag, $0.isFinal, $0.failure?.code) }
        }
    }

    static let blip = LookAnswer(failure: Failure(.throttled, "slow down"), isBlip: true)
    static let noCredentials = LookAnswer(failure: Failure(.credentialsFailed, "gone"), isBlip: true)

    @Test("with nothing waiting sleeps for ever")
    func nothing() throws { #expect(try Hand().sleep == Duration.never) }

    @Test("takes the largest tag and time-out")
    func extremes() throws {
        let hand = try Hand()
        hand.now = .max - 5
        try hand.add("a", tag: .max, seconds: .max / 1000)
        let look = try #require(hand.looks().first)
        hand.settle(look, .running)
        #expect(hand.sleep == Duration.never)
        #expect(hand.poller.cancel(tag: .max, .cancelled) == 1)
        #expect(hand.told().map(\.tag) == [.max])
    }

    @Test("shares a look with a wait that comes while it is under way", arguments: [true, false])
    func shared(shares: Bool) throws {
        let hand = try Hand(["share_requests": shares ? "true" : "false"])
        try hand.add("a", tag: 1)
        let first = hand.looks()
        try hand.add("a", tag: 2)
        let second = hand.looks()
        #expect(first.count == 1 && second.count == (shares ? 0 : 1))
        hand.settle(first[0], .completed)
        #expect(hand.told().map(\.tag).sorted() == (shares ? [1, 2] : [1]))
        for look in second { hand.settle(look, .completed) }
        #expect(hand.told().map(\.tag) == (shares ? [] : [2]))
        #expect(hand.poller.count == 0)
    }

    @Test("does not ask again for a job whose waiter was cancelled while a look was under way")
    func cancelledAndBack() throws {
        let hand = try Hand()
        try hand.add("a", tag: 1)
        let look = try #require(hand.looks().first)
        #expect(hand.poller.cancel(tag: 1, .cancelled) == 1)
        try hand.add("a", tag: 2)
        #expect(hand.looks().isEmpty)
        hand.settle(look, .completed)
        #expect(hand.told().map(\.tag) == [1, 2])
    }

    @Test("asks again for what was forgotten, and not for a wait that has gone")
    func forgotten() throws {
        let hand = try Hand(["share_requests": "false"])
        try hand.add("a", tag: 1)
        let look = try #require(hand.looks().first)
        hand.poller.forget(look)
        let again = try #require(hand.looks().first)
        _ = hand.poller.cancel(tag: 1, .cancelled)
        try hand.add("b", tag: 2)
        // The place is the same, the wait is not.
        hand.settle(again, .completed)
        #expect(hand.told().map(\.tag) == [1])
        #expect(hand.poller.count == 1)
        #expect(hand.looks().count == 1)
    }

    @Test("takes one last look before the end, and none after it")
    func lastLook() throws {
        let hand = try Hand()
        try hand.add("a", seconds: 100)
        hand.settle(try #require(hand.looks().first), .running)
        let last = try #require(hand.sleep)
        #expect(last == Duration.milliseconds(95_000))
        hand.now = last
        hand.settle(try #require(hand.looks().first), .running)
        #expect(hand.sleep == Duration.milliseconds(100_000))
        hand.pass(5)
        #expect(hand.looks().isEmpty)
        #expect(hand.told().map(\.code) == [.deadlineExceeded])
    }

    @Test("ends at the deadline in every state", arguments: 0..<4)
    func deadline(state: Int) throws {
        let hand = try Hand()
        for number in 0..<(state == 3 ? 10 : 1) { try hand.add("job-\(number)", tag: UInt64(number), seconds: 30) }
        var looks: [Poller.Look] = []
        if state > 0 { looks = hand.looks() }
        if state == 2 { hand.settle(looks[0], .running) }
        hand.pass(30)
        if state != 2 { #expect(hand.sleep == Duration.never) } else { _ = hand.looks() }
        #expect(hand.told().allSatisfy { $0.isFinal && $0.code == .deadlineExceeded })
        #expect(hand.poller.count == 0)
        if state == 1 || state == 3 { for look in looks { hand.settle(look, .completed) } }
        #expect(hand.told().isEmpty)
        #expect(hand.sleep == Duration.never)
    }

    @Test("delivers to a watch every status once, also one that is not known")
    func watching() throws {
        let hand = try Hand()
        try hand.add("a", isWatching: true)
        var told: [Bool] = []
        for status in [JobStatus.unknown, .unknown, .pending, .running, .running, .cancelling, .cancelled] {
            for look in hand.looks() { hand.settle(look, status) }
            told += hand.told().map(\.isFinal)
            if hand.poller.count > 0 { hand.now = try #require(hand.sleep) }
        }
        #expect(told == [false, false, false, false, true])
    }

    @Test("gives up on credentials that fail three times, looks at the same time being one")
    func credentials() throws {
        let hand = try Hand(["poll_with_list_jobs": "false"])
        for number in 0..<4 { try hand.add("job-\(number)", tag: UInt64(number)) }
        for round in 1...3 {
            let looks = hand.looks()
            #expect(looks.count == 4)
            for look in looks { hand.settle(look, Self.noCredentials) }
            #expect(hand.poller.count == (round < 3 ? 4 : 0))
            hand.pass(130)
        }
        #expect(hand.told().filter { $0.code == .credentialsFailed }.count == 4)
    }

    @Test("is not confused by a page of a listing that nobody wants any more", arguments: [true, false])
    func oldPage(isForgotten: Bool) throws {
        let hand = try Hand()
        for number in 0..<10 { try hand.add("old-\(number)", tag: 1) }
        let old = try #require(hand.looks().first)
        _ = hand.poller.cancel(tag: 1, .cancelled)
        _ = hand.sleep
        for number in 0..<10 { try hand.add("new-\(number)", tag: 2) }
        hand.pass(10)
        let new = try #require(hand.looks().first)
        guard case .listJobs = new.operation else { Issue.record("no listing"); return }
        if isForgotten { hand.poller.forget(old) } else { hand.settle(old, LookAnswer(page: [], nextToken: [1])) }
        // The page of the new listing is still under way: there is nothing more to ask for.
        #expect(hand.looks().isEmpty)
    }

    @Test("lets no request pile up while nothing waits")
    func burst() throws {
        let hand = try Hand(["poll_with_list_jobs": "false"])
        for number in 0..<6 { try hand.add("job-\(number)") }
        for look in hand.looks() { hand.settle(look, .completed) }
        _ = hand.looks()
        hand.poller.cancelAll(.cancelled)
        _ = hand.sleep
        hand.pass(3600)
        var count = 0
        for number in 0..<9 { try hand.add("more-\(number)") }
        for _ in 0..<9 { for look in hand.looks() { count += 1; hand.settle(look, .completed) } }
        #expect(count == 4)
    }

    @Test("keeps its promises whatever happens", arguments: 0..<60 as Range<UInt64>)
    func random(seed: UInt64) throws {
        var random = SeededRandom(seed)
        let shares = seed % 2 == 0
        let hand = try Hand(["share_requests": shares ? "true" : "false", "wait_min_delay_ms": seed % 3 == 0 ? "1" : "5000"])
        var underWay: [Poller.Look] = []
        var finals: [UInt64: Int] = [:]
        var tag: UInt64 = 0
        let statuses: [JobStatus] = [.pending, .running, .running, .running, .cancelling, .completed, .failed, .unknown]
        func take() {
            for each in hand.told() where each.isFinal { finals[each.tag, default: 0] += 1 }
        }
        func answer(_ look: Poller.Look) -> LookAnswer {
            switch random.below(12) {
            case 0: return Self.blip
            case 1 where random.below(8) == 0: return LookAnswer(failure: Failure(.accessDenied, "no"))
            default: break
            }
            guard case .listJobs = look.operation else {
                return LookAnswer(status: statuses[random.below(8)], createdAt: Int64(random.below(50)))
            }
            // Pages that may be anything.
            let page = (0..<random.below(20)).map { _ in
                ListedJob(
                    jobID: Array(text: "job-\(random.below(60))"), status: statuses[random.below(8)],
                    createdAt: random.below(3) == 0 ? nil : Int64(random.below(50)))
            }
            return LookAnswer(page: page, nextToken: random.below(2) == 0 ? Array(text: "\(random.below(3))") : nil)
        }
        for step in 0..<800 {
            if step < 600 {
                for _ in 0..<random.below(4) {
                    tag += 1
                    try hand.add(
                        "job-\(random.below(40))", tag: tag, isWatching: random.below(4) == 0,
                        seconds: random.below(2) == 0 ? Int64(random.below(900)) : nil)
                }
            }
            if random.below(6) == 0 { _ = hand.poller.cancel(tag: UInt64(random.below(Int(tag) + 1)), .cancelled) }
            if random.below(200) == 0 { hand.poller.cancelAll(.cancelled) }
            take()
            let looks = hand.looks()
            underWay += looks
            take()
            #expect(underWay.count <= 4)
            let gets: [JobID] = underWay.compactMap { if case .getJob(let id) = $0.operation { id } else { nil } }
            if shares { #expect(Set(gets.map(\.bytes)).count == gets.count) }
            #expect(underWay.count - gets.count <= 2)
            let sleep = try #require(hand.sleep)
            #expect(sleep > hand.now)
            #expect(hand.poller.count > 0 || sleep == Duration.never)
            // What waits is looked at some time.
            if hand.poller.count > 0, underWay.isEmpty { #expect(sleep < Duration.never) }
            if !underWay.isEmpty, random.below(3) > 0 {
                let look = underWay.remove(at: random.below(underWay.count))
                if random.below(10) == 0 { hand.poller.forget(look) } else { hand.settle(look, answer(look)) }
                take()
            } else if sleep != Duration.never, random.below(3) > 0 {
                hand.now = sleep
            } else {
                hand.now += Int64(random.below(2_000_000_000))
            }
            #expect(finals.count + hand.poller.count == Int(tag))
        }
        hand.poller.cancelAll(.cancelled)
        take()
        #expect(finals.count == Int(tag) && finals.values.allSatisfy { $0 == 1 })
    }

    @Test("asks far less often for many jobs than for each one", arguments: [1, 4, 5, 20, 100, 1000])
    func requests(waits: Int) throws {
        let service = SimulatedService((0..<waits).map { SimulatedService.Job(id: "job-\($0)", created: 0, running: 3600) })
        let play = try PollerPlay(service)
        for job in service.jobs { try play.wait(job.id) }
        play.run(until: 3599)
        let mean = Double(service.requests) / Double(waits)
        print("\(waits) waits: \(mean) requests each in an hour")
        // 40 looks of a job of its own; a listing that all share has a page of each status for 100 jobs.
        #expect(service.overQuota == 0)
        if waits <= 4 { #expect((35...45).contains(mean)) }
        if waits >= 100 { #expect(mean <= 4) }
        play.run(until: 4500)
        #expect(play.delivered.count == waits)
    }

    @Test("misses no end, where ListJobs is denied or leaves jobs out", arguments: [true, false], [0, 1, 3])
    func unreliableLists(isDenied: Bool, hidesOneOf: Int) throws {
        let service = SimulatedService((0..<50).map {
            SimulatedService.Job(id: "job-\($0)", created: -Double($0), running: 300 + 40 * Double($0))
        })
        service.isListDenied = isDenied
        service.hidesOneOf = hidesOneOf
        let play = try PollerPlay(service)
        for (number, job) in service.jobs.enumerated() { try play.wait(job.id, tag: UInt64(number)) }
        play.run(until: 3600)
        #expect(play.delivered.count == 50 && Set(play.delivered.map(\.tag)).count == 50)
        #expect(play.delivered.allSatisfy { $0.isFinal && $0.answer?.status == .completed })
        #expect(play.delivered.allSatisfy { each in each.at - (service.job(each.id)?.end ?? 0) < 260 })
        #expect(service.overQuota == 0)
        if isDenied { #expect(service.lists <= 1) }
    }
}
