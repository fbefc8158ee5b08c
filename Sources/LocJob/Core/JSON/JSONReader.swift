import CCore

/// A value inside a JSON text that has been read: its kind and where it stands. Two words, so that it is handed on
/// in registers and an object's members take little memory.
struct JSONValue {
    enum Kind: UInt8 {
        case object, array, string, number, bool, null
    }

    private let base: UnsafePointer<UInt8>
    private let length: UInt32
    /// From the lowest bit on: kind, `isAllStrings`, `hasEscapes`, `count`.
    private let bits: UInt32

    @inline(__always)
    fileprivate init(
        _ kind: Kind, _ base: UnsafePointer<UInt8>, length: Int, hasEscapes: Bool = false,
        _ contents: Contents = Contents()
    ) {
        self.base = base
        // The reader takes no longer text and no more values.
        self.length = UInt32(truncatingIfNeeded: length)
        bits = UInt32(kind.rawValue) | (contents.isAllStrings ? 8 : 0) | (hasEscapes ? 16 : 0) | contents.count << 5
    }

    var kind: Kind { Kind(rawValue: UInt8(truncatingIfNeeded: bits & 7)) ?? .null }

    /// Behind its last byte.
    @inline(__always)
    fileprivate var end: UnsafePointer<UInt8> { base + Int(length) }

    /// The value's own text, quotation marks and brackets included.
    var text: ByteView { ByteView(base, count: Int(length)) }

    /// For objects and arrays: how many values it holds.
    var count: Int { Int(bits >> 5) }

    /// For objects and arrays: whether all of them are strings.
    var isAllStrings: Bool { bits & 8 != 0 }

    /// For strings: whether it holds escapes, so that its text is not its value.
    var hasEscapes: Bool { bits & 16 != 0 }

    var isNull: Bool { kind == .null }
}

/// What an object or array holds.
private struct Contents {
    static let maximum: UInt32 = 1 << 27 - 1

    var count: UInt32 = 0
    var isAllStrings = true

    @inline(__always)
    mutating func add(_ value: JSONValue) throws(Failure) {
        if value.kind != .string { isAllStrings = false }
        guard count < Self.maximum else { throw .invalidResponse("JSON holds more than \(Int(Self.maximum)) values in one place") }
        count &+= 1
    }
}

