import CCore

/// A value inside a JSON text that has been read: its kind and where it stands.
struct JSONValue {
    enum Kind: UInt8 {
        case object, array, string, number, bool, null
    }

    /// The value's own text, quotation marks and brackets included.
    var text: ByteView
    /// For objects and arrays: how many values it holds, and whether all of them are strings. A text is shorter
    /// than 32 bits can count; three words in all are handed on in registers.
    private var number: UInt32 = 0
    var kind: Kind
    var isAllStrings = true
    /// For strings: whether it holds escapes, so that its text is not its value.
    var hasEscapes = false

    init(kind: Kind, text: ByteView, hasEscapes: Bool = false) {
        self.kind = kind
        self.text = text
        self.hasEscapes = hasEscapes
    }

    var count: Int { Int(number) }

    var isNull: Bool { kind == .null }

    fileprivate mutating func add(_ value: JSONValue) {
        number &+= 1
        if value.kind != .string { isAllStrings = false }
    }
}

/// A member of an object.
struct JSONMember {
    var key: JSONValue
    var value: JSONValue
}

/// Reads JSON as RFC 8259 has it, and nothing more: no comments, no trailing commas, no NaN, no byte
/// order mark; strings must be valid UTF-8. It keeps places instead of building a tree: the members that
/// are wanted are looked at again.
struct JSONReader {
    /// Objects and arrays inside each other, at most. The service's own documents have 4.
    static let maximumDepth = 64

    private let base: UnsafePointer<UInt8>
    private let count: Int
    private var index = 0
    /// Whether no member or element of what was entered last has been read.
    private var isFirst = false

    private init(_ text: ByteView) {
        base = text.base ?? ("" as StaticString).utf8Start
        count = text.count
    }

    private var text: ByteView { ByteView(base, count: count) }

    /// From `start` to where the reader stands, which is never beyond the end.
    @inline(__always)
    private func read(from start: Int) -> ByteView { ByteView(base + start, count: index &- start) }

    /// The one value of a whole document.
    static func document(_ text: ByteView) throws(Failure) -> JSONValue {
        var reader = JSONReader(text)
        reader.skipSpace()
        let value = try reader.value(depth: 0)
        try reader.end()
        return value
    }

    /// Reads a whole document that must be an object, and hands over its members as they come.
    static func object(
        _ text: ByteView, member: (_ key: JSONValue, _ value: JSONValue) throws(Failure) -> Void
    ) throws(Failure) {
        var reader = try JSONReader(object: text)
        while let key = try reader.nextKey() { try member(key, try reader.value(depth: 1)) }
        try reader.end()
    }

    /// The members of an object that was read before.
    static func members(
        of object: JSONValue, _ member: (_ key: JSONValue, _ value: JSONValue) throws(Failure) -> Void
    ) throws(Failure) {
        guard object.kind == .object else { return }
        var reader = try JSONReader(object: object.text)
        while let key = try reader.nextKey() { try member(key, try reader.value(depth: 1)) }
    }

    /// The elements of an array that was read before.
    static func elements(
        of array: JSONValue, _ element: (JSONValue) throws(Failure) -> Void
    ) throws(Failure) {
        guard array.kind == .array else { return }
        var reader = JSONReader(array.text)
        try reader.enter(depth: 0)
        while try reader.hasElement() { try element(try reader.value(depth: 1)) }
    }
}

// MARK: - Member by member

extension JSONReader {
    /// Enters the object that a whole document must be; after `nextKey` has come to its end, `end` must follow.
    init(object text: ByteView) throws(Failure) {
        self.init(text)
        skipSpace()
        guard peek == UInt8(ascii: "{") else { throw unexpected("an object") }
        try enter(depth: 0)
    }

    /// Throws unless nothing but white space follows.
    mutating func end() throws(Failure) {
        skipSpace()
        if index < count { throw unexpected("the end") }
    }

    /// The name of the next member, whose value is to be read next; nil when the object has ended.
    @inline(__always)
    mutating func nextKey() throws(Failure) -> JSONValue? {
        if try hasEnded(UInt8(ascii: "}")) { return nil }
        guard peek == UInt8(ascii: "\"") else { throw unexpected("a member name") }
        let key = try string()
        skipSpace()
        guard peek == UInt8(ascii: ":") else { throw unexpected("':'") }
        index &+= 1
        skipSpace()
        return key
    }

    /// The value that stands here, `depth` objects and arrays deep.
    @inline(__always)
    mutating func value(depth: Int) throws(Failure) -> JSONValue {
        peek == UInt8(ascii: "\"") ? try string() : try otherValue(depth: depth)
    }

    /// As `value`; of an object the members are handed over, too.
    @inline(__always)
    mutating func value(
        depth: Int, member: (_ key: JSONValue, _ value: JSONValue) -> Void
    ) throws(Failure) -> JSONValue {
        guard peek == UInt8(ascii: "{") else { return try value(depth: depth) }
        let start = index
        var object = JSONValue(kind: .object, text: .empty)
        try enter(depth: depth)
        while let key = try nextKey() {
            let value = try value(depth: depth + 1)
            object.add(value)
            member(key, value)
        }
        object.text = read(from: start)
        return object
    }
}

