import Testing

@testable import LocJob

/// A poller on a simulated clock, which asks a simulated service; keeps what was delivered and when.
final class PollerPlay {
    struct Delivered {
        var tag: UInt64
        var id: String
        var isFinal: Bool
        var failure: Failure?
        /// What the request said that brought it.
        var answer: LookAnswer?
        var at: Double
    }

    let client: ClientState
    let poller: Poller
    let service: SimulatedService
    private(set) var delivered: [Delivered] = []
    /// Requests under way: when they are answered or, before an attempt, made; and with what.
    private var underWay: [(time: Nanoseconds, look: Poller.Look, attempts: Int, answer: LookAnswer?)] = []
    private var random = SeededRandom(11)
    private(set) var now: Nanoseconds = 0
    private let latency = Duration.milliseconds(50)
    /// What was asked for, in order.
    private(set) var log: [String] = []
    private(set) var mostUnderWay = 0

    init(_ service: SimulatedService, _ settings: [String: String] = [:], random: UInt64 = 1) throws {
        self.service = service
        client = try .make(settings)
        poller = Poller(client, random: random)
    }

    var seconds: Double { Double(now) / 1e9 }

    private var moment: Moment { Moment(monotonic: now, wallSeconds: Conversation.wallSeconds + now / 1_000_000_000) }

    func wait(_ id: String, tag: UInt64 = 0, isWatching: Bool = false, seconds: Double? = nil) throws {
        let jobID = try id.withView { try JobID($0) }
        let timeout = seconds.map { Nanoseconds($0 * 1e9) } ?? client.configuration.waitTimeout
        poller.add(jobID, tag: tag, isWatching: isWatching, timeout: timeout, at: moment)
    }

    /// Goes on until nothing waits, or the clock shows so many seconds.
    func run(until end: Double) {
        let end = Nanoseconds(end * 1e9)
        while true {
            settle()
            take(nil)
            var pause = Duration.never
            if poller.count > 0 {
                switch poller.next(at: moment) {
                case .look(let look, _):
                    begin(look)
                    take(nil)
                    continue
                case .sleep(let until):
                    pause = until
                }
                take(nil)
            }
            let next = min(pause, underWay.map { $0.time }.min() ?? Duration.never)
            if next > end || (poller.count == 0 && underWay.isEmpty) {
                now = poller.count == 0 && underWay.isEmpty ? now : end
                return
            }
            // It must not ask to be called again at once, with nothing to do.
            #expect(next > now)
            now = max(next, now + 1)
        }
    }

    private func begin(_ look: Poller.Look) {
        var name = "?"
        switch look.operation {
        case .getJob(let jobID): name = "get \(jobID.bytes.text)"
        case .listJobs(let listing): name = "list \(listing.status?.text ?? "") \(listing.nextToken?.text ?? "")"
        }
        log.append(name)
        send(look, attempts: 1)
    }

    private func send(_ look: Poller.Look, attempts: Int) {
        let answer = service.answer(look.operation, at: seconds)
        client.budget.record(isThrottled: answer.failure?.code == .throttled, at: now)
        underWay.append((now + latency, look, attempts, answer))
        mostUnderWay = max(mostUnderWay, underWay.count)
    }

    /// What has been answered is reported; a call tries three times, as the standard mode does.
    private func settle() {
        for (index, each) in underWay.enumerated().reversed() where each.time <= now {
            underWay.remove(at: index)
            guard let answer = each.answer else {
                send(each.look, attempts: each.attempts)
                continue
            }
            if answer.failure?.code == .throttled, each.attempts < 3 {
                let pause = Nanoseconds(random.below(1_000_000_000 << each.attempts))
                underWay.append((client.budget.reserve(at: now + pause), each.look, each.attempts + 1, nil))
                continue
            }
            poller.settle(each.look, answer, at: moment)
            take(answer)
        }
    }

    private func take(_ answer: LookAnswer?) {
        for each in poller.takeDeliveries() {
            delivered.append(Delivered(
                tag: each.tag, id: each.jobID.bytes.text, isFinal: each.isFinal, failure: each.failure,
                answer: each.failure == nil ? answer : nil, at: seconds))
        }
    }
}
