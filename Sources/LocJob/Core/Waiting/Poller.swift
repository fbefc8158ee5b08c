/// Waits for jobs to end, any number of them: says which request to make when, so that all together keep to
/// the client's budget, and what to deliver to whom. It knows no sockets and no clock.
///
/// A wait is due at once, and then in the pauses of the client's schedule. What is due is looked at with a GetJob
/// each; or, when more than a few wait, with listings (Listing.swift) that find many at once. Who ends is
/// described by a GetJob in any case. A failure that may pass (a blip) ends no wait.
final class Poller {
    /// A request that is to be made.
    struct Look {
        let operation: Operation
        /// Of the wait that asked; -1 for a page of a listing.
        fileprivate let place: Int
        /// The wait's, or the listing's number: what it asked for may be gone when the answer comes.
        fileprivate let serial: UInt32
    }

    enum Step {
        /// Make this request, within so much time, and report what came of it with `settle`, or with `forget`.
        case look(Look, timeout: Nanoseconds)
        /// Nothing until then, unless a request is settled or a wait added.
        case sleep(until: Nanoseconds)
    }

    /// What a caller is to be told.
    struct Delivery {
        let jobID: JobID
        let tag: UInt64
        /// Nothing more comes of this wait.
        let isFinal: Bool
        /// Nil: what the request that was settled has brought.
        let failure: Failure?
    }

    private var client: ClientState
    let schedule: WaitSchedule
    var jitter: Jitter
    var waits: WaitTable
    var listing: Listing
    /// Places of the waits with these plans, in the order in which they are served.
    var due = Fifo()
    private var wanted = Fifo()
    /// How many waits have each plan.
    private var counts = [Int](repeating: 0, count: Wait.Plan.count)
    /// When all listed waits are looked at again.
    var nextListing = Duration.never
    var listings: Int64 = 0
    /// The turn in the budget that has been taken for the next request.
    private var turn: Nanoseconds?
    private var isPageNext = false
    private var lastFailure: Text?
    private var credentialFailures = 0
    private var credentialsFailedAt: Nanoseconds?
    private(set) var deliveries: [Delivery] = []

    /// Looks at the same time, so that a slow answer does not hold up all.
    private static let maximumLooks = 4
    private var looks = 0
    /// The jobs that GetJob is under way for.
    private var jobsUnderWay: [JobID] = []
    /// Times in a row that the credentials could not be had, for a wait to go on. Looks at the same time fail for
    /// the same reason: so times lie a pause of the schedule apart.
    private static let maximumCredentialFailures = 3

    init(_ client: ClientState, random: UInt64) {
        self.client = client
        schedule = client.configuration.waitSchedule
        waits = WaitTable(seed: random)
        listing = Listing(isEnabled: client.configuration.pollsWithListJobs)
        jitter = Jitter(seed: random)
    }

    deinit { giveBackTurn() }

    private func giveBackTurn() {
        if turn != nil { client.budget.giveBack() }
        turn = nil
    }

    var count: Int { waits.count }

    /// Adds a wait, to be looked at at once; by the look at its job that is under way, where requests are shared.
    func add(_ jobID: JobID, tag: UInt64, isWatching: Bool, timeout: Nanoseconds, at now: Moment) {
        let deadline = timeout == Duration.never ? timeout : Duration.sum(now.monotonic, timeout)
        let place = waits.insert(
            Wait(
                jobID, tag: tag, isWatching: isWatching, deadline: deadline, lead: WaitSchedule.lead(of: timeout)))
        count(.due, 1)
        due.append(place)
        if client.configuration.sharesRequests, jobsUnderWay.contains(jobID) { plan(place, .asked) }
    }

    /// Goes on with another state of the same client.
    func adopt(_ client: ClientState) { self.client = client }

    /// Ends the waits of a tag; returns how many.
    func cancel(tag: UInt64, _ failure: Failure) -> Int { end(waits.places { $0.tag == tag }, failure) }

    func cancelAll(_ failure: Failure) { _ = end(waits.places { _ in true }, failure) }

    /// Hands over what is to be delivered, once.
    func takeDeliveries() -> [Delivery] {
        if deliveries.isEmpty { return [] }
        let result = deliveries
        deliveries = []
        return result
    }

    private func end(_ places: [Int], _ failure: Failure) -> Int {
        for place in places { deliver(place, failure) }
        return places.count
    }

