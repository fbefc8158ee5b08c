import CCore
import CPlatform

/// Gets and waits of one thread: what is behind a `locjob_queue`. It chooses which calls to make; the driver makes
/// them.
final class Queue: Handled {
    static let kind: UInt64 = 0xE1C0_573F_8B94_D62A

    private let client: Client
    private let poller: Poller
    private var gets: GetQueue
    /// Nil when a forked child could not get one of its own.
    private var driver: MultiDriver?
    /// What the poller has asked for, by the mark of its call.
    private var looks: [Poller.Look?] = []
    /// To be taken by the caller, the next one last; and those that came since that was put in order.
    private var results: [OpaquePointer?] = []
    private var newResults: [OpaquePointer?] = []
    private var finalResults = 0
    private var pollTime = Duration.never
    /// Why nothing can be added any more.
    private var closed: Code?
    /// Whether a call of this queue has taken on the refresh of credentials, and nobody is inside.
    private var isResting = false
    private var guardian = lj_guard()
    private var fork = lj_fork()

    private init(_ client: Client, _ driver: MultiDriver) {
        self.client = client
        self.driver = driver
        poller = Poller(client.state, random: System.random.0)
        gets = GetQueue(sharesRequests: client.state.configuration.sharesRequests, seed: System.random.0)
        lj_fork_start(&fork)
    }

    static func make(_ client: Client) throws(Failure) -> Queue {
        guard let driver = MultiDriver.make(client) else {
            throw Failure(.outOfMemory, "no memory or descriptors for a queue")
        }
        return Queue(client, driver)
    }

    deinit {
        renewInForkedChild()
        driver?.giveUp { _ in true }
        for result in results + newResults { Result.free(result) }
    }

    /// Runs `body` unless another thread is inside the queue, or this one is, in a callback; then nil.
    func exclusively<R>(_ body: () -> R) -> R? {
        guard lj_guard_enter(&guardian) != 0 else { return nil }
        defer { lj_guard_leave(&guardian) }
        renewInForkedChild()
        if isResting { client.state.credentials.goOn() }
        defer { restIfRefreshing() }
        return body()
    }

    /// Others need not wait for credentials until the host comes back, which may be never.
    private func restIfRefreshing() {
        let credentials = client.state.credentials
        isResting = credentials.isRefreshing && driver?.isRefreshing ?? false
        if isResting { credentials.rest(at: System.now.wallSeconds) }
    }

    /// In a forked child, leaves the parent's transfers alone and begins anew what was under way.
    @discardableResult
    private func renewInForkedChild() -> Bool {
        guard lj_fork_enter(&fork) != 0 else { return false }
        client.renewInForkedChild()
        poller.adopt(client.state)
        if let driver {
            for mark in driver.marks {
                if let look = takeLook(mark) { poller.forget(look) } else { gets.restart(mark / 2) }
            }
            Handle.leak(driver)
            driver.abandon()
        }
        driver = MultiDriver.make(client)
        callAtOnce()
        lj_fork_leave(&fork)
        return true
    }
}

// MARK: - What is to be done

extension Queue {
    enum Purpose { case get, wait, watch }

    func add(_ purpose: Purpose, _ jobID: JobID, tag: UInt64) -> Code {
        if let closed { return closed }
        if client.closing.isSignalled { return .cancelled }
        if let ended = client.state.endedJobs.find(jobID) {
            ended.withOutcome { push($0, jobID, tag: tag, isWait: purpose != .get) }
        } else if purpose == .get {
            gets.add(jobID, tag: tag)
        } else {
            poller.add(
                jobID, tag: tag, isWatching: purpose == .watch, timeout: client.state.configuration.waitTimeout,
                at: System.now)
        }
        callAtOnce()
        return .ok
    }

    /// The poller may have something to begin: the caller is to come back, also when it has results to take before.
    private func callAtOnce() {
        pollTime = 0
        driver?.setAlarm(0)
    }

    func cancel(tag: UInt64) -> Code {
        let ended = cancelGets(tag: tag) + poller.cancel(tag: tag, .cancelled)
        takeDeliveries(nil)
        if ended == 0 { return .unknownTag }
        callAtOnce()
        return .ok
    }

    /// Of a tag; nil for all.
    private func cancelGets(tag: UInt64?) -> Int {
        var abandoned: [Int] = []
        let cancelled = gets.cancel(tag: tag, abandoned: &abandoned)
        if !abandoned.isEmpty {
            driver?.giveUp { mark in mark % 2 == 0 && abandoned.contains(mark / 2) }
        }
        for (jobID, tag) in cancelled { push(.failure(.cancelled), jobID, tag: tag, isWait: false) }
        return cancelled.count
    }

    private func closeAsReleased() { close(Failure(.cancelled, "the client was released")) }

    private func close(_ failure: Failure) {
        closed = closed ?? failure.code
        var abandoned: [Int] = []
        for (jobID, tag) in gets.cancel(tag: nil, abandoned: &abandoned) {
            push(.failure(failure), jobID, tag: tag, isWait: false)
        }
        driver?.giveUp { _ in true }
        poller.cancelAll(failure)
        pollTime = Duration.never
        takeDeliveries(nil)
        // What has called for this would keep the descriptor readable.
        _ = driver?.drive(waiting: 0) { _, _ in }
    }

    /// Final results that are still to come, or to be taken.
    var pending: Int { gets.count + poller.count + finalResults }

    var descriptor: Int32 { driver?.descriptor ?? -1 }
}

// MARK: - Going on

