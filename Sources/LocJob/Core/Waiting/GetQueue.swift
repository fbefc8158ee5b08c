/// Gets that are to be made or under way, in the order in which they came.
struct GetQueue {
    private struct Entry {
        var jobID: JobID
        /// Of the callers; with shared requests there can be several.
        var tags: [UInt64]
        var isUnderWay = false
        /// How many of the tags were there when it was begun.
        var early = 0
    }

    private var entries: [Entry?] = []
    private var free: [Int] = []
    private var waiting = Fifo()
    private var places: JobPlaces
    private let sharesRequests: Bool
    /// Results to come.
    private(set) var count = 0

    /// `seed` is to be random.
    init(sharesRequests: Bool, seed: UInt64 = 0) {
        self.sharesRequests = sharesRequests
        places = JobPlaces(seed: seed)
    }

    mutating func add(_ jobID: JobID, tag: UInt64) {
        count += 1
        if sharesRequests, let place = places[jobID], entries[place] != nil {
            entries[place]?.tags.append(tag)
            return
        }
        let place = free.popLast() ?? entries.count
        let entry = Entry(jobID: jobID, tags: [tag])
        if place == entries.count { entries.append(entry) } else { entries[place] = entry }
        if sharesRequests { places[jobID] = place }
        waiting.append(place)
    }

    var isEmpty: Bool { count == 0 }

    /// Whether some may be yet to be made; what was cancelled before its turn counts until `next` comes to it.
    var hasNext: Bool { !isEmpty && !waiting.isEmpty }

    /// The next get to be made, by its place; nil when all are under way.
    mutating func next() -> (place: Int, jobID: JobID)? {
        while let place = waiting.popFirst() {
            guard let entry = entries[place], !entry.isUnderWay else { continue }
            entries[place]?.isUnderWay = true
            entries[place]?.early = entry.tags.count
            return (place, entry.jobID)
        }
        return nil
    }

    /// A get has been made; whose it was, and who came after it was begun.
    mutating func finish(_ place: Int) -> (jobID: JobID, tags: [UInt64], late: [UInt64])? {
        guard entries.indices.contains(place), let entry = entries[place] else { return nil }
        count -= entry.tags.count
        entries[place] = nil
        free.append(place)
        if places[entry.jobID] == place { places[entry.jobID] = nil }
        let early = min(entry.early, entry.tags.count)
        return (entry.jobID, Array(entry.tags[..<early]), Array(entry.tags[early...]))
    }

    /// A get under way has been given up, and is to be made again.
    mutating func restart(_ place: Int) {
        guard entries.indices.contains(place), entries[place] != nil else { return }
        entries[place]?.isUnderWay = false
        waiting.append(place)
    }

    /// Takes out all of a tag (nil: of any); their jobs, once for each. `abandoned` gets the places of those
    /// under way that nobody wants any more: they are to be given up, and are no longer here.
    mutating func cancel(tag: UInt64?, abandoned: inout [Int]) -> [(jobID: JobID, tag: UInt64)] {
        var cancelled: [(jobID: JobID, tag: UInt64)] = []
        for place in entries.indices {
            guard let entry = entries[place] else { continue }
            let out = entry.tags.filter { tag == nil || $0 == tag }
            if out.isEmpty { continue }
            for each in out { cancelled.append((entry.jobID, each)) }
            if out.count == entry.tags.count {
                if entry.isUnderWay { abandoned.append(place) }
                _ = finish(place)
            } else {
                let early = min(entry.early, entry.tags.count)
                entries[place]?.early -= entry.tags[..<early].filter { $0 == tag }.count
                entries[place]?.tags.removeAll { $0 == tag }
                count -= out.count
            }
        }
        return cancelled
    }
}
