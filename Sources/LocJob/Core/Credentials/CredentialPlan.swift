/// What the configuration says of a provider.
enum ProviderPlan {
    case provider(any CredentialProvider)
    /// Why it does not apply.
    case absent(Text)

    var provider: (any CredentialProvider)? {
        if case .provider(let provider) = self { provider } else { nil }
    }
}

/// Makes the providers that code, environment and profile configure.
struct CredentialPlan {
    let resolver: Resolver
    let region: Region

    /// A provider of the chain. Throws when it is configured in a way that cannot work.
    func provider(_ origin: CredentialOrigin) throws(Failure) -> ProviderPlan {
        switch origin {
        case .code: return try keys(codeKeys, absent: "not set")
        case .environment:
            // A profile chosen in code is meant: keys in the environment do not stand in its way.
            if isProfileChosenInCode { return .absent("a profile is chosen in code") }
            return try environment()
        case .webIdentity:
            if !isProfileChosenInCode, let provider = try environmentWebIdentity() { return .provider(provider) }
            return try profilePlan(origin)
        case .container: return try container()
        case .instanceMetadata: return try instanceMetadata()
        default: return try profilePlan(origin)
        }
    }

    func environment() throws(Failure) -> ProviderPlan {
        guard let credentials = try environmentKeys.credentials() else {
            return .absent("AWS_ACCESS_KEY_ID is not set")
        }
        let end = try resolver.variable(["AWS_CREDENTIAL_EXPIRATION"]).map { end throws(Failure) in
            guard let time = end.value.withView({ Timestamp(text: $0) }) else {
                throw Failure(.invalidSetting, "\(end.source.text) is \(quoted: end.value), which is no time")
            }
            return Sourced(value: time.seconds, source: end.source)
        }
        return .provider(StaticProvider(credentials, expiration: end))
    }

    private var isProfileChosenInCode: Bool { resolver.settings[.profile] != nil }

    private func profilePlan(_ origin: CredentialOrigin) throws(Failure) -> ProviderPlan {
        guard let profile = resolver.profile else { return .absent("there is no profile") }
        return try ProfilePlan(plan: self, profile: profile, visited: [profile.name]).provider(origin)
    }

    /// `featureIDs` nil is the provider's own.
    func container(featureIDs: Bytes? = nil) throws(Failure) -> ProviderPlan {
        let settings = try ContainerSettings.make(
            relativeURI: resolver.variable(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"]),
            fullURI: resolver.variable(["AWS_CONTAINER_CREDENTIALS_FULL_URI"]),
            tokenFile: resolver.variable(["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]),
            token: resolver.variable(["AWS_CONTAINER_AUTHORIZATION_TOKEN"]))
        guard let settings else {
            return .absent("neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor …_FULL_URI is set")
        }
        return .provider(ContainerProvider(settings, featureIDs: featureIDs))
    }

    func instanceMetadata(featureIDs: Bytes? = nil) throws(Failure) -> ProviderPlan {
        let disabled = try resolver.flag(.metadataDisabled)
        if disabled.value { return .absent("\(disabled.source.text) is true") }
        // Who reads no environment did not ask for that of the machine either.
        if !resolver.settings.usesEnvironment { return .absent("use_environment is false") }
        return .provider(InstanceMetadataProvider(try resolver.metadataSettings, featureIDs: featureIDs))
    }

    private func environmentWebIdentity() throws(Failure) -> (any CredentialProvider)? {
        guard let file = resolver.variable(["AWS_WEB_IDENTITY_TOKEN_FILE"]) else { return nil }
        let profile = resolver.profile
        func either(_ variable: ByteView, _ key: ByteView) -> Sourced<Bytes>? {
            resolver.variable([variable]) ?? profile?.value(key)
        }
        let isAllVariables = resolver.variable(["AWS_ROLE_ARN"]) != nil
        return try webIdentity(
            file, role: either("AWS_ROLE_ARN", "role_arn"),
            sessionName: either("AWS_ROLE_SESSION_NAME", "role_session_name"),
            featureIDs: Bytes(isAllVariables ? "h,k" : "h,q,k"))
    }

    func webIdentity(
        _ file: Sourced<Bytes>, role: Sourced<Bytes>?, sessionName: Sourced<Bytes>?, featureIDs: Bytes
    ) throws(Failure) -> any CredentialProvider {
        guard let role else {
            throw Failure(.partialCredentials, "\(file.source.text) is set but there is no role_arn")
        }
        return WebIdentityProvider(
            WebIdentitySettings(
                role: STSRole(
                    endpoint: try stsEndpoint, arn: role.value, sessionName: sessionName?.value,
                    featureIDs: featureIDs),
                tokenFile: try resolver.environment.expand(path: file.value)))
    }

    /// Of AssumeRole and AssumeRoleWithWebIdentity.
    var stsEndpoint: STSEndpoint {
        get throws(Failure) {
            try STSEndpoint(
                region: region, custom: try resolver.configuredEndpoint(of: "sts", "AWS_ENDPOINT_URL_STS"),
                isFIPS: try resolver.flag(.useFIPSEndpoint), isDualStack: try resolver.flag(.useDualStackEndpoint),
                isLegacy: try STSEndpoint.isLegacy(try resolver.value(.stsRegionalEndpoints)))
        }
    }
}

extension Resolver {
    var metadataSettings: InstanceMetadataSettings {
        get throws(Failure) {
            try InstanceMetadataSettings.make(
                endpoint: try value(.metadataEndpoint), mode: try value(.metadataEndpointMode),
                usesIPv6: try flag(.metadataUsesIPv6).value,
                timeout: Duration.milliseconds(try number(.metadataTimeout) * 1000),
                attempts: try number(.metadataAttempts))
        }
    }
}

// MARK: - Static keys

extension CredentialPlan {
    func keys(_ keys: StaticKeys, absent: StaticString) throws(Failure) -> ProviderPlan {
        guard let credentials = try keys.credentials() else { return .absent("\(absent)") }
        return .provider(StaticProvider(credentials))
    }

    private var codeKeys: StaticKeys {
        func setting(_ setting: Setting) -> Sourced<Bytes>? {
            guard let value = resolver.settings[setting], !value.isEmpty else { return nil }
            return Sourced(value: value, source: .code(setting))
        }
        return StaticKeys(
            origin: .code, accessKeyID: setting(.accessKeyID), secretAccessKey: setting(.secretAccessKey),
            sessionToken: setting(.sessionToken))
    }

    private var environmentKeys: StaticKeys {
        StaticKeys(
            origin: .environment,
            accessKeyID: resolver.variable(["AWS_ACCESS_KEY_ID"]),
            secretAccessKey: resolver.variable(["AWS_SECRET_ACCESS_KEY"]),
            sessionToken: resolver.variable(["AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"]),
            accessKeyIDName: "AWS_ACCESS_KEY_ID", secretAccessKeyName: "AWS_SECRET_ACCESS_KEY")
    }
}
