import CCore
import CLocJob

/// One block of C memory for everything that a result lends out. The same code lays it out twice: first
/// without memory, to learn the size, then in the block.
struct Arena {
    private let base: UnsafeMutableRawPointer?
    private(set) var size = 0

    /// Without `base` nothing is written, and every pointer is NULL.
    init(_ base: UnsafeMutableRawPointer?) { self.base = base }

    var isMeasuring: Bool { base == nil }

    /// Room for elements, aligned for them; nil while measuring.
    mutating func room<Element>(_: Element.Type, count: Int) -> UnsafeMutablePointer<Element>? {
        let alignment = MemoryLayout<Element>.alignment
        let start = (size + alignment - 1) / alignment * alignment
        size = start + MemoryLayout<Element>.stride * count
        return base.map { ($0 + start).assumingMemoryBound(to: Element.self) }
    }

    /// A NUL-terminated copy.
    mutating func text(_ view: ByteView) -> UnsafePointer<CChar>? {
        guard let to = room(UInt8.self, count: view.count + 1) else { return nil }
        lj_copy(to, view.base, view.count)
        to[view.count] = 0
        return UnsafeRawPointer(to).assumingMemoryBound(to: CChar.self)
    }

    /// The value of a JSON string, NUL-terminated.
    mutating func string(_ value: JSONValue) -> locjob_string {
        let length = value.stringLength
        guard let to = room(UInt8.self, count: length + 1) else { return locjob_string(data: nil, length: length) }
        value.writeString(to: to)
        to[length] = 0
        return locjob_string(data: UnsafeRawPointer(to).assumingMemoryBound(to: CChar.self), length: length)
    }

    mutating func string(_ value: JSONValue?) -> locjob_string {
        value.map { string($0) } ?? locjob_string(data: nil, length: 0)
    }
}
