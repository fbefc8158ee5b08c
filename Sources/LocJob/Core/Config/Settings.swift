/// Values set in code, by setting. Each was checked when it was set.
struct Settings {
    private var values: [Bytes?] = []

    init() {}

    /// Sets or, with nil, takes back a value.
    mutating func set(_ setting: Setting, _ value: ByteView?) throws(Failure) {
        if let value { try setting.check(value, from: .code(setting)) }
        while values.count <= setting.rawValue { values.append(nil) }
        values[setting.rawValue] = value?.bytes
    }

    subscript(setting: Setting) -> Bytes? {
        setting.rawValue < values.count ? values[setting.rawValue] : nil
    }

    /// False when neither variables nor files may be read.
    var usesEnvironment: Bool {
        self[.useEnvironment]?.withView { $0.boolean } ?? true
    }
}
