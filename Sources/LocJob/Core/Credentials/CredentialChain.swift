/// The credential providers in the AWS CLI's order (botocore: credentials.py, create_credential_resolver).
/// The first that is configured answers; a configured provider that cannot answer ends the chain with its
/// error.
///
/// Every provider so far answers at once. One that has to ask a server, a file or a program belongs here
/// too, as a step that the call's driver carries out.
struct CredentialChain {
    private let code: StaticKeys
    private let environment: StaticKeys?
    private let profile: Profile?
    /// Where other providers are configured by the environment.
    private let webIdentity: Source?
    private let container: Source?

    init(_ resolver: Resolver) throws(Failure) {
        code = StaticKeys(
            origin: .code,
            accessKeyID: Self.setting(.accessKeyID, resolver),
            secretAccessKey: Self.setting(.secretAccessKey, resolver),
            sessionToken: Self.setting(.sessionToken, resolver))
        // A profile chosen in code is meant: keys in the environment do not stand in its way.
        environment =
            resolver.settings[.profile] == nil
            ? StaticKeys(
                origin: .environment,
                accessKeyID: Self.variable(["AWS_ACCESS_KEY_ID"], resolver),
                secretAccessKey: Self.variable(["AWS_SECRET_ACCESS_KEY"], resolver),
                sessionToken: Self.variable(["AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"], resolver),
                accessKeyIDName: "AWS_ACCESS_KEY_ID", secretAccessKeyName: "AWS_SECRET_ACCESS_KEY")
            : nil
        profile = resolver.profile
        webIdentity =
            resolver.settings[.profile] == nil ? Self.variable(["AWS_WEB_IDENTITY_TOKEN_FILE"], resolver)?.source : nil
        container = Self.variable(
            ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"], resolver)?.source
    }

    /// The fetch of the first provider that is configured. Throws NO_CREDENTIALS when none is.
    func makeFetch() throws(Failure) -> any CredentialFetch { StaticFetch(try credentials()) }

    /// Throws NO_CREDENTIALS when no provider is configured.
    func credentials() throws(Failure) -> Credentials {
        if let found = try code.credentials() { return found }
        if let found = try environment?.credentials() { return found }
        if let webIdentity { throw Self.unsupported(webIdentity) }
        if let profile {
            try refuse(["role_arn", "sso_session", "sso_start_url"], in: profile)
            if let found = try keys(of: profile, inCredentialsFile: true).credentials() { return found }
            try refuse(["login_session", "credential_process"], in: profile)
            if let found = try keys(of: profile, inCredentialsFile: false).credentials() { return found }
        }
        if let container { throw Self.unsupported(container) }
        throw Failure(
            .noCredentials,
            "no credentials: none in code, none in AWS_ACCESS_KEY_ID, none in the profile")
    }

    /// Throws for keys that configure a provider which would answer at this place of the chain.
    private func refuse(_ keys: [ByteView], in profile: Profile) throws(Failure) {
        for key in keys {
            guard let entry = profile.entry(key) else { continue }
            throw Self.unsupported(entry.source)
        }
    }

    private static func unsupported(_ source: Source) -> Failure {
        Failure(.credentialsFailed, "\(source.text): this version takes static keys only")
    }

    private func keys(of profile: Profile, inCredentialsFile: Bool) -> StaticKeys {
        func entry(_ key: ByteView) -> Sourced<Bytes>? {
            guard let entry = profile.entry(key, inCredentialsFile: inCredentialsFile), !entry.value.isEmpty else {
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

    private static func setting(_ setting: Setting, _ resolver: Resolver) -> Sourced<Bytes>? {
        guard let value = resolver.settings[setting], !value.isEmpty else { return nil }
        return Sourced(value: value, source: .code(setting))
    }

    private static func variable(_ names: [ByteView], _ resolver: Resolver) -> Sourced<Bytes>? {
        for name in names {
            if let value = resolver.environment.value(name) { return Sourced(value: value, source: .variable(name)) }
        }
        return nil
    }
}