/// A member of an object.
struct JSONMember {
    var key: JSONValue
    var value: JSONValue
}

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

    /// The one value of a whole document.
    static func document(_ text: ByteView) throws(Failure) -> JSONValue {
        let reader = try JSONReader(text)
        let value = try reader.value(at: reader.skipSpace(0), depth: 0)
        try reader.end(after: value)
        return value
    }

    /// Reads a whole document that must be an object. `read` is handed the name of each member, as they come, and
    /// the place of its value, which it reads.
    @_transparent
    static func object(
        _ text: ByteView, read: (_ reader: JSONReader, _ key: JSONValue, _ place: Int) throws(Failure) -> JSONValue
    ) throws(Failure) {
        let reader = try JSONReader(text)
        let start = reader.skipSpace(0)
        guard reader[start] == UInt8(ascii: "{") else { throw reader.unexpected("an object", at: start) }
        try reader.end(after: try reader.object(at: start, depth: 0) { key, place throws(Failure) in try read(reader, key, place) })
    }

    /// As `object`; `member` is handed the values as they were read.
    static func object(
        _ text: ByteView, member: (_ key: JSONValue, _ value: JSONValue) throws(Failure) -> Void
    ) throws(Failure) {
        try object(text) { reader, key, place throws(Failure) in
            let value = try reader.value(at: place, depth: 1)
            try member(key, value)
            return value
        }
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
        _ = try reader.array(at: 0, depth: 0) { place throws(Failure) in
            let value = try reader.value(at: place, depth: 1)
            try element(value)
            return value
        }
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
    @_transparent
    func value(
        at place: Int, depth: Int, member: (_ key: JSONValue, _ value: JSONValue) -> Void
    ) throws(Failure) -> JSONValue {
        guard self[place] == UInt8(ascii: "{") else { return try value(at: place, depth: depth) }
        return try object(at: place, depth: depth) { key, place throws(Failure) in
            let value = try value(at: place, depth: depth &+ 1)
            member(key, value)
            return value
        }
    }

    @inline(never)
    private func otherValue(at start: Int, depth: Int) throws(Failure) -> JSONValue {
        switch self[start] {
        case UInt8(ascii: "{"):
            try object(at: start, depth: depth) { _, place throws(Failure) in try value(at: place, depth: depth &+ 1) }
        case UInt8(ascii: "["):
            try array(at: start, depth: depth) { place throws(Failure) in try value(at: place, depth: depth &+ 1) }
        case UInt8(ascii: "t"): try word("true", .bool, at: start)
        case UInt8(ascii: "f"): try word("false", .bool, at: start)
        case UInt8(ascii: "n"): try word("null", .null, at: start)
        default: try number(at: start)
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
        _ kind: JSONValue.Kind, _ start: Int, _ end: Int, hasEscapes: Bool = false, _ contents: Contents = Contents()
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

    private func end(after value: JSONValue) throws(Failure) {
        let place = skipSpace(end(of: value))
        if place < count { throw unexpected("the end", at: place) }
    }

    /// Transparent, like the others that are handed a function: so each use becomes one loop without calls.
    @_transparent
    private func object(
        at start: Int, depth: Int, _ read: (_ key: JSONValue, _ place: Int) throws(Failure) -> JSONValue
    ) throws(Failure) -> JSONValue {
        var contents = Contents()
        var place = try enter(at: start, depth: depth, to: UInt8(ascii: "\""))
        if self[place] != UInt8(ascii: "}") {
            while true {
                guard self[place] == UInt8(ascii: "\"") else { throw unexpected("a member name", at: place) }
                let key = try string(at: place)
                place = skipSpace(end(of: key), to: UInt8(ascii: ":"))
                guard self[place] == UInt8(ascii: ":") else { throw unexpected("':'", at: place) }
                let value = try read(key, skipSpace(place &+ 1, to: UInt8(ascii: "\"")))
                try contents.add(value)
                place = skipSpace(end(of: value), to: UInt8(ascii: ","))
                if self[place] != UInt8(ascii: ",") { break }
                place = skipSpace(place &+ 1, to: UInt8(ascii: "\""))
            }
            guard self[place] == UInt8(ascii: "}") else { throw unexpected("',' or the closing bracket", at: place) }
        }
        return found(.object, start, place &+ 1, contents)
    }

    @_transparent
    private func array(
        at start: Int, depth: Int, _ read: (_ place: Int) throws(Failure) -> JSONValue
    ) throws(Failure) -> JSONValue {
        var contents = Contents()
        var place = try enter(at: start, depth: depth, to: UInt8(ascii: "\""))
        if self[place] != UInt8(ascii: "]") {
            while true {
                let value = try read(place)
                try contents.add(value)
                place = skipSpace(end(of: value), to: UInt8(ascii: ","))
                if self[place] != UInt8(ascii: ",") { break }
                place = skipSpace(place &+ 1, to: UInt8(ascii: "\""))
            }
            guard self[place] == UInt8(ascii: "]") else { throw unexpected("',' or the closing bracket", at: place) }
        }
        return found(.array, start, place &+ 1, contents)
    }

    /// The place behind an opening bracket and white space.
    @inline(__always)
    private func enter(at bracket: Int, depth: Int, to byte: UInt8) throws(Failure) -> Int {
        guard depth < Self.maximumDepth else {
            throw .invalidResponse("JSON is nested more than \(Self.maximumDepth) deep")
        }
        return skipSpace(bracket &+ 1, to: byte)
    }

    private func word(_ word: ByteView, _ kind: JSONValue.Kind, at start: Int) throws(Failure) -> JSONValue {
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
