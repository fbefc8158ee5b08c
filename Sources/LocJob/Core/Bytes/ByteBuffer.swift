import CCore

/// Bytes in C memory that grow, and that can be used again without allocating.
///
/// When memory runs out the buffer says so through `isExhausted` and swallows what does not fit, so that
/// a writer asks once, at the end. What it held is wiped when it is freed or outgrown: requests carry
/// session tokens.
final class ByteBuffer {
    private var base: UnsafeMutablePointer<UInt8>?
    private var capacity = 0
    private(set) var count = 0
    private(set) var isExhausted = false

    init() {}

    deinit {
        lj_wipe(base, capacity)
        lj_free(base)
    }

    /// What was written; valid until the next write.
    @inline(__always)
    var view: ByteView { ByteView(UnsafePointer(base), count: count) }

    /// Forgets what was written and keeps the memory.
    func removeAll() {
        count = 0
        isExhausted = false
    }

    func append(_ view: ByteView) {
        guard let to = extend(view.count) else { return }
        lj_copy(to, view.base, view.count)
    }

    func append(_ bytes: Bytes) { bytes.withView { append($0) } }

    func append(_ byte: UInt8) { extend(1)?.pointee = byte }

    /// Lower-case hexadecimal digits.
    func append(hex view: ByteView) {
        guard let to = extend(view.count &* 2) else { return }
        lj_hex(view.base, view.count, to)
    }

    /// The last `digits` hexadecimal digits of a number.
    func append(hex value: UInt64, digits: Int) {
        guard let to = extend(digits) else { return }
        let letters = ("0123456789abcdef" as StaticString).utf8Start
        var rest = value
        var place = to + digits
        while place > to {
            place -= 1
            place.pointee = letters[Int(rest & 15)]
            rest >>= 4
        }
    }

    /// The place of `size` more bytes that count as written, or nil when there is no memory for them.
    @inline(__always)
    func extend(_ size: Int) -> UnsafeMutablePointer<UInt8>? {
        guard size <= capacity &- count || grow(size), let base else { return nil }
        defer { count &+= size }
        return base + count
    }

    @inline(never)
    private func grow(_ size: Int) -> Bool {
        let (needed, overflow) = count.addingReportingOverflow(size)
        let (doubled, tooLarge) = needed.multipliedReportingOverflow(by: 2)
        guard !overflow, !tooLarge, let larger = lj_allocate(doubled)?.assumingMemoryBound(to: UInt8.self) else {
            isExhausted = true
            return false
        }
        if let base {
            lj_copy(larger, base, count)
            lj_wipe(base, capacity)
            lj_free(base)
        }
        base = larger
        capacity = doubled
        return true
    }
}
