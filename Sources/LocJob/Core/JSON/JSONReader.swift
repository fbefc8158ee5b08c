import CCore

/// Reads JSON as RFC 8259 has it, and nothing more: no comments, no trailing commas, no NaN, no byte
/// order mark; strings must be valid UTF-8. It keeps places instead of building a tree.
///
/// Each function is handed the place where something stands and says what it is; the reader itself never changes, so
/// that the place is kept in a register.
struct JSONReader {
    /// Objects and arrays inside each other, at most. The service's own documents have 4.
    static let maximumDepth = 64
    /// In bytes: 2 GiB.
    static let maximumLength = Int(Int32.max)

    private let base: UnsafePointer<UInt8>
    private let count: Int

    private init(_ text: ByteView) throws(Failure) {
        guard text.count <= Self.maximumLength else {
            throw .invalidResponse("JSON is longer than \(Self.maximumLength) bytes")
        }
        base = text.base ?? ("" as StaticString).utf8Start
        count = text.count
    }

    /// The one value of a whole document, for tests: what is read here is an object.
    static func document(_ text: ByteView) throws(Failure) -> JSONValue {
        let reader = try JSONReader(text)
        let value = try reader.value(at: reader.skipSpace(0), depth: 0)
        try reader.end(after: value)
        return value
    }

    /// Reads a whole document that must be an object, and hands over its members as they come.
    @inline(never)
    static func object(
        _ text: ByteView, member: (_ key: JSONValue, _ value: JSONValue) throws(Failure) -> Void
    ) throws(Failure) {
        let (reader, start) = try begin(text)
        try reader.end(after: try reader.value(at: start, depth: 0, member: member))
    }

    /// The members of an object that was read before.
    static func members(
        of object: JSONValue, _ member: (_ key: JSONValue, _ value: JSONValue) throws(Failure) -> Void
    ) throws(Failure) {
        if object.kind == .object { try self.object(object.text, member: member) }
    }

    /// The elements of an array that was read before.
    static func elements(
        of array: JSONValue, _ element: (JSONValue) throws(Failure) -> Void
    ) throws(Failure) {
        guard array.kind == .array else { return }
        let reader = try JSONReader(array.text)
        var walk = try reader.enter(at: 0, depth: 0)
        while try reader.hasElement(&walk) {
            let value = try reader.value(at: walk.place, depth: 1)
            try reader.pass(value, &walk)
            try element(value)
        }
    }
}

// MARK: - Value by value

extension JSONReader {
    /// A walk through an object or array.
    struct Walk {
        fileprivate let start: Int
        /// Where the next value stands.
        fileprivate(set) var place: Int
        fileprivate var contents = JSONValue.Contents()
    }

    /// Enters the object that a whole document must be. To be ended by `end(after:)`.
    static func enter(document text: ByteView) throws(Failure) -> (JSONReader, Walk) {
        let (reader, start) = try begin(text)
        return (reader, try reader.enter(at: start, depth: 0))
    }

    /// Finds where the object begins that a whole document must be.
    private static func begin(_ text: ByteView) throws(Failure) -> (JSONReader, start: Int) {
        let reader = try JSONReader(text)
        let start = reader.skipSpace(0)
        guard reader.isObject(at: start) else { throw reader.unexpected("an object", at: start) }
        return (reader, start)
    }

    @inline(__always)
    func isObject(at place: Int) -> Bool { self[place] == UInt8(ascii: "{") }

    /// Enters the object or array that begins there, inside of `depth` others.
    @inline(__always)
    func enter(at start: Int, depth: Int) throws(Failure) -> Walk {
        guard depth < Self.maximumDepth else { throw Self.tooDeep }
        return Walk(start: start, place: start &+ 1)
    }

    /// The name of the next member, whose value stands at the walk's `place` and is to be read and passed next; nil
    /// behind the last one.
    @inline(__always)
    func nextKey(_ walk: inout Walk) throws(Failure) -> JSONValue? {
        guard try hasNext(&walk, closing: UInt8(ascii: "}")) else { return nil }
        guard self[walk.place] == UInt8(ascii: "\"") else { throw unexpected("a member name", at: walk.place) }
        let key = try string(at: walk.place)
        let colon = skipSpace(end(of: key), to: UInt8(ascii: ":"))
        guard self[colon] == UInt8(ascii: ":") else { throw unexpected("':'", at: colon) }
        walk.place = skipSpace(colon &+ 1, to: UInt8(ascii: "\""))
        return key
    }

