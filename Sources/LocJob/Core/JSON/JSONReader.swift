/// Reads JSON as RFC 8259 has it, and nothing more: no comments, no trailing commas, no NaN, no byte
/// order mark; strings must be valid UTF-8. It keeps places instead of building a tree.
///
/// Each function is handed the place where something stands, or white space in front of it, and says what it is; the
/// reader itself never changes, so that the place is kept in a register.
struct JSONReader {
    /// A place in the text.
    typealias Place = UnsafePointer<UInt8>

    /// Objects and arrays inside each other, at most. The service's own documents have 4.
    static let maximumDepth = 64
    /// In bytes: 2 GiB.
    static let maximumLength = Int(Int32.max)

    let base: Place
    /// Behind the last byte.
    let end: Place

    private init(_ text: ByteView) throws(Failure) {
        guard text.count <= Self.maximumLength else {
            throw .invalidResponse("JSON is longer than \(Self.maximumLength) bytes")
        }
        base = text.base ?? ("" as StaticString).utf8Start
        end = base + text.count
    }

    /// The one value of a whole document, for tests: what is read here is an object.
    static func document(_ text: ByteView) throws(Failure) -> JSONValue {
        let reader = try JSONReader(text)
        let value = try reader.value(at: reader.base, depth: 0)
        try reader.end(after: value)
        return value
    }

    /// Reads a whole document that must be an object, and hands over its members as they come.
    @inline(never)
    static func object(
        _ text: ByteView, member: (_ key: JSONValue, _ value: JSONValue) throws(Failure) -> Void
    ) throws(Failure) {
        var (reader, walk) = try enter(document: text)
        while let key = try reader.nextKey(&walk) {
            let value = try reader.value(at: walk.place, depth: 1)
            try reader.pass(value, &walk)
            try member(key, value)
        }
        try reader.end(after: reader.object(walk))
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
        var walk = try reader.enter(at: reader.base, depth: 0)
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
        fileprivate let start: Place
        /// The opening bracket, then where each value stands, or white space in front of it, and what follows it.
        fileprivate(set) var place: Place
        fileprivate var contents = JSONValue.Contents()
    }

    /// Enters the object that a whole document must be. To be ended by `end(after:)`.
    static func enter(document text: ByteView) throws(Failure) -> (JSONReader, Walk) {
        let reader = try JSONReader(text)
        let start = reader.start(at: reader.base)
        guard reader.isObject(at: start) else { throw reader.unexpected("an object", at: start) }
        return (reader, try reader.enter(at: start, depth: 0))
    }

    /// `place`, or the first one from it on without white space.
    @inline(__always)
    func start(at place: Place) -> Place { self[place] > 0x20 ? place : skipSpace(place) }

    @inline(__always)
    func isObject(at place: Place) -> Bool { self[place] == UInt8(ascii: "{") }

    /// Enters the object or array that begins there, inside of `depth` others.
    @inline(__always)
    func enter(at start: Place, depth: Int) throws(Failure) -> Walk {
        guard depth < Self.maximumDepth else { throw Self.tooDeep }
        return Walk(start: start, place: start)
    }

    /// The name of the next member, whose value is to be read and passed next; nil behind the last one.
    @inline(__always)
    func nextKey(_ walk: inout Walk) throws(Failure) -> JSONValue? {
        if !hasCompactNext(&walk) {
            guard try hasNext(&walk, closing: UInt8(ascii: "}")) else { return nil }
            guard self[walk.place] == UInt8(ascii: "\"") else { throw unexpected("a member name", at: walk.place) }
        }
        let key = try string(at: walk.place)
        walk.place = self[key.end] == UInt8(ascii: ":") ? key.end + 1 : try passColon(key.end)
        return key
    }

    /// Whether another element stands at the walk's `place`.
    @inline(__always)
    func hasElement(_ walk: inout Walk) throws(Failure) -> Bool {
        if hasCompactNext(&walk) { return true }
        return try hasNext(&walk, closing: UInt8(ascii: "]"))
    }

    /// Goes on behind a value that was read.
    @inline(__always)
    func pass(_ value: JSONValue, _ walk: inout Walk) throws(Failure) {
        try walk.contents.add(value)
        walk.place = value.end
    }

    /// The object whose walk has come to its end.
    @inline(__always)
    func object(_ walk: Walk) -> JSONValue { container(.object, walk) }

