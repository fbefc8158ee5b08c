import CLocJob

// Section "Configuration" of the header.

/// What is behind a `locjob_config`.
final class Config: Handled {
    static let kind: UInt64 = 0x5E81_F24B_D60C_9A37

    var settings = Settings()
    var logger: Logger?
    var callbacks = Callbacks()
    /// What the first refused setting had wrong.
    private(set) var failure: Failure?
    private(set) var message = CText()

    func refuse(_ failure: Failure) -> locjob_code {
        if self.failure == nil {
            self.failure = failure
            message = CText(failure.message.bytes)
        }
        return failure.code.rawValue
    }
}

@_cdecl("locjob_config_new") @implementation
public func locjob_config_new() -> OpaquePointer! { entry { Handle.retain(Config()) } }

@_cdecl("locjob_config_free") @implementation
public func locjob_config_free(_ config: OpaquePointer!) { entry { Handle.release(config, Config.self) } }

@_cdecl("locjob_config_set") @implementation
public func locjob_config_set(
    _ config: OpaquePointer!, _ name: UnsafePointer<CChar>!, _ value: UnsafePointer<CChar>!
) -> locjob_code {
    entry {
        guard let config = Handle.object(config, Config.self), let name else { return Code.invalidArgument.rawValue }
        do throws(Failure) {
            let setting = try Setting.named(ByteView(text: name))
            try config.settings.set(setting, value.map { ByteView(text: $0) })
            return Code.ok.rawValue
        } catch {
            return config.refuse(error)
        }
    }
}

@_cdecl("locjob_config_message") @implementation
public func locjob_config_message(_ config: OpaquePointer!) -> UnsafePointer<CChar>! {
    Handle.object(config, Config.self)?.message.pointer ?? cText("")
}

@_cdecl("locjob_config_set_logger") @implementation
public func locjob_config_set_logger(
    _ config: OpaquePointer!, _ logger: locjob_logger!, _ user: UnsafeMutableRawPointer!, _ level: Int32
) -> locjob_code {
    entry {
        guard let config = Handle.object(config, Config.self),
            logger == nil || (Logger.warning...Logger.debug).contains(level)
        else { return Code.invalidArgument.rawValue }
        config.logger = logger.map { Logger($0, user, level: level) }
        return Code.ok.rawValue
    }
}
