/// A file in the INI dialect of the AWS shared configuration files, as the AWS CLI reads it (Python's
/// configparser): `=` or `:` after a key, whole-line comments with `#` or `;`, indented lines that go on
/// with the value above, an indented block of `key = value` lines as a value. A byte order mark is passed
/// over. Sections and keys are kept as they come, also when they come twice.
struct INIFile {
    struct Entry {
        /// In lower case; as it stands inside a nested block.
        var key: Bytes
        var value: Bytes
        var line: Int
        /// The entries of a nested block; empty otherwise.
        var nested: [Entry] = []
    }

    struct Section {
        var name: Bytes
        var entries: [Entry] = []
    }

    var sections: [Section] = []

    /// Throws INVALID_FILE with path and line for a line that is none of the above.
    init(_ text: ByteView, path: Bytes) throws(Failure) {
        var parser = Parser(path: path)
        var rest = text.hasPrefix("\u{FEFF}") ? text.from(3) : text
        while !rest.isEmpty {
            let length = Self.lineLength(rest)
            try parser.take(rest.prefix(length))
            let isPair = rest[length] == 0x0D && rest[length + 1] == 0x0A
            rest = rest.from(length + (isPair ? 2 : 1))
        }
        try parser.finishValue()
        sections = parser.sections
    }

    private static func lineLength(_ text: ByteView) -> Int {
        var length = 0
        while length < text.count, text[length] != 0x0A, text[length] != 0x0D { length += 1 }
        return length
    }
}

private struct Parser {
    let path: Bytes
    var sections: [INIFile.Section] = []
    /// The entry whose value may go on in the next line, and how far its key was indented.
    private var open: INIFile.Entry?
    /// The lines that went on with it.
    private var continuation: [(text: Bytes, line: Int)] = []
    private var indent = 0
    private var line = 0

    init(path: Bytes) { self.path = path }

    mutating func take(_ raw: ByteView) throws(Failure) {
        line += 1
        guard UTF8.isValid(raw) else { throw malformed("is not UTF-8") }
        let text = raw.stripped
        if text.isEmpty {
            if open != nil { open?.value.append(0x0A) }
            return
        }
        if text[0] == UInt8(ascii: "#") || text[0] == UInt8(ascii: ";") { return }
        // In characters, as Python counts them.
        var depth = 0
        var index = 0
        while raw.spaceLength(at: index) > 0 {
            index += raw.spaceLength(at: index)
            depth += 1
        }
        if open != nil, depth > indent {
            open?.value.append(0x0A)
            open?.value.append(text)
            continuation.append((text.bytes, line))
            return
        }
        try finishValue()
        indent = depth
        if text[0] == UInt8(ascii: "["), let end = text.lastIndex(of: UInt8(ascii: "]")), end > 1 {
            sections.append(INIFile.Section(name: text.slice(1, end).bytes))
        } else {
            try begin(text)
        }
    }

    private mutating func begin(_ text: ByteView) throws(Failure) {
        guard !sections.isEmpty else { throw malformed("comes before the first [section]") }
        var end = 0
        while end < text.count, text[end] != UInt8(ascii: "="), text[end] != UInt8(ascii: ":") { end += 1 }
        let key = text.prefix(end).stripped
        guard end < text.count, !key.isEmpty else {
            throw malformed("is neither a [section], a key = value nor a comment")
        }
        open = INIFile.Entry(key: key.lowercased, value: text.from(end + 1).stripped.bytes, line: line)
    }

    /// Files the open entry, whose value is whole now.
    mutating func finishValue() throws(Failure) {
        guard var entry = open else { return }
        open = nil
        if entry.value.first == 0x0A { entry.nested = try nested(entry.key) }
        continuation.removeAll()
        entry.value = entry.value.withView { $0.stripped.bytes }
        // An entry is only opened inside a section.
        sections[sections.count - 1].entries.append(entry)
    }

    /// The `key = value` lines of a value that begins on the line below its key.
    private func nested(_ key: Bytes) throws(Failure) -> [INIFile.Entry] {
        var entries: [INIFile.Entry] = []
        for (text, line) in continuation {
            let entry = text.withView { text -> INIFile.Entry? in
                guard let equals = text.firstIndex(of: UInt8(ascii: "=")) else { return nil }
                return INIFile.Entry(
                    key: text.prefix(equals).stripped.bytes, value: text.from(equals + 1).stripped.bytes, line: line)
            }
            guard let entry else {
                throw Failure(.invalidFile, "\(quoted: path) line \(line): no \"=\" inside the block of \(quoted: key)")
            }
            entries.append(entry)
        }
        return entries
    }

    private func malformed(_ what: StaticString) -> Failure {
        Failure(.invalidFile, "\(quoted: path) line \(line) \(what)")
    }
}
