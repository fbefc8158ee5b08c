import CCore

/// NUL-terminated text that its owner lends to the caller.
final class CText {
    private let memory: UnsafeMutablePointer<CChar>?

    /// No text, without memory of its own.
    init() { memory = nil }

    /// NULs inside become spaces, so that the text does not end early.
    init(_ bytes: Bytes) {
        memory = CText.copy(bytes)
    }

    deinit { lj_free(memory) }

    /// Never NULL: the empty text stands for one that memory did not suffice for.
    var pointer: UnsafePointer<CChar> { UnsafePointer(memory) ?? cText("") }

    /// A NUL-terminated copy in memory for `lj_free`; nil when there is none.
    static func copy(_ bytes: Bytes) -> UnsafeMutablePointer<CChar>? {
        guard let memory = lj_allocate(bytes.count + 1) else { return nil }
        let text = memory.assumingMemoryBound(to: UInt8.self)
        bytes.withView { lj_copy(text, $0.base, $0.count) }
        for i in 0..<bytes.count where text[i] == 0 { text[i] = UInt8(ascii: " ") }
        text[bytes.count] = 0
        return memory.assumingMemoryBound(to: CChar.self)
    }
}
