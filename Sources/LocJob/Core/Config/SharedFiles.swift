/// What reading a file gave.
enum FileContents {
    case absent
    case bytes(Bytes)
    /// This user may not read it.
    case denied
    /// There is something at the path, but it cannot be read; the reason is the system's.
    case unreadable(Text)
}

/// The shared configuration and credentials files: which they are, and what their profiles say.
struct SharedFiles {
    /// Paths of the two files; nil when there is nowhere to look.
    struct Paths {
        var config: Bytes?
        var credentials: Bytes?
        /// Whether code or environment name them.
        var isConfigNamed = false
        var isCredentialsNamed = false

        /// From code, else from the environment, else in `~/.aws`.
        init(_ settings: Settings, _ environment: Environment) throws(Failure) {
            config = try Self.path(.configFile, "~/.aws/config", settings, environment)
            credentials = try Self.path(.sharedCredentialsFile, "~/.aws/credentials", settings, environment)
            isConfigNamed = Self.named(.configFile, settings, environment) != nil
            isCredentialsNamed = Self.named(.sharedCredentialsFile, settings, environment) != nil
        }

        private static func named(_ setting: Setting, _ settings: Settings, _ environment: Environment) -> Bytes? {
            var chosen = settings[setting]
            for variable in setting.row.variables where chosen == nil { chosen = environment.value(variable) }
            return chosen
        }

        private static func path(
            _ setting: Setting, _ standard: StaticString, _ settings: Settings, _ environment: Environment
        ) throws(Failure) -> Bytes? {
            let path = try environment.expand(path: named(setting, settings, environment) ?? Bytes(standard))
            return path.first == UInt8(ascii: "~") ? nil : path
        }
    }

    private final class File {
        let path: Bytes
        let ini: INIFile

        init(_ path: Bytes, _ ini: INIFile) {
            self.path = path
            self.ini = ini
        }
    }

    private var config: File?
    private var credentials: File?
    private(set) var warnings: [Text] = []

    /// No files: everything comes from code and environment.
    init() {}

    /// Throws INVALID_FILE for a file that is there and cannot be read or parsed.
    init(_ paths: Paths, config: FileContents, credentials: FileContents) throws(Failure) {
        self.config = try parse(config, paths.config, isNamed: paths.isConfigNamed)
        self.credentials = try parse(credentials, paths.credentials, isNamed: paths.isCredentialsNamed)
    }

    /// The home of another user, as a daemon may have it, is no mistake of this configuration; a file that
    /// is named and cannot be read is one.
    private mutating func parse(_ contents: FileContents, _ path: Bytes?, isNamed: Bool) throws(Failure) -> File? {
        guard let path else { return nil }
        switch contents {
        case .absent: return nil
        case .denied:
            if isNamed { throw Failure(.invalidFile, "\(quoted: path) cannot be read: permission denied") }
            warnings.append("\(quoted: path) is not used: permission denied")
            return nil
        case .unreadable(let reason): throw Failure(.invalidFile, "\(quoted: path) cannot be read: \(reason)")
        case .bytes(let bytes):
            return File(path, try bytes.withView { text throws(Failure) in try INIFile(text, path: path) })
        }
    }

    /// A profile, from all sections that have its name: a later one wins over an earlier one, the
    /// credentials file over the configuration file, key by key. Nil when there is none.
    func profile(_ name: Bytes) -> Profile? {
        let profile = Profile(name: name)
        if let config {
            // `[profile default]` wins over `[default]`; no other name stands alone in this file.
            profile.add(config.ini, config.path) { Self.isSection($0, kind: "profile", name: name) }
            if profile.isEmpty, name.equals("default") {
                profile.add(config.ini, config.path) { $0.equals("default") }
            }
        }
        if let credentials {
            profile.add(credentials.ini, credentials.path, isCredentialsFile: true) { $0 == name }
        }
        return profile.isEmpty ? nil : profile
    }

    /// The `[services NAME]` section of the configuration file.
    func services(_ name: Bytes) -> Profile? { section("services", name) }

    private func section(_ kind: ByteView, _ name: Bytes) -> Profile? {
        guard let config else { return nil }
        let section = Profile(name: name)
        section.add(config.ini, config.path) { Self.isSection($0, kind: kind, name: name) }
        return section.isEmpty ? nil : section
    }

    /// The `[sso-session NAME]` section of the configuration file.
    func ssoSession(_ name: Bytes) -> Profile? { section("sso-session", name) }

    private static func isSection(_ section: Bytes, kind: ByteView, name: Bytes) -> Bool {
        guard section.withView({ $0.hasPrefix(kind) }) else { return false }
        guard let words = section.withView({ ShellWords.split($0) }) else { return false }
        return words.count == 2 && words[0].equals(kind) && words[1] == name
    }
}

/// The keys of one profile, or of another kind of section. A class, as it is handed on often.
final class Profile {
    struct Entry {
        var key: Bytes
        var value: Bytes
        var nested: [INIFile.Entry]
        var path: Bytes
        var line: Int
        var isFromCredentialsFile: Bool

        var source: Source { .file(key: key, path: path, line: line) }
    }

    let name: Bytes
    private var entries: [Entry] = []
    private var sectionCount = 0

    init(name: Bytes) { self.name = name }

    /// Whether no file has a section of this name; one without keys is a profile too.
    var isEmpty: Bool { sectionCount == 0 }

    /// The last entry of a key counts.
    func entry(_ key: ByteView) -> Entry? { entries.last { $0.key.equals(key) } }

    /// A key's value and where it stands; nil when there is none or it is empty.
    func value(_ key: ByteView) -> Sourced<Bytes>? {
        guard let entry = entry(key), !entry.value.isEmpty else { return nil }
        return Sourced(value: entry.value, source: entry.source)
    }

    /// The same of one of the two files alone.
    func entry(_ key: ByteView, inCredentialsFile: Bool) -> Entry? {
        entries.last { $0.isFromCredentialsFile == inCredentialsFile && $0.key.equals(key) }
    }

    /// Adds the sections that match. What `[DEFAULT]` says, in capitals, holds in each of them unless it says
    /// otherwise, and is no section of its own (Python's configparser, default_section).
    func add(
        _ file: INIFile, _ path: Bytes, isCredentialsFile: Bool = false, where matches: (Bytes) -> Bool
    ) {
        func isCommon(_ section: INIFile.Section) -> Bool { section.name.equals("DEFAULT") }
        let others = sectionCount
        for section in file.sections where !isCommon(section) && matches(section.name) { sectionCount += 1 }
        if sectionCount == others { return }
        for common in [true, false] {
            for section in file.sections where isCommon(section) == common && (common || matches(section.name)) {
                for entry in section.entries {
                    entries.append(
                        Entry(
                            key: entry.key, value: entry.value, nested: entry.nested, path: path, line: entry.line,
                            isFromCredentialsFile: isCredentialsFile))
                }
            }
        }
    }
}
