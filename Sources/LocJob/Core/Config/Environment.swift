/// The environment variables of the process as they were when the client was made.
struct Environment {
    private var variables: [(name: Bytes, value: Bytes)] = []
    /// The user's home directory, for `~` in paths.
    var home: Bytes?

    init() {}

    mutating func set(_ name: ByteView, _ value: ByteView) {
        variables.append((name.bytes, value.bytes))
    }

    /// A variable's value. An empty variable counts as unset unless `takesEmpty`.
    func value(_ name: ByteView, takesEmpty: Bool = false) -> Bytes? {
        for variable in variables where variable.name.equals(name) {
            return variable.value.isEmpty && !takesEmpty ? nil : variable.value
        }
        return nil
    }

    /// The longest path that Linux takes.
    private static let longestPath = 4096

    /// A path with `~` at its start, `$NAME` and `${NAME}` replaced, as Python's expanduser and
    /// expandvars do; what is not set stays as it is. Throws INVALID_SETTING for a path that grows too long.
    func expand(path: Bytes) throws(Failure) -> Bytes {
        try path.withView { path throws(Failure) in
            var result: Bytes = []
            var index = 0
            if path[0] == UInt8(ascii: "~"), path.count == 1 || path[1] == UInt8(ascii: "/"), let home {
                result = home
                index = 1
            }
            while index < path.count {
                if path[index] == UInt8(ascii: "$"), let (value, end) = reference(path, index + 1) {
                    result.append(contentsOf: value)
                    index = end
                } else {
                    result.append(path[index])
                    index += 1
                }
                if result.count >= Self.longestPath {
                    throw Failure(.invalidSetting, "path \(quoted: path) is longer than \(Self.longestPath) bytes")
                }
            }
            return result
        }
    }

    private func reference(_ path: ByteView, _ start: Int) -> (value: Bytes, end: Int)? {
        let isBraced = path[start] == UInt8(ascii: "{")
        let from = isBraced ? start + 1 : start
        var to = from
        while path[to].isLetter || path[to].isDigit || path[to] == UInt8(ascii: "_") { to += 1 }
        guard to > from, !isBraced || path[to] == UInt8(ascii: "}"), let value = value(path.slice(from, to)) else {
            return nil
        }
        return (value, isBraced ? to + 1 : to)
    }
}
