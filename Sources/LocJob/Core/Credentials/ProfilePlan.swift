/// Makes the providers that one profile configures: the chosen one, or the source of a role.
struct ProfilePlan {
    let plan: CredentialPlan
    let profile: Profile
    /// The profiles on the way here, this one included.
    let visited: [Bytes]

    /// Throws when the provider is configured in a way that cannot work.
    func provider(_ origin: CredentialOrigin) throws(Failure) -> ProviderPlan {
        switch origin {
        case .assumeRole: return try assumeRole()
        case .webIdentity:
            guard let file = profile.value("web_identity_token_file") else { return notInProfile }
            return .provider(
                try plan.webIdentity(
                    file, role: profile.value("role_arn"), sessionName: profile.value("role_session_name"),
                    featureIDs: Bytes("q,k")))
        case .sso: return try sso()
        case .sharedCredentialsFile:
            return try plan.keys(keys(inCredentialsFile: true), absent: "no keys in the profile")
        case .login: return try login()
        case .process:
            guard let command = profile.value("credential_process") else { return notInProfile }
            return .provider(try ProcessProvider.make(command))
        case .configFile: return try plan.keys(keys(inCredentialsFile: false), absent: "no keys in the profile")
        case .code, .environment, .container, .instanceMetadata: return notInProfile
        }
    }

    private var notInProfile: ProviderPlan { .absent("not in the profile") }

    /// The keys that one of the two files has for the profile.
    private func keys(inCredentialsFile: Bool) -> StaticKeys {
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
}

// MARK: - Sign-in (botocore: credentials.py, SSOProvider and LoginProvider)

extension ProfilePlan {
    private func sso() throws(Failure) -> ProviderPlan {
        guard let configured = profile.value("sso_role_name") ?? profile.value("sso_account_id") else {
            return notInProfile
        }
        let sessionName = profile.value("sso_session")
        let session = try sessionName.map { name throws(Failure) in try ssoSession(name) }
        func required(_ key: ByteView) throws(Failure) -> Sourced<Bytes> {
            let mine = profile.value(key)
            let shared = session?.value(key)
            if let mine, let shared, mine.value != shared.value {
                throw Failure(.invalidSetting, "\(mine.source.text) is not what the sso-session has")
            }
            guard let value = shared ?? mine else {
                throw Failure(.partialCredentials, "\(configured.source.text) is set but \(key) is not")
            }
            return value
        }
        let region = try Region(try required("sso_region"))
        return .provider(
            SSOProvider(
                SSOSettings(
                    startURL: try required("sso_start_url").value, region: region,
                    accountID: try required("sso_account_id").value, roleName: try required("sso_role_name").value,
                    sessionName: sessionName?.value, cacheDirectory: try cache("~/.aws/sso/cache"),
                    portal: try endpoint(.portal, region, "sso", "AWS_ENDPOINT_URL_SSO"),
                    oidc: try endpoint(.oidc, region, "sso_oidc", "AWS_ENDPOINT_URL_SSO_OIDC"))))
    }

    private func ssoSession(_ name: Sourced<Bytes>) throws(Failure) -> Profile {
        guard let session = plan.resolver.files.ssoSession(name.value) else {
            throw Failure(
                .invalidSetting, "\(name.source.text) names [sso-session \(printable: name.value)], which is not there")
        }
        return session
    }

    private func login() throws(Failure) -> ProviderPlan {
        guard let session = profile.value("login_session") else { return notInProfile }
        var directory = try cache("~/.aws/login/cache")
        if let chosen = plan.resolver.variable(["AWS_LOGIN_CACHE_DIRECTORY"]) {
            directory = try plan.resolver.environment.expand(path: chosen.value)
        }
        return .provider(
            LoginProvider(
                LoginSettings(
                    session: session.value,
                    cacheDirectory: directory,
                    endpoint: try endpoint(.signIn, plan.region, "signin", "AWS_ENDPOINT_URL_SIGNIN"))))
    }

    private func endpoint(
        _ service: SignInEndpoint.Service, _ region: Region, _ key: ByteView, _ variable: ByteView
    ) throws(Failure) -> SignInEndpoint {
        try SignInEndpoint(
            service, region: region, custom: try plan.resolver.configuredEndpoint(of: key, variable),
            isFIPS: try plan.resolver.flag(.useFIPSEndpoint),
            isDualStack: try plan.resolver.flag(.useDualStackEndpoint))
    }

