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

    /// Passes over what is beyond the limit.
    @inline(__always)
    func append(_ member: JSONMember, limit: Int) {
        guard count < capacity, let base else { return appendToMore(member, limit: limit) }
        (base + count).initialize(to: member)
        count &+= 1
    }

    /// Valid until the next change.
    var buffer: UnsafeBufferPointer<JSONMember> { UnsafeBufferPointer(start: base, count: base == nil ? 0 : count) }

    @inline(never)
    private func appendToMore(_ member: JSONMember, limit: Int) {
        // Most jobs' tags find room at once.
        let larger = min(max(capacity &* 2, 16), limit)
        if larger <= capacity { return }
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
        (memory + count).initialize(to: member)
        count &+= 1
    }
}
