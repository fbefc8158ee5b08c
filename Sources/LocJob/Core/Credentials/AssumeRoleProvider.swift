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
        let step: FetchStep
        do throws(Failure) { step = try source.start(context) } catch { throw sourceFailed(error) }
        return try follow(step, context)
    }

    func resume(_ answer: Answer, _ context: FetchContext) throws(Failure) -> FetchStep {
        if let source {
            let step: FetchStep
            do throws(Failure) { step = try source.resume(answer, context) } catch { throw sourceFailed(error) }
            return try follow(step, context)
        }
        if let call { return try call.resume(answer, context) }
        guard let signer, case .mfaCode(let given) = answer else {
            throw Failure(.internalError, "an answer that nobody asked for")
        }
        return try assume(signer, code: try checked(given), context)
    }

    /// A source that has none is a failure of the role that names it, not the end of the chain.
    private func sourceFailed(_ failure: Failure) -> Failure {
        guard failure.code == .noCredentials else { return failure }
        return Failure(
            .credentialsFailed,
            """
            \(CredentialOrigin.assumeRole.name): role \(quoted: settings.role.arn): \
            no credentials to assume it with: \(failure.message)
            """)
    }

    /// The ids of a list, each once.
    private static func union(_ list: Bytes) -> Bytes {
        list.withView { list in
            var ids: [ByteView] = []
            var rest = list
            while !rest.isEmpty {
                let end = rest.firstIndex(of: UInt8(ascii: ",")) ?? rest.count
                let id = rest.prefix(end)
                if !ids.contains(where: { $0 == id }) { ids.append(id) }
                rest = rest.from(end + 1)
            }
            var result: Bytes = []
            for id in ids {
                if !result.isEmpty { result.append(UInt8(ascii: ",")) }
                result.append(id)
            }
            return result
        }
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
        // How the source is named, what it is, and the role itself.
        var role = settings.role
        role.featureIDs = Self.union(role.featureIDs + Bytes(",") + signer.featureIDs + Bytes(",i"))
        let duration = settings.durationSeconds.flatMap { $0.withView { $0.trimmed.signedDecimal } }
        let options: [(name: ByteView, value: Bytes?)] = [
            ("ExternalId", settings.externalID), ("SerialNumber", settings.mfaSerial),
            ("DurationSeconds", duration.map { Text("\($0)").bytes }),
        ]
        let form = (code ?? []).withView { proof in
            STSForm(
                "AssumeRole", role, at: context.now, options: options,
                proof: code == nil ? nil : ("TokenCode", proof))
        }
        let call = STSCall(form, for: role, .assumeRole, signer: signer, context)
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
            """
            \(CredentialOrigin.assumeRole.name): role \(quoted: settings.role.arn): \
            MFA device \(quoted: serial) \(reason)
            """)
    }
}
