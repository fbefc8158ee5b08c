import CCore

// Words, numbers and strings.

extension JSONReader {
    func word(_ word: ByteView, _ kind: JSONKind, at start: Place) throws(Failure) -> JSONValue {
        guard ByteView(start, count: end - start).hasPrefix(word) else { throw unexpected("a value", at: start) }
        return JSONValue(kind, start, end: start + word.count)
    }

    func number(at start: Place) throws(Failure) -> JSONValue {
        var place = start
        if self[place] == UInt8(ascii: "-") { place += 1 }
        place = self[place] == UInt8(ascii: "0") ? place + 1 : try digits(at: place)
        if self[place] == UInt8(ascii: ".") { place = try digits(at: place + 1) }
        if self[place] | 0x20 == UInt8(ascii: "e") {
            place += 1
            if self[place] == UInt8(ascii: "+") || self[place] == UInt8(ascii: "-") { place += 1 }
            place = try digits(at: place)
        }
        return JSONValue(.number, start, end: place)
    }

    /// The place behind one digit or more.
    private func digits(at start: Place) throws(Failure) -> Place {
        guard self[start].isDigit else { throw unexpected("a value", at: start) }
        var place = start
        while self[place].isDigit { place += 1 }
        return place
    }

    /// The string whose opening quotation mark stands there.
    @inline(__always)
    func string(at start: Place) throws(Failure) -> JSONValue {
        let place = lj_plain_end(start + 1, end)
        guard self[place] == UInt8(ascii: "\"") else { return try oddString(at: start, from: place) }
        return JSONValue(.string, start, end: place + 1)
    }

    /// The same with escapes or beyond ASCII, from where the plain text ended, or from any place of it.
    @inline(never)
    func oddString(at start: Place, from first: Place) throws(Failure) -> JSONValue {
        var hasEscapes = false
        var place = first
        while true {
            place = lj_plain_end(place, end)
            let byte = self[place]
            if byte == UInt8(ascii: "\"") { return JSONValue(.string, start, end: place + 1, hasEscapes: hasEscapes) }
            if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                place += try escape(at: place)
            } else if byte >= 0x80 {
                let length = UTF8.sequenceLength(ByteView(place, count: end - place), at: 0)
                if length == 0 { throw .invalidResponse("JSON is not UTF-8 at byte \(place - base)") }
                place += length
            } else {
                throw unexpected("the end of a string", at: place)
            }
        }
    }

    /// The length of the escape that stands there.
    private func escape(at place: Place) throws(Failure) -> Int {
        switch self[place + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return 2
        case UInt8(ascii: "u"):
            for i in 2..<6 where self[place + i].hexValue == nil { throw unexpected("a valid escape", at: place) }
            return 6
        default:
            throw unexpected("a valid escape", at: place)
        }
    }
}
