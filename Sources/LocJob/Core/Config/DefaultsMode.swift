/// Sets of defaults by where a program runs (botocore: data/sdk-default-configuration.json and
/// configprovider.py, SmartDefaultsConfigStoreFactory). Retry mode and STS endpoints are the same in all of
/// them; what differs is how long connecting may take.
enum DefaultsMode {
    case legacy, standard, inRegion, crossRegion, mobile
    /// One of the others, by where the program runs and what it asks.
    case auto

    static let names: StaticString = "legacy, standard, in-region, cross-region, mobile or auto"

    /// In any case, as botocore takes it (session.py, _resolve_defaults_mode).
    init?(named name: ByteView) {
        if name.equalsIgnoringCase("legacy") {
            self = .legacy
        } else if name.equalsIgnoringCase("standard") {
            self = .standard
        } else if name.equalsIgnoringCase("in-region") {
            self = .inRegion
        } else if name.equalsIgnoringCase("cross-region") {
            self = .crossRegion
        } else if name.equalsIgnoringCase("mobile") {
            self = .mobile
        } else if name.equalsIgnoringCase("auto") {
            self = .auto
        } else {
            return nil
        }
    }

    /// Milliseconds; nil for the library's own default.
    var connectTimeout: Int64? {
        switch self {
        case .legacy: nil
        case .inRegion: 1100
        case .standard, .crossRegion, .auto: 3100
        case .mobile: 30_000
        }
    }

    /// What `auto` comes to for a client of `region` in a program that runs in `current`; nil when nobody
    /// knows where it runs.
    func resolved(region: Bytes, current: Bytes?) -> DefaultsMode {
        guard self == .auto else { return self }
        guard let current else { return .standard }
        return current == region ? .inRegion : .crossRegion
    }
}
