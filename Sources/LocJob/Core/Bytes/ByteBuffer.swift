import CCore

/// Bytes in C memory that grow, and that can be used again without allocating.
///
/// When memory runs out the buffer says so through `isExhausted` and swallows what is appended, so that
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
    var view: ByteView { ByteView(UnsafePointer(base), count: count) }

    /// Forgets what was written and keeps the memory.
    func removeAll() {
        count = 0
        isExhausted = false
    }

    func append(_ view: ByteView) {
        guard view.count > 0, let from = view.base, let to = extend(view.count) else { return }
        lj_copy(to, from, view.count)
    }

    func append(_ bytes: Bytes) { bytes.withView { append($0) } }

    func append(_ byte: UInt8) { extend(1)?.pointee = byte }

    /// Lower-case hexadecimal digits.
    func append(hex view: ByteView) {
        guard let to = extend(view.count &* 2) else { return }
        for i in 0..<view.count {
            to[i &* 2] = Self.hexDigit(view[i] >> 4)
            to[i &* 2 &+ 1] = Self.hexDigit(view[i] & 15)
        }
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

    @inline(__always)
    private static func hexDigit(_ value: UInt8) -> UInt8 { value &+ (value < 10 ? 0x30 : 0x57) }

    /// The place of `size` more bytes that count as written, or nil when there is no memory for them.
    @inline(__always)
    private func extend(_ size: Int) -> UnsafeMutablePointer<UInt8>? {
        if size > capacity &- count || base == nil { grow(size) }
        guard !isExhausted, let base else { return nil }
        defer { count &+= size }
        return base + count
    }

    @inline(never)
    private func grow(_ size: Int) {
        let (needed, overflow) = count.addingReportingOverflow(size)
        let (doubled, tooLarge) = needed.multipliedReportingOverflow(by: 2)
        guard !overflow, !tooLarge, let larger = lj_allocate(doubled)?.assumingMemoryBound(to: UInt8.self) else {
            isExhausted = true
            return
        }
        if let base {
            lj_copy(larger, base, count)
            lj_wipe(base, capacity)
            lj_free(base)
        }
        base = larger
        capacity = doubled
    }
}