    /// Delivers to a wait; the last delivery, with a failure, or what has been settled.
    private func deliver(_ place: Int, _ failure: Failure? = nil, isFinal: Bool = true) {
        guard let wait = waits[place] else { return }
        deliveries.append(Delivery(jobID: wait.jobID, tag: wait.tag, isFinal: isFinal, failure: failure))
        guard isFinal else { return }
        count(wait.plan, -1)
        if wait.soughtBy == listing.number, listing.isUnderWay { listing.sought -= 1 }
        waits.remove(place)
    }

    func plan(_ place: Int, _ plan: Wait.Plan) {
        guard let wait = waits[place], wait.plan != plan else { return }
        count(wait.plan, -1)
        count(plan, 1)
        waits.update(place) { $0.plan = plan }
        switch plan {
        case .due: due.append(place)
        case .wanted: wanted.append(place)
        case .scheduled, .listed, .asked: break
        }
        if plan == .scheduled { return }
        // Listings take no notice of a wait's end: shortly before it the job is asked for, once.
        let isLastAhead = plan == .listed && wait.deadline != Duration.never && wait.lastLook == Duration.never
        waits.setTimer(place, isLastAhead ? Duration.difference(wait.deadline, wait.lead) : Duration.never)
    }

    private func count(_ plan: Wait.Plan, _ change: Int) { counts[Int(plan.rawValue)] += change }

    var listedCount: Int { counts[Int(Wait.Plan.listed.rawValue)] }
    private var dueCount: Int { counts[Int(Wait.Plan.due.rawValue)] }
}

// MARK: - What to do next

extension Poller {
    /// Without `canLook` only what time brings.
    func next(at now: Moment, canLook: Bool = true) -> Step {
        let time = now.monotonic
        wake(time)
        let timer = waits.firstTimer?.time ?? Duration.never
        guard canLook, looks < Self.maximumLooks else { return .sleep(until: timer) }
        let begin = nextWork(time) ?? Duration.never
        if begin > time {
            // Kept until there is work again, it would come on top of a burst.
            giveBackTurn()
            return .sleep(until: min(begin, timer))
        }
        let turn = self.turn ?? client.budget.reserve(at: time)
        self.turn = turn
        if turn > time { return .sleep(until: min(turn, timer)) }
        guard let look = chooseLook(time) else { return .sleep(until: min(Duration.sum(time, Self.breath), timer)) }
        self.turn = nil
        looks += 1
        let left = waits[look.place].map { Duration.difference($0.deadline, time) } ?? Duration.never
        return .look(look, timeout: min(client.configuration.callTimeout, max(left, 1)))
    }

    private static let breath = Duration.milliseconds(100)

    /// Waits whose time has come.
    private func wake(_ now: Nanoseconds) {
        while let (time, place) = waits.firstTimer, time <= now, let wait = waits[place] {
            if now >= wait.deadline {
                deliver(place, outOfTime(wait))
            } else {
                if wait.plan == .listed { waits.update(place) { $0.lastLook = now } }
                plan(place, .due)
                waits.setTimer(place, Duration.never)
            }
        }
    }

    private func outOfTime(_ wait: Wait) -> Failure {
        var text: Text = "the job did not end within the time of the wait"
        if wait.status != .unknown { text = "\(text); it was \(wait.status.name)" }
        if wait.hasFailed, let lastFailure { text = "\(text); the last look at it failed: \(lastFailure)" }
        return Failure(.deadlineExceeded, text)
    }

    /// When a request could be made, budget apart; nil when none is to be made.
    private func nextWork(_ now: Nanoseconds) -> Nanoseconds? {
        guard waits.count > 0 else {
            listing.stop()
            return nil
        }
        settleFifos()
        if !wanted.isEmpty { return now }
        if let page = listing.pageTime(at: now) { return due.isEmpty || holdsDue(now) ? page : now }
        if !due.isEmpty { return listing.isUnderWay && holdsDue(now) ? nil : now }
        return listedCount > 0 && !listing.isUnderWay ? nextListing : nil
    }

    /// Whether what is due waits for the next listing rather than being asked for.
    func holdsDue(_ now: Nanoseconds) -> Bool { listing.isWorthwhile(dueCount, at: now) }

    /// Takes out of the queues what is no longer planned so.
    private func settleFifos() {
        due.dropFirst { waits[$0]?.plan != .due }
        wanted.dropFirst { waits[$0]?.plan != .wanted }
    }

