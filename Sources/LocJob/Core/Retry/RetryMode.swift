/// How a client retries; the names are those of `retry_mode`.
enum RetryMode {
    case standard, legacy

    static let names: StaticString = "standard or legacy"

    init?(named name: ByteView) {
        if name == "standard" {
            self = .standard
        } else if name == "legacy" {
            self = .legacy
        } else {
            return nil
        }
    }

    var name: ByteView {
        switch self {
        case .standard: "standard"
        case .legacy: "legacy"
        }
    }

    /// Requests of a call, the first included.
    var defaultAttempts: Int64 {
        switch self {
        case .standard: 3
        case .legacy: 5
        }
    }

    /// The mode's feature id in the User-Agent (botocore: useragent.py).
    var featureID: ByteView {
        switch self {
        case .standard: "E"
        case .legacy: "D"
        }
    }
}