    @inline(__always)
    private func container(_ kind: JSONKind, _ walk: Walk) -> JSONValue {
        JSONValue(kind, walk.start, end: walk.place + 1, walk.contents)
    }

    /// Throws unless nothing but white space follows.
    func end(after value: JSONValue) throws(Failure) {
        let place = skipSpace(value.end)
        if place < end { throw unexpected("the end", at: place) }
    }

    /// Goes on to a string that follows without white space: the service's own JSON is compact, and most of it strings.
    @inline(__always)
    private func hasCompactNext(_ walk: inout Walk) -> Bool {
        let next = walk.place + 1
        guard self[next] == UInt8(ascii: "\""), walk.contents.isEmpty || self[walk.place] == UInt8(ascii: ",") else {
            return false
        }
        walk.place = next
        return true
    }

    /// At an opening bracket or behind a value: whether another one follows, where the walk's `place` then is.
    @inline(__always)
    private func hasNext(_ walk: inout Walk, closing bracket: UInt8) throws(Failure) -> Bool {
        if self[walk.place] == bracket, !walk.contents.isEmpty { return false }
        // Handed on by itself, so that the walk stays in registers.
        var place = walk.place
        defer { walk.place = place }
        return try hasNext(&place, isFirst: walk.contents.isEmpty, closing: bracket)
    }

    @inline(never)
    private func hasNext(_ place: inout Place, isFirst: Bool, closing bracket: UInt8) throws(Failure) -> Bool {
        place = isFirst ? skipSpace(place + 1) : start(at: place)
        if self[place] == bracket { return false }
        if isFirst { return true }
        guard self[place] == UInt8(ascii: ",") else { throw unexpected("',' or the closing bracket", at: place) }
        place = skipSpace(place + 1)
        return true
    }

    /// The place behind a colon that white space stands in front of.
    @inline(never)
    private func passColon(_ place: Place) throws(Failure) -> Place {
        let colon = skipSpace(place)
        guard self[colon] == UInt8(ascii: ":") else { throw unexpected("':'", at: colon) }
        return colon + 1
    }
}

// MARK: - Values

extension JSONReader {
    /// The value that stands there, or behind white space, inside of `depth` objects and arrays.
    @inline(__always)
    func value(at place: Place, depth: Int) throws(Failure) -> JSONValue {
        self[place] == UInt8(ascii: "\"") ? try string(at: place) : try otherValue(at: place, depth: depth)
    }

    @inline(never)
    private func otherValue(at place: Place, depth: Int) throws(Failure) -> JSONValue {
        let start = start(at: place)
        switch self[start] {
        case UInt8(ascii: "\""): return try oddString(at: start, from: start + 1)
        case UInt8(ascii: "{"):
            var walk = try enter(at: start, depth: depth)
            while try nextKey(&walk) != nil { try pass(try value(at: walk.place, depth: depth &+ 1), &walk) }
            return container(.object, walk)
        case UInt8(ascii: "["):
            var walk = try enter(at: start, depth: depth)
            while try hasElement(&walk) { try pass(try value(at: walk.place, depth: depth &+ 1), &walk) }
            return container(.array, walk)
        case UInt8(ascii: "t"): return try word("true", .bool, at: start)
        case UInt8(ascii: "f"): return try word("false", .bool, at: start)
        case UInt8(ascii: "n"): return try word("null", .null, at: start)
        default: return try number(at: start)
        }
    }
}

// MARK: - Bytes

extension JSONReader {
    /// Beyond the end every byte is 0.
    @inline(__always)
    subscript(place: Place) -> UInt8 { place < end ? place.pointee : 0 }

    @inline(never)
    private func skipSpace(_ start: Place) -> Place {
        var place = start
        while self[place] == 0x20 || self[place] == 0x0A || self[place] == 0x0D || self[place] == 0x09 { place += 1 }
        return place
    }

    @inline(never)
    private static var tooDeep: Failure { .invalidResponse("JSON is nested more than \(maximumDepth) deep") }

    @inline(never)
    func unexpected(_ wanted: StaticString, at place: Place) -> Failure {
        if place >= end { return .invalidResponse("JSON ends where \(wanted) should be") }
        return .invalidResponse("JSON has something else than \(wanted) at byte \(place - base)")
    }
}