    private func chooseLook(_ now: Nanoseconds) -> Look? {
        if !listing.isUnderWay { beginListing(now) }
        settleFifos()
        let hasPage = listing.pageTime(at: now).map { $0 <= now } ?? false
        // One page, one job in turn: neither keeps the other from its end.
        if hasPage, isPageNext || wanted.isEmpty {
            isPageNext = false
            return Look(operation: .listJobs(listing.ask()), place: -1, serial: listing.number)
        }
        isPageNext = true
        if let place = wanted.popFirst() { return ask(place) }
        if !due.isEmpty, !(listing.isUnderWay && holdsDue(now)), let place = due.popFirst() { return ask(place) }
        return nil
    }

    private func ask(_ place: Int) -> Look? {
        guard let wait = waits[place] else { return nil }
        plan(place, .asked)
        jobsUnderWay.append(wait.jobID)
        if client.configuration.sharesRequests {
            for other in waits.places(of: wait.jobID) { plan(other, .asked) }
        }
        return Look(operation: .getJob(wait.jobID), place: place, serial: wait.serial)
    }
}

// MARK: - What came of it

extension Poller {
    /// What came of a request.
    func settle(_ look: Look, _ answer: LookAnswer, at now: Moment) {
        end(look)
        if let failure = answer.failure {
            lastFailure = failure.message
        } else {
            credentialFailures = 0
            credentialsFailedAt = nil
        }
        switch look.operation {
        case .listJobs: if look.serial == listing.number { settlePage(answer, at: now.monotonic) }
        case .getJob(let jobID):
            for place in places(of: look, jobID) { settle(place, answer, at: now.monotonic) }
        }
        if let failure = answer.failure, isOutOfCredentials(failure, at: now.monotonic) { cancelAll(failure) }
    }

    /// The request was given up: what it was to find is still to be found.
    func forget(_ look: Look) {
        end(look)
        switch look.operation {
        case .listJobs: if look.serial == listing.number { listing.forget() }
        case .getJob(let jobID):
            for place in places(of: look, jobID) where waits[place]?.plan == .asked { plan(place, .wanted) }
        }
    }

    private func end(_ look: Look) {
        looks -= 1
        guard case .getJob(let jobID) = look.operation else { return }
        if let place = jobsUnderWay.firstIndex(of: jobID) { jobsUnderWay.remove(at: place) }
    }

    private func places(of look: Look, _ jobID: JobID) -> [Int] {
        if client.configuration.sharesRequests { return waits.places(of: jobID).filter { waits[$0]?.plan == .asked } }
        return waits[look.place]?.serial == look.serial ? [look.place] : []
    }

    private func settlePage(_ answer: LookAnswer, at now: Nanoseconds) {
        guard listing.isUnderWay else { return }
        guard let failure = answer.failure else { return receive(answer.page, next: answer.nextToken, at: now) }
        if listing.fail(isRetryable: answer.isBlip, isDenied: failure.code == .accessDenied, at: now) { unlist() }
    }

    private func settle(_ place: Int, _ answer: LookAnswer, at now: Nanoseconds) {
        guard let wait = waits[place] else { return }
        if answer.status.isFinal || (answer.failure != nil && !answer.isBlip) { return deliver(place) }
        waits.update(place) { wait in
            wait.looks += 1
            wait.hasFailed = answer.failure != nil
            guard answer.failure == nil else { return }
            wait.status = answer.status
            wait.createdAt = answer.createdAt
        }
        if answer.failure == nil, wait.isWatching, wait.delivered != answer.status {
            waits.update(place) { $0.delivered = answer.status }
            deliver(place, isFinal: false)
        }
        // The next listing will meet it.
        if listedCount > 0, wait.misses == 0 { return plan(place, .listed) }
        plan(place, .scheduled)
        // What is left to come is the deadline.
        if now >= wait.lastLook { return waits.setTimer(place, Duration.never) }
        let left = wait.deadline == Duration.never ? Duration.never : Duration.difference(wait.deadline, now)
        let (pause, isLast) = schedule.delay(after: wait.looks + 1, left: left, &jitter)
        let next = Duration.sum(now, pause)
        if isLast { waits.update(place) { $0.lastLook = next } }
        waits.setTimer(place, next)
    }

    /// Credentials that cannot be had now may be had a little later; not for ever.
    private func isOutOfCredentials(_ failure: Failure, at now: Nanoseconds) -> Bool {
        if failure.code == .noCredentials || failure.code == .partialCredentials { return true }
        guard failure.code == .credentialsFailed else { return false }
        if let last = credentialsFailedAt, Duration.difference(now, last) < schedule.minimum { return false }
        credentialsFailedAt = now
        credentialFailures += 1
        return credentialFailures >= Self.maximumCredentialFailures
    }
}
