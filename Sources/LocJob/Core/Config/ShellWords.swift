/// Text split into words as a POSIX shell splits it, without anything else that a shell does (Python's
/// shlex.split): white space between words, `'…'` and `"…"` around what belongs together, `\` in front of
/// what stands for itself.
enum ShellWords {
    /// Nil when a quotation mark is not closed or nothing follows a backslash.
    static func split(_ text: ByteView) -> [Bytes]? {
        var words: [Bytes] = []
        var word: Bytes = []
        // `''` is a word too, one without characters.
        var isInWord = false
        var quote: UInt8?
        var index = 0
        while index < text.count {
            var byte = text[index]
            index += 1
            if quote == nil, isSeparator(byte) {
                if isInWord { words.append(word) }
                word.removeAll(keepingCapacity: true)
                isInWord = false
                continue
            }
            isInWord = true
            if byte == quote {
                quote = nil
                continue
            }
            if quote == nil, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
                continue
            }
            if byte == UInt8(ascii: "\\"), isEscape(of: text[index], within: quote) {
                guard index < text.count else { return nil }
                byte = text[index]
                index += 1
            }
            word.append(byte)
        }
        if isInWord { words.append(word) }
        return quote == nil ? words : nil
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    /// Whether a backslash before `next` goes away: inside `"…"` only before the two that matter there.
    private static func isEscape(of next: UInt8, within quote: UInt8?) -> Bool {
        switch quote {
        case nil: true
        case UInt8(ascii: "\""): next == UInt8(ascii: "\"") || next == UInt8(ascii: "\\")
        default: false
        }
    }
}
