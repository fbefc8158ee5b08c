/// Looks settings up where they may be: code, environment, profile, in that order.
struct Resolver {
    let settings: Settings
    let environment: Environment
    let files: SharedFiles
    /// The chosen profile; nil when nothing names one and there is no `default`.
    let profile: Profile?

    /// Throws PROFILE_NOT_FOUND when a profile is named that no file has.
    init(_ settings: Settings, _ environment: Environment, _ files: SharedFiles) throws(Failure) {
        self.settings = settings
        self.environment = environment
        self.files = files
        let first = Resolver(settings, environment, files, profile: nil)
        if let chosen = try first.value(.profile) {
            profile = files.profile(chosen.value)
            if profile == nil {
                throw Failure(
                    .profileNotFound, "profile \(quoted: chosen.value) (\(chosen.source.text)) is in no file")
            }
        } else {
            profile = files.profile(Bytes("default"))
        }
    }

    private init(_ settings: Settings, _ environment: Environment, _ files: SharedFiles, profile: Profile?) {
        self.settings = settings
        self.environment = environment
        self.files = files
        self.profile = profile
    }

    /// A setting's value, checked; nil when it is set nowhere.
    func value(_ setting: Setting) throws(Failure) -> Sourced<Bytes>? {
        guard let found = unchecked(setting) else { return nil }
        try found.value.withView { value throws(Failure) in try setting.check(value, from: found.source) }
        return found
    }

    /// A setting that is true or false, and where that came from.
    func flag(_ setting: Setting) throws(Failure) -> Sourced<Bool> {
        guard let found = try value(setting) else {
            return Sourced(value: ByteView(setting.row.standard).boolean ?? false, source: .none)
        }
        return Sourced(value: found.value.withView { $0.boolean } ?? false, source: found.source)
    }

    /// A whole number; `standard` stands in for a default that depends on other settings.
    func number(_ setting: Setting, default standard: Int64? = nil) throws(Failure) -> Int64 {
        let found = try value(setting)?.value.withView { $0.trimmed.signedDecimal }
        return found ?? standard ?? ByteView(setting.row.standard).decimal ?? 0
    }

    private func unchecked(_ setting: Setting) -> Sourced<Bytes>? {
        if let value = settings[setting] { return Sourced(value: value, source: .code(setting)) }
        let row = setting.row
        if let found = variable(row.variables, takesEmpty: row.takesEmpty) { return found }
        if row.isInProfile, let entry = profile?.entry(setting.name) {
            return Sourced(value: entry.value, source: entry.source)
        }
        return variable(row.lateVariables)
    }

    func variable(_ names: [ByteView], takesEmpty: Bool = false) -> Sourced<Bytes>? {
        for name in names {
            if let value = environment.value(name, takesEmpty: takesEmpty) {
                return Sourced(value: value, source: .variable(name))
            }
        }
        return nil
    }
}
