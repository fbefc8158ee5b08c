// How a poller looks at many jobs at once; whether that is worth it, and how far it has come, is Listing.swift's.

extension Poller {
    /// Begins a listing where that is worth it; else what is listed is asked for from now on.
    func beginListing(_ now: Nanoseconds) {
        let isTime = listedCount > 0 && now >= nextListing
        let isFirst = listedCount == 0
        guard isTime || !due.isEmpty else { return }
        if isTime || isFirst {
            guard listing.isWorthwhile(waits.count, at: now) else {
                if isTime { unlist() }
                return
            }
            seek(waits.places { $0.plan != .asked && $0.plan != .wanted && $0.misses < 2 }, isOfAll: true, now)
        } else if holdsDue(now) {
            seek(waits.places { $0.plan == .due && $0.misses < 2 }, isOfAll: false, now)
        }
    }

    private func seek(_ places: [Int], isOfAll: Bool, _ now: Nanoseconds) {
        guard listing.isWorthwhile(places.count, at: now) else {
            if isOfAll, listedCount > 0 { unlist() }
            return
        }
        var earliest = JobStatus.cancelling
        var oldest: Int64? = .max
        for place in places {
            guard let wait = waits[place] else { continue }
            switch wait.status {
            case .cancelling: break
            case .running: if earliest == .cancelling { earliest = .running }
            default: earliest = .pending
            }
            oldest = wait.createdAt.flatMap { created in oldest.map { min($0, created) } }
        }
        listing.begin(sought: places.count, isOfAll: isOfAll, from: earliest, oldest: oldest)
        for place in places {
            plan(place, .listed)
            waits.update(place) { $0.soughtBy = listing.number }
        }
        if isOfAll {
            listings += 1
            let (pause, _) = schedule.delay(after: listings, left: Duration.never, &jitter)
            nextListing = Duration.sum(now, pause)
        } else if nextListing == Duration.never {
            nextListing = Duration.sum(now, schedule.minimum)
        }
    }

    /// All that is listed is due, and asked for one by one.
    func unlist() {
        for place in waits.places(where: { $0.plan == .listed }) {
            waits.update(place) { $0.soughtBy = 0 }
            plan(place, .due)
        }
        nextListing = Duration.never
        listings = 0
    }

    func receive(_ page: [ListedJob], next: Bytes?, at now: Nanoseconds) {
        for job in page {
            guard let jobID = JobID(known: job.jobID) else { continue }
            for place in waits.places(of: jobID) { meet(place, job) }
        }
        if listing.receive(page, next: next, at: now) { endListing() }
    }

    private func meet(_ place: Int, _ job: ListedJob) {
        guard let wait = waits[place] else { return }
        if listing.isUnderWay, wait.soughtBy == listing.number { listing.sought -= 1 }
        waits.update(place) { wait in
            wait.soughtBy = 0
            wait.misses = 0
            wait.looks += 1
            wait.hasFailed = false
            wait.status = job.status
            wait.createdAt = job.createdAt ?? wait.createdAt
        }
        if wait.plan == .asked || wait.plan == .wanted { return }
        // A change, for who wants to know, and an end are described by GetJob.
        plan(place, job.status.isFinal || (wait.isWatching && wait.delivered != job.status) ? .wanted : .listed)
    }

    /// Who was sought and not met has ended, most likely.
    private func endListing() {
        let number = listing.number
        for place in waits.places(where: { $0.soughtBy == number }) {
            waits.update(place) { $0.soughtBy = 0 }
            // The answer that is under way tells.
            if waits[place]?.plan == .asked { continue }
            waits.update(place) { $0.misses += 1 }
            plan(place, .wanted)
        }
    }
}