    /// A directory below the home directory; nil without one.
    private func cache(_ path: StaticString) throws(Failure) -> Bytes? {
        let path = try plan.resolver.environment.expand(path: Bytes(path))
        return path.first == UInt8(ascii: "~") ? nil : path
    }
}

// MARK: - Roles (botocore: credentials.py, AssumeRoleProvider)

extension ProfilePlan {
    private var hasKeys: Bool {
        profile.value("aws_access_key_id") != nil || profile.value("aws_secret_access_key") != nil
    }

    /// A profile with a web identity is not assumed with other credentials.
    private var hasRole: Bool { profile.value("role_arn") != nil && profile.value("web_identity_token_file") == nil }

    private func assumeRole() throws(Failure) -> ProviderPlan {
        guard hasRole, let role = profile.value("role_arn") else { return notInProfile }
        let source: any CredentialProvider
        let featureIDs: Bytes
        switch (profile.value("source_profile"), profile.value("credential_source")) {
        case (let name?, nil):
            source = try sourceProfile(name)
            featureIDs = Bytes("o,n")
        case (nil, let name?):
            source = try credentialSource(name)
            featureIDs = Bytes("p")
        case (nil, nil):
            throw Failure(
                .partialCredentials, "\(role.source.text) has neither source_profile nor credential_source beside it")
        case (let name?, _?):
            throw Failure(.invalidSetting, "\(name.source.text) and credential_source exclude each other")
        }
        let settings = AssumeRoleSettings(
            role: STSRole(
                endpoint: try plan.stsEndpoint, arn: role.value, sessionName: profile.value("role_session_name")?.value,
                featureIDs: featureIDs),
            externalID: profile.value("external_id")?.value, mfaSerial: profile.value("mfa_serial")?.value,
            durationSeconds: profile.value("duration_seconds")?.value)
        return .provider(AssumeRoleProvider(settings, source: source))
    }

    /// More is a mistake, and each link costs stack.
    private static let longestChain = 100

    private func sourceProfile(_ name: Sourced<Bytes>) throws(Failure) -> any CredentialProvider {
        guard let source = plan.resolver.files.profile(name.value) else {
            throw Failure(
                .profileNotFound, "\(name.source.text) names profile \(quoted: name.value), which is in no file")
        }
        let next = ProfilePlan(plan: plan, profile: source, visited: visited + [name.value])
        // A profile may name itself and so have role and keys in one place.
        let isSelf = name.value == profile.name
        if visited.contains(name.value), !(isSelf && next.hasKeys) {
            throw Failure(.invalidSetting, "\(name.source.text) closes a loop of profiles at \(quoted: name.value)")
        }
        if next.visited.count > Self.longestChain {
            throw Failure(.invalidSetting, "\(name.source.text): more than \(Self.longestChain) profiles in a chain")
        }
        if next.hasRole, !next.hasKeys, let provider = try next.assumeRole().provider { return provider }
        let others: [CredentialOrigin] = [.webIdentity, .sso, .sharedCredentialsFile, .login, .process, .configFile]
        for origin in others {
            if let provider = try next.provider(origin).provider { return provider }
        }
        throw Failure(
            .partialCredentials, "\(name.source.text) names profile \(quoted: name.value), which has no credentials")
    }

    private func credentialSource(_ name: Sourced<Bytes>) throws(Failure) -> any CredentialProvider {
        let found: ProviderPlan
        if name.value.equals("Environment") {
            found = try plan.environment()
        } else if name.value.equals("EcsContainer") {
            found = try plan.container()
        } else if name.value.equals("Ec2InstanceMetadata") {
            found = try plan.instanceMetadata()
        } else {
            throw Failure(
                .invalidSetting,
                """
                \(name.source.text) is \(quoted: name.value) where Environment, EcsContainer or Ec2InstanceMetadata \
                is needed
                """)
        }
        switch found {
        case .provider(let provider): return provider
        case .absent(let reason):
            throw Failure(.credentialsFailed, "\(name.source.text): no credentials there: \(reason)")
        }
    }
}
