// Numbers in decimal digits.

/// Lends the digits of a number, with zeros in front up to `width`, 32 at the most.
private func withDecimal(_ number: UInt64, width: Int, _ body: (ByteView) -> Void) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { room in
        guard let base = room.baseAddress else { return }
        var start = room.count
        var rest = number
        // A number of 64 bits has 20 digits at the most.
        repeat {
            start &-= 1
            base[start] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0 || (room.count - start < width && start > 0)
        body(ByteView(base + start, count: room.count - start))
    }
}

extension Array where Element == UInt8 {
    mutating func append(decimal number: Int64) {
        if number < 0 { append(UInt8(ascii: "-")) }
        append(decimal: number.magnitude)
    }

    mutating func append(decimal number: UInt64, width: Int = 1) {
        withDecimal(number, width: width) { append($0) }
    }
}

extension ByteBuffer {
    func append(decimal number: Int64, width: Int = 1) {
        if number < 0 { append(UInt8(ascii: "-")) }
        withDecimal(number.magnitude, width: width) { append($0) }
    }
}
