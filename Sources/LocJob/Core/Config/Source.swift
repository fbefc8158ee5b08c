/// Where a value came from, as messages tell it.
enum Source {
    case code(Setting)
    case variable(ByteView)
    case file(key: Bytes, path: Bytes, line: Int)
    case instanceMetadata
    case none

    var text: Text {
        switch self {
        case .code(let setting): "setting \(setting.name)"
        case .variable(let name): "variable \(name)"
        case .file(let key, let path, let line): "\(printable: key) in \(quoted: path) line \(line)"
        case .instanceMetadata: "instance metadata"
        case .none: "default"
        }
    }
}

/// A value and where it came from.
struct Sourced<Value> {
    var value: Value
    var source: Source
}
