/// A JSON object by the names of its members. It borrows its text; a member that comes twice counts as it
/// came last, as in Python.
struct JSONObject {
    private let text: ByteView

    /// Nil unless the text is one whole object.
    init?(_ text: ByteView) {
        do throws(Failure) {
            try JSONReader.object(text) { (_, _) throws(Failure) in }
        } catch {
            return nil
        }
        self.text = text
    }

    subscript(name: ByteView) -> JSONValue? {
        var found: JSONValue?
        forEach { key, value in
            if key.equals(name) { found = value }
        }
        return found
    }

    /// A member that is a string with something in it.
    func string(_ name: ByteView) -> Bytes? {
        guard let value = self[name]?.string, !value.isEmpty else { return nil }
        return value
    }

    /// A member that is a whole number, and not negative.
    func number(_ name: ByteView) -> Int64? {
        guard let value = self[name], value.kind == .number else { return nil }
        return value.text.decimal
    }

    func object(_ name: ByteView) -> JSONObject? { self[name].flatMap { JSONObject($0.text) } }

    private func forEach(_ body: (_ key: JSONValue, _ value: JSONValue) -> Void) {
        // The text was read to its end before.
        try? JSONReader.object(text) { (key, value) throws(Failure) in body(key, value) }
    }
}

// MARK: - Writing

extension JSONObject {
    /// A member as it is to be written; `text` is JSON.
    struct Member {
        var name: ByteView
        var text: ByteView
    }

    /// Appends the object with some members replaced or, where it has none of their name, added. All others
    /// stay as they are, to the byte.
    func write(replacing members: [Member], to buffer: ByteBuffer) {
        var isWritten = [Bool](repeating: false, count: members.count)
        var isFirst = true
        func separate() {
            if !isFirst { buffer.append(UInt8(ascii: ",")) }
            isFirst = false
        }
        buffer.append(UInt8(ascii: "{"))
        forEach { key, value in
            var text = value.text
            if let index = members.firstIndex(where: { key.equals($0.name) }) {
                if isWritten[index] { return }
                isWritten[index] = true
                text = members[index].text
            }
            separate()
            buffer.append(key.text)
            buffer.append(UInt8(ascii: ":"))
            buffer.append(text)
        }
        for index in members.indices where !isWritten[index] {
            separate()
            buffer.append(jsonString: members[index].name)
            buffer.append(UInt8(ascii: ":"))
            buffer.append(members[index].text)
        }
        buffer.append(UInt8(ascii: "}"))
    }
}

extension ByteBuffer {
    /// Appends text as a JSON string.
    func append(jsonString text: ByteView) {
        append(UInt8(ascii: "\""))
        var index = 0
        while index < text.count {
            let byte = text[index]
            let length = UTF8.sequenceLength(text, at: index)
            if length == 0 {
                append("\u{FFFD}" as ByteView)
            } else if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                append("\\u" as ByteView)
                append(hex: UInt64(byte), digits: 4)
            } else {
                append(text.slice(index, index + length))
            }
            index += max(length, 1)
        }
        append(UInt8(ascii: "\""))
    }
}
