/// How a client retries; the names are those of `retry_mode`.
enum RetryMode {
    case standard, legacy, adaptive

    static let names: StaticString = "standard, adaptive or legacy"

    init?(named name: ByteView) {
        if name == "standard" {
            self = .standard
        } else if name == "legacy" {
            self = .legacy
        } else if name == "adaptive" {
            self = .adaptive
        } else {
            return nil
        }
    }

    /// Requests of a call, the first included, and the mode's feature id in the User-Agent (botocore:
    /// useragent.py).
    private var row: (name: StaticString, defaultAttempts: Int64, featureID: StaticString) {
        switch self {
        case .standard: ("standard", 3, "E")
        case .legacy: ("legacy", 5, "D")
        case .adaptive: ("adaptive", 3, "F")
        }
    }

    var name: ByteView { ByteView(row.name) }
    var defaultAttempts: Int64 { row.defaultAttempts }
    var featureID: ByteView { ByteView(row.featureID) }
}
