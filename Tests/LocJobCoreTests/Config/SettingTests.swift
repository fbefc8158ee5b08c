import Testing

@testable import LocJob

@Suite("Settings")
struct SettingTests {
    /// The names that the header's comment on locjob_config_set lists.
    static let documented: Set<String> = {
        let text = try! Repository.text("include/locjob.h")
        let start = text.range(of: "Gives a setting a value")!.upperBound
        let end = text.range(of: "Returns LOCJOB_OK, LOCJOB_UNKNOWN_SETTING")!.lowerBound
        // Names stand at the comment's first column, one or several before the description.
        let lines = text[start..<end].split(separator: "\n")
        let names = lines.compactMap { $0.prefixMatch(of: /\ \*   ([a-z0-9_]+(?:, [a-z0-9_]+)*)/)?.1 }
        return Set(names.flatMap { $0.split(separator: ", ").map(String.init) })
    }()

    @Test("are those that the header documents")
    func documentation() {
        #expect(Set(Setting.allCases.map(\.name.text)) == Self.documented)
    }

    @Test("are found by their exact name", arguments: Setting.allCases)
    func names(_ setting: Setting) throws {
        #expect(try setting.name.text.withView { try Setting.named($0) } == setting)
        setting.name.text.uppercased().withView { name in
            #expect(failure { _ = try Setting.named(name) }?.code == .unknownSetting)
        }
    }

    @Test(
        "of other names are unknown, and named",
        arguments: [" ", "Region", "region ", "profil", "aws_region", "region\n"])
    func unknown(_ name: String) {
        name.withView { name in
            let failure = failure { _ = try Setting.named(name) }
            #expect(failure?.code == .unknownSetting)
            #expect(failure?.message.contains(name.text.trimmingSuffix("\n")) == true)
        }
    }

    @Test("replace and take back values")
    func replacing() throws {
        var settings = Settings()
        #expect(settings[.region] == nil)
        try settings.set(.region, "a")
        try settings.set(.region, "b")
        #expect(settings[.region]?.text == "b")
        try settings.set(.region, nil)
        #expect(settings[.region] == nil)
        #expect(settings[.useEnvironment] == nil)
    }

    @Test("keep what they had when a value is refused")
    func refused() throws {
        var settings = Settings()
        try settings.set(.maxAttempts, "2")
        #expect(failure { try settings.set(.maxAttempts, "0") }?.code == .invalidSetting)
        #expect(settings[.maxAttempts]?.text == "2")
    }

    @Test(
        "never show a secret that is refused",
        arguments: [Setting.accessKeyID, .secretAccessKey, .sessionToken, .httpProxy, .httpsProxy])
    func secrets(_ setting: Setting) {
        var settings = Settings()
        "hush\u{1}".withView { value in
            let failure = failure { try settings.set(setting, value) }
            #expect(failure?.code == .invalidSetting)
            #expect(failure?.message.contains("hush") == false)
            #expect(failure?.message.contains(setting.name.text) == true)
        }
    }

    @Test("refuse what is not UTF-8 or holds control characters", arguments: Setting.allCases)
    func characters(_ setting: Setting) {
        for bytes in [[0xFF], [0x61, 0x00], [0x0A], [0x7F], [0xC3]] as [Bytes] {
            var settings = Settings()
            bytes.withView { view in #expect(failure { try settings.set(setting, view) }?.code == .invalidSetting) }
        }
    }

    @Test(
        "may forbid the environment",
        arguments: [
            ("true", true), ("TRUE", true), ("false", false), ("False", false), (nil, true),
        ] as [(String?, Bool)])
    func environment(_ value: String?, _ uses: Bool) throws {
        let settings = try Settings(value.map { ["use_environment": $0] } ?? [:])
        #expect(settings.usesEnvironment == uses)
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
