/// What a profile says of a role.
struct AssumeRoleSettings {
    var role: STSRole
    var externalID: Bytes?
    /// The MFA device whose code the role asks for; nil for none.
    var mfaSerial: Bytes?
    /// As the profile has it. What is no number is ignored, as in botocore.
    var durationSeconds: Bytes?
}

/// Credentials of a role (botocore: credentials.py, AssumeRoleProvider). `source` gives the credentials that
/// ask for it; it may be a role itself.
final class AssumeRoleProvider: CredentialProvider {
    private let settings: AssumeRoleSettings
    private let source: any CredentialProvider

    init(_ settings: AssumeRoleSettings, source: any CredentialProvider) {
        self.settings = settings
        self.source = source
    }

    var origin: CredentialOrigin { .assumeRole }

    func makeFetch() -> any CredentialFetch { AssumeRoleFetch(settings, source: source.makeFetch()) }
}

/// Fetches the source's credentials, then asks for the MFA code, which lives half a minute only, then calls
/// AssumeRole.
final class AssumeRoleFetch: CredentialFetch {
    private let settings: AssumeRoleSettings
    /// Nil when it is done.
    private var source: (any CredentialFetch)?
    /// What the source gave.
    private var signer: Credentials?
    private var call: STSCall?

    init(_ settings: AssumeRoleSettings, source: any CredentialFetch) {
        self.settings = settings
        self.source = source
    }

    func start(_ context: FetchContext) throws(Failure) -> FetchStep {
        guard let source else { throw Failure(.internalError, "a fetch that was started twice") }
        return try follow(try source.start(context), context)
    }

    func resume(_ answer: Answer, _ context: FetchContext) throws(Failure) -> FetchStep {
        if let source { return try follow(try source.resume(answer, context), context) }
        if let call { return try call.resume(answer, context) }
        guard let signer, case .mfaCode(let given) = answer else {
            throw Failure(.internalError, "an answer that nobody asked for")
        }
        return try assume(signer, code: try checked(given), context)
    }

    /// Passes on what the source wants, until it has credentials.
    private func follow(_ step: FetchStep, _ context: FetchContext) throws(Failure) -> FetchStep {
        guard case .done(let fetched) = step else { return step }
        source = nil
        if let serial = settings.mfaSerial {
            signer = fetched.credentials
            return .askMFA(serial: serial)
        }
        return try assume(fetched.credentials, code: nil, context)
    }

    private func assume(_ signer: Credentials, code: Bytes?, _ context: FetchContext) throws(Failure) -> FetchStep {
        let duration = settings.durationSeconds.flatMap { $0.withView { $0.trimmed.signedDecimal } }
        let options: [(name: ByteView, value: Bytes?)] = [
            ("ExternalId", settings.externalID), ("SerialNumber", settings.mfaSerial),
            ("DurationSeconds", duration.map { Text("\($0)").bytes }),
        ]
        let form = (code ?? []).withView { proof in
            STSForm(
                "AssumeRole", settings.role, at: context.now, options: options,
                proof: code == nil ? nil : ("TokenCode", proof))
        }
        let call = STSCall(form, for: settings.role, .assumeRole, signer: signer, context)
        self.call = call
        return try call.start(context)
    }

    /// Six digits (service model, tokenCodeType), without the line break of a prompt's answer.
    private func checked(_ code: Bytes?) throws(Failure) -> Bytes {
        guard let code else { throw refusal("needs a code of it, and there is no callback that gave one") }
        let digits = code.withView { $0.trimmed.bytes }
        guard digits.count == 6, digits.withView({ $0.isNumber }) else {
            throw refusal("has codes of six digits, and the callback gave something else")
        }
        return digits
    }

    private func refusal(_ reason: StaticString) -> Failure {
        let serial = settings.mfaSerial ?? []
        return Failure(
            .credentialsFailed,
            "\(CredentialOrigin.assumeRole.name): role \(quoted: settings.role.arn): MFA device \(quoted: serial) \(reason)")
    }
}
