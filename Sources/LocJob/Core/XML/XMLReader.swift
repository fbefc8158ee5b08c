/// Reads XML as the answers of AWS's Query protocol have it: UTF-8, no document type, the five entities
/// that XML has of itself. Comments, processing instructions, attributes and name prefixes are allowed and
/// mean nothing. Everything else is held to XML 1.0 (fifth edition), except that an element's attributes are
/// not compared with each other. Its work grows with the text's length alone.
struct XMLReader {
    /// Elements inside each other, at most. STS's own answers have 4.
    static let maximumDepth = 32
    /// Bytes of a name.
    private static let maximumNameLength = 256
    /// Bytes of a document. STS's own answers have a few thousand.
    static let maximumLength = 1_048_576

    private let text: ByteView
    private var index = 0
    /// Names of the open elements as their tags have them.
    private var open: [ByteView] = []
    /// Their names without prefixes, joined by slashes.
    private var path: Bytes = []
    /// The character data of the innermost element; wiped when it goes, for it may be a secret.
    private let value = ByteBuffer()
    /// Whether the element that was touched last is still open, so that it has no elements in it.
    private var isLeaf = false

    private init(_ text: ByteView) { self.text = text }

    /// Reads a whole document, and hands over every element that has no elements in it, in their order:
    /// its path from the root, as in `ErrorResponse/Error/Code`, and its text, both valid during `leaf` only.
    static func read(
        _ text: ByteView, leaf: (_ path: ByteView, _ text: ByteView) throws(Failure) -> Void
    ) throws(Failure) {
        guard text.count <= maximumLength else { throw .invalidResponse("XML of \(text.count) bytes is too long") }
        try checkCharacters(text)
        var reader = XMLReader(text)
        try reader.document(leaf)
        if reader.value.isExhausted { throw Failure(.outOfMemory, "no memory for an XML text") }
    }

    private static func checkCharacters(_ text: ByteView) throws(Failure) {
        var index = 0
        while index < text.count {
            let place = index
            guard UTF8.sequenceLength(text, at: index) > 0 else {
                throw .invalidResponse("XML is not UTF-8 at byte \(place)")
            }
            guard isCharacter(UTF8.scalar(text, &index)) else {
                throw .invalidResponse("XML has a control character at byte \(place)")
            }
        }
    }

    /// XML 1.0, production 2 (Char).
    private static func isCharacter(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x09, 0x0A, 0x0D, 0x20...0xD7FF, 0xE000...0xFFFD, 0x1_0000...0x10_FFFF: true
        default: false
        }
    }
}

// MARK: - Document

extension XMLReader {
    private mutating func document(
        _ leaf: (_ path: ByteView, _ text: ByteView) throws(Failure) -> Void
    ) throws(Failure) {
        _ = skip("\u{FEFF}")
        // The declaration looks like an instruction, and can stand here only.
        if text.from(index).hasPrefix("<?xml"), text[index &+ 5].isXMLSpace { try skip(behind: "?>") }
        try between()
        guard peek == UInt8(ascii: "<") else { throw unexpected("an element") }
        try startTag(leaf)
        while !open.isEmpty { try content(leaf) }
        try between()
        if index < text.count { throw unexpected("the end") }
    }

    /// What may stand outside the root element.
    private mutating func between() throws(Failure) {
        while true {
            skipSpace()
            if try comment() { continue }
            guard try instruction() else { return }
        }
    }

    private mutating func content(
        _ leaf: (_ path: ByteView, _ text: ByteView) throws(Failure) -> Void
    ) throws(Failure) {
        switch peek {
        case UInt8(ascii: "<"):
            if try comment() { return }
            if try instruction() { return }
            if try characterSection() { return }
            if text[index &+ 1] == UInt8(ascii: "/") { try endTag(leaf) } else { try startTag(leaf) }
        case UInt8(ascii: "&"): try reference()
        case 0 where index >= text.count: throw unexpected("an end tag")
        default: try characters()
        }
    }

    private mutating func startTag(
        _ leaf: (_ path: ByteView, _ text: ByteView) throws(Failure) -> Void
    ) throws(Failure) {
        if text.from(index).hasPrefix("<!") { throw .invalidResponse("XML has a document type or a declaration") }
        guard open.count < Self.maximumDepth else {
            throw .invalidResponse("XML is nested more than \(Self.maximumDepth) deep")
        }
        index &+= 1
        let name = try self.name()
        try attributes()
        open.append(name)
        if !path.isEmpty { path.append(UInt8(ascii: "/")) }
        path.append(Self.local(name))
        value.removeAll()
        isLeaf = true
        if skip("/>") { return try close(name, leaf) }
        guard skip(">") else { throw unexpected("the end of a tag") }
    }

    private mutating func endTag(
        _ leaf: (_ path: ByteView, _ text: ByteView) throws(Failure) -> Void
    ) throws(Failure) {
        index &+= 2
        let name = try self.name()
        guard let last = open.last, last == name else { throw unexpected("the end tag of the open element") }
        skipSpace()
        guard skip(">") else { throw unexpected("the end of a tag") }
        try close(name, leaf)
    }

    private mutating func close(
        _ name: ByteView, _ leaf: (_ path: ByteView, _ text: ByteView) throws(Failure) -> Void
    ) throws(Failure) {
        if isLeaf { try path.withView { path throws(Failure) in try leaf(path, value.view) } }
        isLeaf = false
        value.removeAll()
        _ = open.popLast()
        path.removeLast(min(Self.local(name).count + (open.isEmpty ? 0 : 1), path.count))
    }

    /// A name without its namespace prefix.
    private static func local(_ name: ByteView) -> ByteView {
        name.from((name.lastIndex(of: UInt8(ascii: ":")) ?? -1) + 1)
    }