extension Queue {
    /// The next result, after up to so many milliseconds; negative for no limit.
    func next(timeout milliseconds: Int64) -> OpaquePointer? {
        let end = milliseconds < 0
            ? Duration.never : Duration.sum(System.now.monotonic, Duration.milliseconds(milliseconds))
        var wait: Int64 = 0
        defer { driver?.setAlarm(hasResult || canStart ? 0 : nextTime) }
        while true {
            if let result = pop() { return result }
            advance(waiting: wait)
            if let result = pop() { return result }
            let now = System.now.monotonic
            if pending == 0 || now >= end { return nil }
            let until = min(end, nextTime)
            let milliseconds = max(Duration.difference(until, now), 0) / 1_000_000
            wait = until == Duration.never ? -1 : milliseconds + (until > now ? 1 : 0)
        }
    }

    /// Whether there are gets to be begun: for who comes back only when the descriptor calls.
    private var canStart: Bool {
        guard closed == nil, gets.hasNext, let driver else { return false }
        return driver.count < client.state.configuration.maxConnections
    }

    private var nextTime: Nanoseconds { min(driver?.nextTime ?? Duration.never, pollTime) }

    private func advance(waiting milliseconds: Int64) {
        if client.closing.isSignalled { return closeAsReleased() }
        start()
        guard let driver else { return close(Failure(.outOfMemory, "no memory or descriptors for a queue")) }
        if hasResult { return }
        let event = driver.drive(waiting: milliseconds) { mark, outcome in finish(mark, outcome) }
        // Told once: the descriptor would not call for it again.
        if event == .watched { return closeAsReleased() }
        // A child that was forked by a function of the host's, which has returned in it too.
        if event == .broken, renewInForkedChild() { return }
        if event == .exhausted { return close(Failure(.outOfMemory, "no memory for the network")) }
        if event == .broken { return close(Failure(.internalError, "waiting for the network is not possible")) }
        start()
    }

    /// Begins as many calls as there may be: what the poller wants first, which is kept within the budget.
    private func start() {
        guard let driver else { return }
        let limit = client.state.configuration.maxConnections
        while true {
            let step = poller.next(at: System.now, canLook: driver.count < limit)
            takeDeliveries(nil)
            guard case .look(let look, let timeout) = step else {
                if case .sleep(let until) = step { pollTime = until }
                break
            }
            let call = client.makeCall(look.operation, timeout: timeout, isPaced: true, hasTurn: true)
            driver.start(call, mark: keep(look)) { mark, outcome in finish(mark, outcome) }
        }
        // One that ends at once, without credentials say, has the caller have its result before the next is begun.
        while driver.count < limit, !hasResult, let (place, jobID) = gets.next() {
            let call = client.makeCall(
                .getJob(jobID), timeout: nil, isPaced: client.state.configuration.pacesAll, hasTurn: false)
            driver.start(call, mark: place * 2) { mark, outcome in finish(mark, outcome) }
        }
    }

    private func finish(_ mark: Int, _ outcome: Outcome) {
        if let look = takeLook(mark) {
            if case .getJob(let jobID) = look.operation { client.state.endedJobs.remember(jobID, outcome) }
            poller.settle(look, LookAnswer(outcome), at: System.now)
            takeDeliveries(outcome)
        } else if let (jobID, tags, late) = gets.finish(mark / 2) {
            client.state.endedJobs.remember(jobID, outcome)
            for tag in tags { push(outcome, jobID, tag: tag, isWait: false) }
            for tag in late {
                // Who joined it later has more time.
                if outcome.code == .deadlineExceeded {
                    gets.add(jobID, tag: tag)
                } else {
                    push(outcome, jobID, tag: tag, isWait: false)
                }
            }
        }
    }

    // Marks of gets are even, those of looks are odd.

    private func keep(_ look: Poller.Look) -> Int {
        let place = looks.firstIndex { $0 == nil } ?? looks.count
        if place == looks.count { looks.append(look) } else { looks[place] = look }
        return place * 2 + 1
    }

    private func takeLook(_ mark: Int) -> Poller.Look? {
        guard mark % 2 == 1, looks.indices.contains(mark / 2), let look = looks[mark / 2] else { return nil }
        looks[mark / 2] = nil
        return look
    }
}

// MARK: - Results

extension Queue {
    /// Makes results of what the poller has to tell; `outcome` is what has been settled.
    private func takeDeliveries(_ outcome: Outcome?) {
        for delivery in poller.takeDeliveries() {
            let failure = delivery.failure ?? Failure(.internalError, "a wait that ended for no reason")
            let told = delivery.failure == nil ? outcome ?? .failure(failure) : .failure(failure)
            push(told, delivery.jobID, tag: delivery.tag, isWait: true, isFinal: delivery.isFinal)
        }
    }

    private func push(_ outcome: Outcome, _ jobID: JobID, tag: UInt64, isWait: Bool, isFinal: Bool = true) {
        let outcome = isWait && isFinal ? outcome.ofWait : outcome
        let result = jobID.bytes.withView { Result.handle(outcome, jobID: $0, tag: tag, isFinal: isFinal) }
        if result == nil, !isFinal { return }
        newResults.append(result)
        if isFinal { finalResults += 1 }
    }

    private var hasResult: Bool { !results.isEmpty || !newResults.isEmpty }

    private func pop() -> OpaquePointer? {
        if results.isEmpty, !newResults.isEmpty {
            results = newResults.reversed()
            newResults.removeAll(keepingCapacity: true)
        }
        guard let result = results.popLast() else { return nil }
        if Result.at(result)?.pointee.isFinal ?? true { finalResults -= 1 }
        return result
    }
}
