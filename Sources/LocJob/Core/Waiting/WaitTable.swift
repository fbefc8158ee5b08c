/// One caller's wait for a job.
struct Wait {
    let jobID: JobID
    /// The caller's mark.
    let tag: UInt64
    /// Whether changes of the status are delivered too, not the end alone.
    let isWatching: Bool
    /// When its time is over; `Duration.never` for never.
    let deadline: Nanoseconds
    /// How long before that a last look is taken.
    let lead: Nanoseconds
    /// Tells waits in the same place, one after the other, apart.
    fileprivate(set) var serial: UInt32 = 0

    /// Looks at the job so far.
    var looks: Int64 = 0
    /// As seen last.
    var status = JobStatus.unknown
    /// As delivered last; nil before the first delivery.
    var delivered: JobStatus?
    /// Seconds since 1970; nil until it is known.
    var createdAt: Int64?
    /// What comes next.
    var plan = Plan.due
    /// The listing that is to find it; 0 for none.
    var soughtBy: UInt32 = 0
    /// Listings in a row that did not find it, though it went on.
    var misses: UInt8 = 0
    /// Whether the last look failed.
    var hasFailed = false
    /// When the last look is due, shortly before the time is over; never until that is known.
    var lastLook = Duration.never

    enum Plan: UInt8 {
        /// A look is due.
        case due
        /// A look of its own is due at its time.
        case scheduled
        /// It is found by the listings that all such waits share.
        case listed
        /// GetJob is asked for it as soon as the budget allows.
        case wanted
        /// GetJob has been asked for it.
        case asked

        static let count = 5
    }

    init(_ jobID: JobID, tag: UInt64, isWatching: Bool, deadline: Nanoseconds, lead: Nanoseconds = 0) {
        self.jobID = jobID
        self.tag = tag
        self.isWatching = isWatching
        self.deadline = deadline
        self.lead = lead
    }
}

/// The waits of a poller: by place, by job and by time.
struct WaitTable {
    private struct Place {
        var wait: Wait?
        /// Other waits for the same job; -1 for none.
        var next = -1
        var previous = -1
    }

    private var places: [Place] = []
    private var free: [Int] = []
    private var firstOfJob: JobPlaces
    private var timers = TimerHeap()
    private var lastSerial: UInt32 = 0
    private(set) var count = 0

    /// `seed` is to be random.
    init(seed: UInt64 = 0) { firstOfJob = JobPlaces(seed: seed) }

    /// The wait at a place; nil when it is gone.
    subscript(place: Int) -> Wait? { places.indices.contains(place) ? places[place].wait : nil }

    /// Changes a wait; does nothing when it is gone.
    mutating func update(_ place: Int, _ change: (inout Wait) -> Void) {
        guard var wait = self[place] else { return }
        change(&wait)
        places[place].wait = wait
    }

    mutating func insert(_ wait: Wait) -> Int {
        var wait = wait
        lastSerial &+= 1
        wait.serial = lastSerial
        let place = free.popLast() ?? places.count
        let entry = Place(wait: wait, next: firstOfJob[wait.jobID] ?? -1)
        if place == places.count { places.append(entry) } else { places[place] = entry }
        if entry.next >= 0 { places[entry.next].previous = place }
        firstOfJob[wait.jobID] = place
        timers.set(place, wait.deadline)
        count += 1
        return place
    }

    mutating func remove(_ place: Int) {
        guard let wait = self[place] else { return }
        let (next, previous) = (places[place].next, places[place].previous)
        if next >= 0 { places[next].previous = previous }
        if previous >= 0 {
            places[previous].next = next
        } else {
            firstOfJob[wait.jobID] = next < 0 ? nil : next
        }
        timers.remove(place)
        places[place] = Place()
        free.append(place)
        count -= 1
    }

    /// The places of all waits for a job.
    func places(of jobID: JobID) -> [Int] {
        var result: [Int] = []
        var place = firstOfJob[jobID] ?? -1
        while place >= 0 {
            result.append(place)
            place = places[place].next
        }
        return result
    }

    /// The places of all waits that fulfil a condition, in the order of their places.
    func places(where holds: (Wait) -> Bool) -> [Int] {
        var result: [Int] = []
        for place in places.indices {
            if let wait = places[place].wait, holds(wait) { result.append(place) }
        }
        return result
    }

    /// The next time at which something is to be done for a wait.
    var firstTimer: (time: Nanoseconds, place: Int)? { timers.first.map { ($0.time, $0.item) } }

    /// Sets that time; a wait's deadline comes at the latest.
    mutating func setTimer(_ place: Int, _ time: Nanoseconds) {
        guard let wait = self[place] else { return }
        timers.set(place, min(time, wait.deadline))
    }
}