// MARK: - Grammar

extension JSONReader {
    @inline(__always)
    private var peek: UInt8 { UInt(bitPattern: index) < UInt(bitPattern: count) ? base[index] : 0 }

    /// The service's own JSON is compact.
    @inline(__always)
    private mutating func skipSpace() { if peek <= 0x20 { skipSpaces() } }

    @inline(never)
    private mutating func skipSpaces() {
        while peek <= 0x20, peek == 0x20 || peek == 0x0A || peek == 0x0D || peek == 0x09 { index &+= 1 }
    }

    @inline(never)
    private mutating func otherValue(depth: Int) throws(Failure) -> JSONValue {
        let start = index
        var value = JSONValue(kind: .number, text: .empty)
        switch peek {
        case UInt8(ascii: "{"):
            value.kind = .object
            try enter(depth: depth)
            while try nextKey() != nil { value.add(try self.value(depth: depth + 1)) }
        case UInt8(ascii: "["):
            value.kind = .array
            try enter(depth: depth)
            while try hasElement() { value.add(try self.value(depth: depth + 1)) }
        case UInt8(ascii: "t"):
            value.kind = .bool
            try word("true")
        case UInt8(ascii: "f"):
            value.kind = .bool
            try word("false")
        case UInt8(ascii: "n"):
            value.kind = .null
            try word("null")
        default:
            try number()
        }
        value.text = read(from: start)
        return value
    }

    /// Goes into the object or array whose bracket stands here.
    private mutating func enter(depth: Int) throws(Failure) {
        guard depth < Self.maximumDepth else {
            throw .invalidResponse("JSON is nested more than \(Self.maximumDepth) deep")
        }
        index &+= 1
        isFirst = true
    }

    /// Whether another element of an array stands here.
    @inline(__always)
    private mutating func hasElement() throws(Failure) -> Bool { try !hasEnded(UInt8(ascii: "]")) }

    /// After an opening bracket or a value: true at the closing bracket, false when a member or element follows.
    @inline(__always)
    private mutating func hasEnded(_ close: UInt8) throws(Failure) -> Bool {
        skipSpace()
        let isFirst = isFirst
        self.isFirst = false
        if peek == close {
            index &+= 1
            return true
        }
        if !isFirst {
            guard peek == UInt8(ascii: ",") else { throw unexpected("',' or the closing bracket") }
            index &+= 1
            skipSpace()
        }
        return false
    }

    private mutating func word(_ word: ByteView) throws(Failure) {
        guard text.slice(index, index &+ word.count) == word else { throw unexpected("a value") }
        index &+= word.count
    }

    private mutating func number() throws(Failure) {
        if peek == UInt8(ascii: "-") { index &+= 1 }
        if peek == UInt8(ascii: "0") {
            index &+= 1
        } else {
            try digits()
        }
        if peek == UInt8(ascii: ".") {
            index &+= 1
            try digits()
        }
        if peek | 0x20 == UInt8(ascii: "e") {
            index &+= 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { index &+= 1 }
            try digits()
        }
    }

    private mutating func digits() throws(Failure) {
        guard peek.isDigit else { throw unexpected("a value") }
        while peek.isDigit { index &+= 1 }
    }

    /// A string, which begins here.
    @inline(__always)
    private mutating func string() throws(Failure) -> JSONValue {
        let start = index
        passPlain(from: start &+ 1)
        guard peek == UInt8(ascii: "\"") else { return try oddString(from: start) }
        index &+= 1
        return JSONValue(kind: .string, text: read(from: start))
    }

    /// Moves to the first byte from `place` on that is not plain text.
    @inline(__always)
    private mutating func passPlain(from place: Int) {
        index = place &+ lj_plain_run(base + place, count &- place)
    }

    /// The same with escapes or beyond ASCII, from where the plain text ended.
    @inline(never)
    private mutating func oddString(from start: Int) throws(Failure) -> JSONValue {
        var hasEscapes = false
        while true {
            let byte = peek
            if byte == UInt8(ascii: "\"") {
                index &+= 1
                return JSONValue(kind: .string, text: read(from: start), hasEscapes: hasEscapes)
            }
            if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                try escape()
            } else if byte >= 0x80 {
                let length = UTF8.sequenceLength(text, at: index)
                if length == 0 { throw .invalidResponse("JSON is not UTF-8 at byte \(index)") }
                index &+= length
            } else {
                throw unexpected("the end of a string")
            }
            passPlain(from: index)
        }
    }

    private mutating func escape() throws(Failure) {
        switch text[index &+ 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            index &+= 2
        case UInt8(ascii: "u"):
            for i in 2..<6 where text[index &+ i].hexValue == nil { throw unexpected("a valid escape") }
            index &+= 6
        default:
            throw unexpected("a valid escape")
        }
    }

    @inline(never)
    private func unexpected(_ wanted: StaticString) -> Failure {
        if index >= count { return .invalidResponse("JSON ends where \(wanted) should be") }
        return .invalidResponse("JSON has something else than \(wanted) at byte \(index)")
    }
}