    private mutating func attributes() throws(Failure) {
        while true {
            let start = index
            skipSpace()
            guard peek.startsXMLName else { return }
            if index == start { throw unexpected("a space before an attribute") }
            _ = try name()
            skipSpace()
            guard skip("=") else { throw unexpected("'='") }
            skipSpace()
            let quote = peek
            guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
                throw unexpected("a quotation mark")
            }
            index &+= 1
            while peek != quote {
                guard index < text.count, peek != UInt8(ascii: "<") else { throw unexpected("the end of an attribute") }
                if peek == UInt8(ascii: "&") { _ = try scalarOfReference() } else { index &+= 1 }
            }
            index &+= 1
        }
    }
}

// MARK: - Text

extension XMLReader {
    private mutating func characters() throws(Failure) {
        let start = index
        while index < text.count, peek != UInt8(ascii: "<"), peek != UInt8(ascii: "&") {
            if peek == UInt8(ascii: "]"), text.from(index).hasPrefix("]]>") { throw unexpected("character data") }
            index &+= 1
        }
        append(text.slice(start, index))
    }

    /// A `CDATA` section; false when none stands here.
    private mutating func characterSection() throws(Failure) -> Bool {
        guard skip("<![CDATA[") else { return false }
        let start = index
        try skip(behind: "]]>")
        append(text.slice(start, index &- 3))
        return true
    }

    /// Line ends become line feeds (XML 1.0, section 2.11).
    private func append(_ data: ByteView) {
        var start = 0
        while let end = data.firstIndex(of: 0x0D, from: start) {
            value.append(data.slice(start, end))
            if data[end &+ 1] != 0x0A { value.append(0x0A as UInt8) }
            start = end &+ 1
        }
        value.append(data.from(start))
    }

    private mutating func reference() throws(Failure) {
        let scalar = try scalarOfReference()
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 4) { room in
            guard let base = room.baseAddress else { return }
            value.append(ByteView(base, count: UTF8.write(scalar, to: base) - base))
        }
    }

    /// `&name;`, `&#10;` or `&#xA;`.
    private mutating func scalarOfReference() throws(Failure) -> UInt32 {
        // The longest has eight digits at most, unless zeros are put in front, which nobody does.
        let end = text.slice(index, index &+ 12).firstIndex(of: UInt8(ascii: ";")) ?? 0
        let name = text.slice(index &+ 1, index &+ end)
        guard let scalar = Self.scalar(of: name) else { throw unexpected("a reference that XML has of itself") }
        index &+= end &+ 1
        return scalar
    }

    private static func scalar(of name: ByteView) -> UInt32? {
        if name == "lt" { return 0x3C }
        if name == "gt" { return 0x3E }
        if name == "amp" { return 0x26 }
        if name == "quot" { return 0x22 }
        if name == "apos" { return 0x27 }
        guard name[0] == UInt8(ascii: "#") else { return nil }
        var scalar: UInt32 = 0
        if name[1] == UInt8(ascii: "x") {
            guard (1...8).contains(name.count - 2) else { return nil }
            for i in 2..<name.count {
                guard let digit = name[i].hexValue else { return nil }
                scalar = scalar << 4 | UInt32(digit)
            }
        } else {
            guard let number = name.from(1).decimal, let value = UInt32(exactly: number) else { return nil }
            scalar = value
        }
        return isCharacter(scalar) ? scalar : nil
    }
}

// MARK: - Pieces

extension XMLReader {
    private var peek: UInt8 { text[index] }

    private mutating func skipSpace() { while peek.isXMLSpace { index &+= 1 } }

    /// Steps over what stands here if it is `piece`.
    private mutating func skip(_ piece: ByteView) -> Bool {
        guard text.slice(index, index &+ piece.count) == piece else { return false }
        index &+= piece.count
        return true
    }

    private mutating func skip(behind end: ByteView) throws(Failure) {
        while let place = text.firstIndex(of: end[0], from: index) {
            index = place
            if skip(end) { return }
            index &+= 1
        }
        throw .invalidResponse("XML ends where \(end) should be")
    }

    private mutating func comment() throws(Failure) -> Bool {
        guard skip("<!--") else { return false }
        try skip(behind: "--")
        guard skip(">") else { throw unexpected("the end of a comment") }
        return true
    }

    private mutating func instruction() throws(Failure) -> Bool {
        guard skip("<?") else { return false }
        guard try !name().equalsIgnoringCase("xml") else { throw unexpected("an instruction's name") }
        guard peek.isXMLSpace || text.from(index).hasPrefix("?>") else { throw unexpected("the end of a name") }
        try skip(behind: "?>")
        return true
    }

    /// XML 1.0, production 5, with every character beyond ASCII taken for a letter.
    private mutating func name() throws(Failure) -> ByteView {
        guard peek.startsXMLName else { throw unexpected("a name") }
        let start = index
        while peek.startsXMLName || peek.isDigit || peek == UInt8(ascii: "-") || peek == UInt8(ascii: ".") {
            index &+= 1
        }
        guard index &- start <= Self.maximumNameLength else {
            throw .invalidResponse("XML has a name that is too long")
        }
        return text.slice(start, index)
    }

    private func unexpected(_ wanted: StaticString) -> Failure {
        if index >= text.count { return .invalidResponse("XML ends where \(wanted) should be") }
        return .invalidResponse("XML has something else than \(wanted) at byte \(index)")
    }
}

extension UInt8 {
    fileprivate var isXMLSpace: Bool { self == 0x20 || self == 0x0A || self == 0x0D || self == 0x09 }

    fileprivate var startsXMLName: Bool {
        isLetter || self == UInt8(ascii: "_") || self == UInt8(ascii: ":") || self >= 0x80
    }
}
