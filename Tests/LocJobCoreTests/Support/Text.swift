@testable import LocJob

extension Array where Element == UInt8 {
    init(text: String) { self = Array(text.utf8) }

    /// The bytes as text, with U+FFFD for what is not UTF-8.
    var text: String { String(decoding: self, as: Unicode.UTF8.self) }
}

extension ByteView {
    var text: String { bytes.text }
}

extension Text {
    var text: String { bytes.text }
}

extension StaticString {
    var text: String { ByteView(self).text }
}

extension ByteBuffer {
    var text: String { view.text }
}

extension String {
    /// Lends the text for the time of `body`, in memory that ends where the text does.
    func withView<R>(_ body: (ByteView) throws -> R) rethrows -> R { try Array(text: self).withExactView(body) }
}

extension Array where Element == UInt8 {
    /// Lends the bytes in memory that ends where they do, so that a sanitizer sees a read beyond.
    func withExactView<R>(_ body: (ByteView) throws -> R) rethrows -> R {
        let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: count)
        defer { memory.deallocate() }
        memory.initialize(from: self, count: count)
        return try body(ByteView(memory, count: count))
    }
}

/// Memory for views that outlive a function.
final class Memory {
    private var blocks: [UnsafeMutableBufferPointer<UInt8>] = []

    deinit { for block in blocks { block.deallocate() } }

    func view(_ bytes: [UInt8]) -> ByteView {
        let block = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
        _ = block.initialize(from: bytes)
        blocks.append(block)
        return ByteView(block.baseAddress, count: bytes.count)
    }

    /// As a driver does with what it was lent from, for the next response.
    func overwrite() { for block in blocks { block.update(repeating: UInt8(ascii: "?")) } }

    func view(_ text: String) -> ByteView { view(Array(text: text)) }
}
