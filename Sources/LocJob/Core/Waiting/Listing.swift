/// Looking at waiting jobs through ListJobs: whether it is worth its requests, and how far the listing under
/// way has come.
///
/// A listing asks for the jobs of one status after the other, in the order of a job's life: a job that moves on
/// meanwhile is met further on. A job that is not met is asked for on its own, whatever the reason: so nothing
/// hangs on the pages' order or on their being complete.
struct Listing {
    /// So few jobs are asked for one by one.
    static let few = 4
    private static let statuses: [JobStatus] = [.pending, .running, .cancelling]
    /// How long it is not tried again after it was denied, and after it failed otherwise.
    private static let deniedPause = Duration.milliseconds(3_600_000)
    private static let failedPause = Duration.milliseconds(600_000)
    private static let retryPause = Duration.milliseconds(2000)
    private static let maximumFailures = 3

    /// Pages that a whole listing is expected to have.
    private var expectedPages = 1
    private var endedAt: Nanoseconds?
    /// How long that is believed.
    private static let belief = Duration.milliseconds(600_000)
    private var offUntil = Nanoseconds.min
    private(set) var isUnderWay = false
    private(set) var number: UInt32 = 0
    /// Whether it is to find all waits, or just some that are new.
    private(set) var isOfAll = false
    /// How many waits it has yet to find.
    var sought = 0
    private var oldestSought: Int64?
    private var status = 0
    private var nextToken: Bytes?
    private var pages = 0
    private var isAsked = false
    private var failures = 0
    private var notBefore = Nanoseconds.min
    /// How the jobs of a status came so far: the last one's creation, and whether each was older than the one before.
    private var lastCreated: Int64?
    private var isNewestFirst = true

    let isEnabled: Bool

    init(isEnabled: Bool) { self.isEnabled = isEnabled }

    /// Whether a listing for so many waits is cheaper than asking for each one.
    func isWorthwhile(_ waits: Int, at now: Nanoseconds) -> Bool {
        let isKnown = endedAt.map { Duration.difference(now, $0) < Self.belief } ?? false
        return isEnabled && now >= offUntil && waits > Self.few && (!isKnown || waits >= 2 * expectedPages)
    }

    /// `earliest` is the first status that one of the waits may have, `oldest` the creation of the oldest job;
    /// nil when that is not known of all.
    mutating func begin(sought: Int, isOfAll: Bool, from earliest: JobStatus, oldest: Int64?) {
        number &+= 1
        if number == 0 { number = 1 }
        isUnderWay = true
        self.sought = sought
        self.isOfAll = isOfAll
        oldestSought = oldest
        status = Self.statuses.firstIndex { $0 == earliest } ?? 0
        pages = 0
        failures = 0
        notBefore = .min
        beginStatus()
    }

    private mutating func beginStatus() {
        nextToken = nil
        lastCreated = nil
        isNewestFirst = true
        isAsked = false
    }

    /// Nobody waits any more.
    mutating func stop() { isUnderWay = false }

    /// When the next page may be asked for; nil while one is on its way, or there is none.
    func pageTime(at now: Nanoseconds) -> Nanoseconds? { isUnderWay && !isAsked ? max(notBefore, now) : nil }

    /// The page to ask for.
    mutating func ask() -> JobListing {
        isAsked = true
        pages += 1
        return .page(of: Self.statuses[min(status, Self.statuses.count - 1)], after: nextToken)
    }

    /// The page that was asked for will not come.
    mutating func forget() {
        if isAsked { pages -= 1 }
        isAsked = false
    }

    /// A page has come. Returns whether the listing has ended.
    mutating func receive(_ jobs: [ListedJob], next: Bytes?, at now: Nanoseconds) -> Bool {
        isAsked = false
        failures = 0
        for job in jobs {
            if let lastCreated, let createdAt = job.createdAt, createdAt > lastCreated { isNewestFirst = false }
            lastCreated = job.createdAt ?? lastCreated
        }
        if sought <= 0 { return end(expecting: pages, now) }
        // What follows is older still.
        let isBehind = isNewestFirst && lastCreated.map { last in oldestSought.map { last < $0 } ?? false } ?? false
        // The token that was asked with would bring the same page for ever.
        if let next, !isBehind, !jobs.isEmpty, next != nextToken {
            nextToken = next
        } else if status + 1 < Self.statuses.count {
            status += 1
            beginStatus()
        } else {
            return end(expecting: pages, now)
        }
        // From here on asking for each one is cheaper.
        return pages >= max(sought, Self.few) ? end(expecting: 2 * pages, now) : false
    }

    /// A page could not be had. Returns whether the listing has ended with that.
    mutating func fail(isRetryable: Bool, isDenied: Bool, at now: Nanoseconds) -> Bool {
        isAsked = false
        failures += 1
        if isRetryable, failures < Self.maximumFailures {
            pages -= 1
            notBefore = Duration.sum(now, Self.retryPause)
            return false
        }
        offUntil = Duration.sum(now, isDenied ? Self.deniedPause : Self.failedPause)
        isUnderWay = false
        return true
    }

    private mutating func end(expecting pages: Int, _ now: Nanoseconds) -> Bool {
        // Of a listing of some, only that it may take more than was thought.
        expectedPages = isOfAll ? pages : max(expectedPages, pages)
        endedAt = now
        isUnderWay = false
        return true
    }
}
