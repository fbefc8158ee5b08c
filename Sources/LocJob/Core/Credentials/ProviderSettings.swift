// Which providers are configured, from code, environment and profile.

/// What the configuration says of a provider.
enum ProviderSettings {
    case provider(any CredentialProvider)
    /// Why it does not apply.
    case absent(Text)
}

extension Resolver {
    /// Throws when a provider is configured in a way that cannot work.
    func provider(_ origin: CredentialOrigin) throws(Failure) -> ProviderSettings {
        switch origin {
        case .code: return try keys(codeKeys, absent: "not set")
        case .environment:
            // A profile chosen in code is meant: keys in the environment do not stand in its way.
            if settings[.profile] != nil { return .absent("a profile is chosen in code") }
            return try keys(environmentKeys, absent: "AWS_ACCESS_KEY_ID is not set")
        case .sharedCredentialsFile: return try keys(profileKeys(inCredentialsFile: true), absent: "no keys in the profile")
        case .configFile: return try keys(profileKeys(inCredentialsFile: false), absent: "no keys in the profile")
        case .assumeRole: return try unsupported(["role_arn"])
        case .sso: return try unsupported(["sso_session", "sso_start_url"])
        case .login: return try unsupported(["login_session"])
        case .process: return try unsupported(["credential_process"])
        case .webIdentity:
            if settings[.profile] == nil, let found = variable(["AWS_WEB_IDENTITY_TOKEN_FILE"]) {
                throw unsupported(found.source)
            }
            return .absent("not set")
        case .container:
            let names: [ByteView] = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"]
            if let found = variable(names) { throw unsupported(found.source) }
            return .absent("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and _FULL_URI are not set")
        case .instanceMetadata: return .absent("not supported")
        }
    }

    private func unsupported(_ keys: [ByteView]) throws(Failure) -> ProviderSettings {
        for key in keys {
            if let entry = profile?.entry(key) { throw unsupported(entry.source) }
        }
        return .absent("not in the profile")
    }

    private func unsupported(_ source: Source) -> Failure {
        Failure(.credentialsFailed, "\(source.text): this version takes static keys only")
    }
}

// MARK: - Static keys

extension Resolver {
    private func keys(_ keys: StaticKeys, absent: StaticString) throws(Failure) -> ProviderSettings {
        guard let credentials = try keys.credentials() else { return .absent("\(absent)") }
        return .provider(StaticProvider(credentials))
    }

    private var codeKeys: StaticKeys {
        func setting(_ setting: Setting) -> Sourced<Bytes>? {
            guard let value = settings[setting], !value.isEmpty else { return nil }
            return Sourced(value: value, source: .code(setting))
        }
        return StaticKeys(
            origin: .code, accessKeyID: setting(.accessKeyID), secretAccessKey: setting(.secretAccessKey),
            sessionToken: setting(.sessionToken))
    }

    private var environmentKeys: StaticKeys {
        StaticKeys(
            origin: .environment,
            accessKeyID: variable(["AWS_ACCESS_KEY_ID"]),
            secretAccessKey: variable(["AWS_SECRET_ACCESS_KEY"]),
            sessionToken: variable(["AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"]),
            accessKeyIDName: "AWS_ACCESS_KEY_ID", secretAccessKeyName: "AWS_SECRET_ACCESS_KEY")
    }

    /// The keys that one of the two files has for the profile.
    func profileKeys(inCredentialsFile: Bool) -> StaticKeys {
        func entry(_ key: ByteView) -> Sourced<Bytes>? {
            guard let entry = profile?.entry(key, inCredentialsFile: inCredentialsFile), !entry.value.isEmpty else {
                return nil
            }
            return Sourced(value: entry.value, source: entry.source)
        }
        return StaticKeys(
            origin: inCredentialsFile ? .sharedCredentialsFile : .configFile,
            accessKeyID: entry("aws_access_key_id"),
            secretAccessKey: entry("aws_secret_access_key"),
            sessionToken: entry("aws_session_token") ?? entry("aws_security_token"))
    }
}
