import CCore

/// Members of an object in the order in which they came, in memory that can run out without ending the process and
/// that is used again for the next object.
final class JSONMembers {
    private var base: UnsafeMutablePointer<JSONMember>?
    private var capacity = 0
    private(set) var count = 0
    /// Whether memory ran out, and members are missing.
    private(set) var isExhausted = false

    init() {}

    deinit { lj_free(base) }

    /// Forgets the members and keeps the memory.
    func removeAll() {
        count = 0
        isExhausted = false
    }

    @inline(__always)
    func append(_ member: JSONMember) {
        if count == capacity { grow() }
        guard let base, count < capacity else { return }
        (base + count).initialize(to: member)
        count &+= 1
    }

    /// Nil beyond the last one.
    @inline(__always)
    subscript(index: Int) -> JSONMember? {
        guard let base, UInt(bitPattern: index) < UInt(bitPattern: count) else { return nil }
        return base[index]
    }

    @inline(never)
    private func grow() {
        // Most jobs' tags find room at once.
        let larger = max(capacity &* 2, 16)
        let (size, overflow) = larger.multipliedReportingOverflow(by: MemoryLayout<JSONMember>.stride)
        guard !overflow, let memory = lj_allocate(size)?.assumingMemoryBound(to: JSONMember.self) else {
            isExhausted = true
            return
        }
        if let base {
            memory.initialize(from: base, count: count)
            lj_free(base)
        }
        base = memory
        capacity = larger
    }
}
