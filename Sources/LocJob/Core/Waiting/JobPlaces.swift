/// Numbers by job ids, such as their places in a list: a hash table with linear probing. Swift's own Dictionary does
/// the same in ten times the code, which the library would have to bring along.
struct JobPlaces {
    private struct Entry {
        var jobID: JobID
        var hash: UInt64
        var place: Int
    }

    /// As many as a power of two, or none; a quarter is free at least.
    private var entries: [Entry?] = []
    private(set) var count = 0
    /// So that who chooses job ids does not choose their hashes.
    private let seed: UInt64

    /// `seed` is to be random.
    init(seed: UInt64) { self.seed = seed }

    subscript(jobID: JobID) -> Int? {
        get { find(jobID).flatMap { entries[$0]?.place } }
        set {
            let known = find(jobID)
            switch (known, newValue) {
            case (let index?, let place?): entries[index]?.place = place
            case (let index?, nil): remove(at: index)
            case (nil, let place?): insert(Entry(jobID: jobID, hash: hash(of: jobID), place: place))
            case (nil, nil): break
            }
        }
    }

    private func find(_ jobID: JobID) -> Int? {
        guard count > 0 else { return nil }
        let hash = hash(of: jobID)
        var index = home(of: hash)
        while let entry = entries[index] {
            if entry.hash == hash, entry.jobID == jobID { return index }
            index = next(index)
        }
        return nil
    }

    private mutating func insert(_ entry: Entry) {
        if count >= entries.count / 4 * 3 { grow() }
        var index = home(of: entry.hash)
        while entries[index] != nil { index = next(index) }
        entries[index] = entry
        count += 1
    }

    /// Entries behind a gap move into it, unless that is before their home: a search ends at the first gap.
    private mutating func remove(at place: Int) {
        var gap = place
        var index = next(gap)
        while let entry = entries[index] {
            let distance = (index &- home(of: entry.hash)) & (entries.count - 1)
            if distance >= (index &- gap) & (entries.count - 1) {
                entries[gap] = entry
                gap = index
            }
            index = next(index)
        }
        entries[gap] = nil
        count -= 1
    }

    private mutating func grow() {
        let old = entries
        entries = [Entry?](repeating: nil, count: max(old.count * 2, 8))
        count = 0
        for entry in old { if let entry { insert(entry) } }
    }

    private func home(of hash: UInt64) -> Int { Int(truncatingIfNeeded: hash) & (entries.count - 1) }

    private func next(_ index: Int) -> Int { (index + 1) & (entries.count - 1) }

    /// Each byte is mixed in by a multiplication whose halves are folded.
    private func hash(of jobID: JobID) -> UInt64 {
        var hash = seed
        for byte in jobID.bytes {
            let product = (hash ^ UInt64(byte)).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
            hash = product.high ^ product.low
        }
        return hash
    }
}