    /// Whether another element stands at the walk's `place`.
    @inline(__always)
    func hasElement(_ walk: inout Walk) throws(Failure) -> Bool { try hasNext(&walk, closing: UInt8(ascii: "]")) }

    /// Goes on behind a value that was read.
    @inline(__always)
    func pass(_ value: JSONValue, _ walk: inout Walk) throws(Failure) {
        try walk.contents.add(value)
        walk.place = end(of: value)
    }

    /// The object whose walk has come to its end.
    @inline(__always)
    func object(_ walk: Walk) -> JSONValue { found(.object, walk.start, walk.place &+ 1, walk.contents) }

    /// Throws unless nothing but white space follows.
    func end(after value: JSONValue) throws(Failure) {
        let place = skipSpace(end(of: value))
        if place < count { throw unexpected("the end", at: place) }
    }
}

// MARK: - Values

extension JSONReader {
    /// The value that stands there, inside of `depth` objects and arrays.
    @inline(__always)
    func value(at place: Int, depth: Int) throws(Failure) -> JSONValue {
        self[place] == UInt8(ascii: "\"") ? try string(at: place) : try otherValue(at: place, depth: depth)
    }

    /// As `value`; of an object the members are handed over, too.
    @inline(never)
    func value(
        at place: Int, depth: Int, member: (_ key: JSONValue, _ value: JSONValue) throws(Failure) -> Void
    ) throws(Failure) -> JSONValue {
        guard isObject(at: place) else { return try value(at: place, depth: depth) }
        var walk = try enter(at: place, depth: depth)
        while let key = try nextKey(&walk) {
            let value = try value(at: walk.place, depth: depth &+ 1)
            try pass(value, &walk)
            try member(key, value)
        }
        return object(walk)
    }

    @inline(never)
    private func otherValue(at start: Int, depth: Int) throws(Failure) -> JSONValue {
        switch self[start] {
        case UInt8(ascii: "{"):
            var walk = try enter(at: start, depth: depth)
            while try nextKey(&walk) != nil { try pass(try value(at: walk.place, depth: depth &+ 1), &walk) }
            return object(walk)
        case UInt8(ascii: "["):
            var walk = try enter(at: start, depth: depth)
            while try hasElement(&walk) { try pass(try value(at: walk.place, depth: depth &+ 1), &walk) }
            return found(.array, start, walk.place &+ 1, walk.contents)
        case UInt8(ascii: "t"): return try word("true", .bool, at: start)
        case UInt8(ascii: "f"): return try word("false", .bool, at: start)
        case UInt8(ascii: "n"): return try word("null", .null, at: start)
        default: return try number(at: start)
        }
    }
}

// MARK: - Grammar

extension JSONReader {
    /// Beyond the end every byte is 0.
    @inline(__always)
    private subscript(place: Int) -> UInt8 {
        UInt(bitPattern: place) < UInt(bitPattern: count) ? base[place] : 0
    }

    private var text: ByteView { ByteView(base, count: count) }

    /// What stands from `start` up to `end`, which is never beyond the end.
    @inline(__always)
    private func found(
        _ kind: JSONKind, _ start: Int, _ end: Int, hasEscapes: Bool = false,
        _ contents: JSONValue.Contents = JSONValue.Contents()
    ) -> JSONValue {
        JSONValue(kind, base + start, length: end &- start, hasEscapes: hasEscapes, contents)
    }

    /// The place behind a value.
    @inline(__always)
    private func end(of value: JSONValue) -> Int { value.end - base }

    /// `place` if `byte` stands there, as in the service's own JSON, which is compact; else the first place from it on
    /// without white space.
    @inline(__always)
    private func skipSpace(_ place: Int, to byte: UInt8) -> Int { self[place] == byte ? place : skipSpace(place) }

