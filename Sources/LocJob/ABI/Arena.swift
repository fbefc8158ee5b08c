import CCore
import CLocJob

/// One block of C memory for everything that a result lends out. Its size is fixed when it is made, from
/// an upper bound of what will be put into it.
struct Arena {
    let base: UnsafeMutableRawPointer
    private let capacity: Int
    private var used = 0

    /// Nil when there is no memory for it.
    init?(capacity: Int) {
        guard let base = lj_allocate(capacity) else { return nil }
        self.base = base
        self.capacity = capacity
    }

    /// Room for elements, aligned for them. Nil beyond the arena's end, which a bound that is one never
    /// reaches.
    mutating func room<Element>(_: Element.Type, count: Int) -> UnsafeMutablePointer<Element>? {
        let start = Self.aligned(used, Element.self)
        let end = start + MemoryLayout<Element>.stride * count
        guard end <= capacity else { return nil }
        used = end
        return (base + start).assumingMemoryBound(to: Element.self)
    }

    /// The most that `room` takes, padding included.
    static func bound<Element>(_: Element.Type, count: Int) -> Int {
        MemoryLayout<Element>.alignment + MemoryLayout<Element>.stride * count
    }

    private static func aligned<Element>(_ offset: Int, _: Element.Type) -> Int {
        let alignment = MemoryLayout<Element>.alignment
        return (offset + alignment - 1) / alignment * alignment
    }

    /// A NUL-terminated copy.
    mutating func text(_ view: ByteView) -> UnsafePointer<CChar>? {
        guard let to = room(UInt8.self, count: view.count + 1) else { return nil }
        lj_copy(to, view.base, view.count)
        to[view.count] = 0
        return UnsafeRawPointer(to).assumingMemoryBound(to: CChar.self)
    }

    mutating func text(_ bytes: Bytes) -> UnsafePointer<CChar>? { bytes.withView { text($0) } }

    /// A NUL-terminated copy of ISO 8859-1 in UTF-8.
    mutating func text(latin1 view: ByteView) -> UnsafePointer<CChar>? {
        view.plainRun == view.count ? text(view) : text(LocJob.latin1(view))
    }

    /// A NUL-terminated copy and its length.
    mutating func string(_ view: ByteView) -> locjob_string { locjob_string(data: text(view), length: view.count) }

    mutating func string(_ bytes: Bytes) -> locjob_string { bytes.withView { string($0) } }
}
