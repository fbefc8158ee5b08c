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
        guard view.count > 0, let from = view.base, let to = reserve(view.count) else { return }
        lj_copy(to, from, view.count)
        count &+= view.count
    }

    func append(_ bytes: Bytes) { bytes.withView { append($0) } }

    func append(_ byte: UInt8) {
        guard let to = reserve(1) else { return }
        to.pointee = byte
        count &+= 1
    }

    /// Digits, with zeros in front up to `width` (19 at most).
    func append(decimal number: Int64, width: Int = 1) {
        var divisor: UInt64 = 1
        var digits = 1
        while digits < 20 && (digits < width || number.magnitude / divisor >= 10) {
            divisor &*= 10
            digits += 1
        }
        if number < 0 { append(UInt8(ascii: "-")) }
        while divisor > 0 {
            append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: number.magnitude / divisor % 10))
            divisor /= 10
        }
    }

    /// Lower-case hexadecimal digits.
    func append(hex view: ByteView) {
        for i in 0..<view.count {
            append(Self.hexDigit(view[i] >> 4))
            append(Self.hexDigit(view[i] & 15))
        }
    }

    static func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? value &+ 0x30 : value &+ 0x57 }

    /// Room for `size` more bytes, or nil when there is none.
    private func reserve(_ size: Int) -> UnsafeMutablePointer<UInt8>? {
        if size <= capacity &- count, let base { return base + count }
        let (needed, overflow) = count.addingReportingOverflow(size)
        let (doubled, tooLarge) = needed.multipliedReportingOverflow(by: 2)
        guard !isExhausted, !overflow, !tooLarge,
            let larger = lj_allocate(doubled)?.assumingMemoryBound(to: UInt8.self)
        else {
            isExhausted = true
            return nil
        }
        if let base {
            lj_copy(larger, base, count)
            lj_wipe(base, capacity)
            lj_free(base)
        }
        base = larger
        capacity = doubled
        return larger + count
    }
}