    @inline(never)
    private func skipSpace(_ start: Int) -> Int {
        var place = start
        while self[place] == 0x20 || self[place] == 0x0A || self[place] == 0x0D || self[place] == 0x09 { place &+= 1 }
        return place
    }

    /// After an opening bracket or a value: whether another one follows, where the walk's `place` then is.
    @inline(__always)
    private func hasNext(_ walk: inout Walk, closing bracket: UInt8) throws(Failure) -> Bool {
        let isFirst = walk.contents.isEmpty
        walk.place = skipSpace(walk.place, to: isFirst ? UInt8(ascii: "\"") : UInt8(ascii: ","))
        if self[walk.place] == bracket { return false }
        if isFirst { return true }
        guard self[walk.place] == UInt8(ascii: ",") else {
            throw unexpected("',' or the closing bracket", at: walk.place)
        }
        walk.place = skipSpace(walk.place &+ 1, to: UInt8(ascii: "\""))
        return true
    }

    @inline(never)
    private static var tooDeep: Failure { .invalidResponse("JSON is nested more than \(maximumDepth) deep") }

    private func word(_ word: ByteView, _ kind: JSONKind, at start: Int) throws(Failure) -> JSONValue {
        guard text.slice(start, start &+ word.count) == word else { throw unexpected("a value", at: start) }
        return found(kind, start, start &+ word.count)
    }

    private func number(at start: Int) throws(Failure) -> JSONValue {
        var place = start
        if self[place] == UInt8(ascii: "-") { place &+= 1 }
        place = self[place] == UInt8(ascii: "0") ? place &+ 1 : try digits(at: place)
        if self[place] == UInt8(ascii: ".") { place = try digits(at: place &+ 1) }
        if self[place] | 0x20 == UInt8(ascii: "e") {
            place &+= 1
            if self[place] == UInt8(ascii: "+") || self[place] == UInt8(ascii: "-") { place &+= 1 }
            place = try digits(at: place)
        }
        return found(.number, start, place)
    }

    /// The place behind one digit or more.
    private func digits(at start: Int) throws(Failure) -> Int {
        guard self[start].isDigit else { throw unexpected("a value", at: start) }
        var place = start
        while self[place].isDigit { place &+= 1 }
        return place
    }

    /// The string whose opening quotation mark stands there.
    @inline(__always)
    private func string(at start: Int) throws(Failure) -> JSONValue {
        let place = passPlain(from: start &+ 1)
        guard self[place] == UInt8(ascii: "\"") else { return try oddString(at: start, from: place) }
        return found(.string, start, place &+ 1)
    }

    /// The first place from `place` on that is not plain text.
    @inline(__always)
    private func passPlain(from place: Int) -> Int { place &+ lj_plain_run(base + place, count &- place) }

    /// The same with escapes or beyond ASCII, from where the plain text ended.
    @inline(never)
    private func oddString(at start: Int, from end: Int) throws(Failure) -> JSONValue {
        var hasEscapes = false
        var place = end
        while true {
            let byte = self[place]
            if byte == UInt8(ascii: "\"") { return found(.string, start, place &+ 1, hasEscapes: hasEscapes) }
            if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                place &+= try escape(at: place)
            } else if byte >= 0x80 {
                let length = UTF8.sequenceLength(text, at: place)
                if length == 0 { throw .invalidResponse("JSON is not UTF-8 at byte \(place)") }
                place &+= length
            } else {
                throw unexpected("the end of a string", at: place)
            }
            place = passPlain(from: place)
        }
    }

    /// The length of the escape that stands there.
    private func escape(at place: Int) throws(Failure) -> Int {
        switch self[place &+ 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return 2
        case UInt8(ascii: "u"):
            for i in 2..<6 where self[place &+ i].hexValue == nil { throw unexpected("a valid escape", at: place) }
            return 6
        default:
            throw unexpected("a valid escape", at: place)
        }
    }

    @inline(never)
    private func unexpected(_ wanted: StaticString, at place: Int) -> Failure {
        if place >= count { return .invalidResponse("JSON ends where \(wanted) should be") }
        return .invalidResponse("JSON has something else than \(wanted) at byte \(place)")
    }
}
