/// What a JSON value is: an enumeration that is read out of a word without a look at whether it is
/// one of these.
struct JSONKind: Equatable {
    fileprivate let number: UInt32

    static let object = JSONKind(number: 0), array = JSONKind(number: 1), string = JSONKind(number: 2)
    static let number = JSONKind(number: 3), bool = JSONKind(number: 4), null = JSONKind(number: 5)
}

/// A value inside a JSON text that has been read: its kind and where it stands. Two words, so that it is handed on
/// in registers and an object's members take little memory.
struct JSONValue {
    /// Its first byte.
    let base: UnsafePointer<UInt8>
    private let length: UInt32
    /// From the lowest bit on: three of the kind, `escapes`, `others` and the count.
    private let bits: UInt32

    private static let escapes: UInt32 = 8
    private static let others: UInt32 = 16
    private static let one: UInt32 = 32

    /// The reader takes no longer text.
    @inline(__always)
    init(
        _ kind: JSONKind, _ base: UnsafePointer<UInt8>, end: UnsafePointer<UInt8>, hasEscapes: Bool = false,
        _ contents: Contents = Contents()
    ) {
        self.base = base
        length = UInt32(truncatingIfNeeded: end - base)
        bits = kind.number | (hasEscapes ? Self.escapes : 0) | contents.bits
    }

    /// A null that stands for what is not there.
    @inline(__always)
    static var absent: JSONValue {
        let null: StaticString = "null"
        return JSONValue(.null, null.utf8Start, end: null.utf8Start + null.utf8CodeUnitCount)
    }

    @inline(__always)
    var kind: JSONKind { JSONKind(number: bits & 7) }

    /// Behind its last byte.
    @inline(__always)
    var end: UnsafePointer<UInt8> { base + Int(length) }

    /// The value's own text, quotation marks and brackets included.
    @inline(__always)
    var text: ByteView { ByteView(base, count: Int(length)) }

    /// For objects and arrays: how many values it holds.
    var count: Int { Int(bits / Self.one) }

    /// For objects and arrays: whether all of them are strings.
    var isAllStrings: Bool { bits & Self.others == 0 }

    /// For strings: whether it holds escapes, so that its text is not its value.
    @inline(__always)
    var hasEscapes: Bool { bits & Self.escapes != 0 }

    @inline(__always)
    var isNull: Bool { kind == .null }

    /// What an object or array has held so far.
    struct Contents {
        /// As the value will have them.
        fileprivate var bits: UInt32 = 0

        @inline(__always)
        var isEmpty: Bool { bits == 0 }

        @inline(__always)
        mutating func add(_ value: JSONValue) throws(Failure) {
            guard bits < UInt32.max - 2 * JSONValue.one else { throw Self.tooMany }
            bits &+= JSONValue.one
            if value.kind != .string { bits |= JSONValue.others }
        }

        @inline(never)
        private static var tooMany: Failure {
            .invalidResponse("JSON holds more than \(Int(UInt32.max / JSONValue.one)) values in one place")
        }
    }
}

/// A member of an object.
struct JSONMember {
    var key: JSONValue
    var value: JSONValue
}
