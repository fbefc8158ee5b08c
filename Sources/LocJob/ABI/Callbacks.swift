import CCore
import CLocJob

// The caller's functions for credentials and MFA codes, of the header's section "Configuration".

/// The caller's functions, with what they are to be handed.
struct Callbacks {
    var credentials: (provider: locjob_credentials_provider, user: UnsafeMutableRawPointer?)?
    var mfa: (provider: locjob_mfa_provider, user: UnsafeMutableRawPointer?)?

    /// Asks the caller for credentials; nil when there are none.
    func provide() -> FetchedCredentials? {
        guard let (provider, user) = credentials else { return nil }
        let given = GivenCredentials()
        let handle = Handle.retain(given)
        defer { Handle.release(handle, GivenCredentials.self) }
        return provider(user, handle) == 0 ? given.fetched : nil
    }

    /// Asks the caller for an MFA code; nil when there is none.
    func mfaCode(_ serial: Bytes) -> Bytes? {
        guard let (provider, user) = mfa else { return nil }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { room in
            guard let base = room.baseAddress else { return nil }
            room.initialize(repeating: 0)
            defer { lj_wipe(base, room.count) }
            guard withCString(serial, { provider(user, $0, base, room.count) }) == 0 else { return nil }
            room[room.count - 1] = 0
            let code = ByteView(text: base).trimmed
            return code.isEmpty ? nil : code.bytes
        }
    }
}

/// What is behind a `locjob_credentials`.
final class GivenCredentials: Handled {
    static let kind: UInt64 = 0xC47B_0E95_3D2A_F681

    var fetched: FetchedCredentials?
}

@_cdecl("locjob_credentials_set") @implementation
public func locjob_credentials_set(
    _ credentials: OpaquePointer!, _ access_key_id: UnsafePointer<CChar>!,
    _ secret_access_key: UnsafePointer<CChar>!, _ session_token: UnsafePointer<CChar>!, _ expiration: Int64
) -> locjob_code {
    entry {
        guard let given = Handle.object(credentials, GivenCredentials.self), expiration >= 0 else {
            return Code.invalidArgument.rawValue
        }
        func part(_ text: UnsafePointer<CChar>?, _ setting: Setting) -> Sourced<Bytes>? {
            guard let text, text.pointee != 0 else { return nil }
            return Sourced(value: ByteView(text: text).bytes, source: .code(setting))
        }
        do throws(Failure) {
            let keys = StaticKeys(
                origin: .code, accessKeyID: part(access_key_id, .accessKeyID),
                secretAccessKey: part(secret_access_key, .secretAccessKey),
                sessionToken: part(session_token, .sessionToken))
            guard let found = try keys.credentials() else { return Code.partialCredentials.rawValue }
            given.fetched = FetchedCredentials(credentials: found, expiration: expiration == 0 ? nil : expiration)
            return Code.ok.rawValue
        } catch {
            return error.code.rawValue
        }
    }
}

@_cdecl("locjob_config_set_credentials_provider") @implementation
public func locjob_config_set_credentials_provider(
    _ config: OpaquePointer!, _ provider: locjob_credentials_provider!, _ user: UnsafeMutableRawPointer!
) -> locjob_code {
    entry {
        guard let config = Handle.object(config, Config.self) else { return Code.invalidArgument.rawValue }
        config.callbacks.credentials = provider.map { ($0, user) }
        return Code.ok.rawValue
    }
}

@_cdecl("locjob_config_set_mfa_provider") @implementation
public func locjob_config_set_mfa_provider(
    _ config: OpaquePointer!, _ provider: locjob_mfa_provider!, _ user: UnsafeMutableRawPointer!
) -> locjob_code {
    entry {
        guard let config = Handle.object(config, Config.self) else { return Code.invalidArgument.rawValue }
        config.callbacks.mfa = provider.map { ($0, user) }
        return Code.ok.rawValue
    }
}
