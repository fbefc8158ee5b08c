/// What variables or a profile say of a role that is assumed with another identity provider's token.
struct WebIdentitySettings {
    var role: STSRole
    /// Read at every fetch: whoever runs the program writes new tokens to it.
    var tokenFile: Bytes
}

/// Credentials of a role for the token in a file (botocore: credentials.py,
/// AssumeRoleWithWebIdentityProvider).
final class WebIdentityProvider: CredentialProvider {
    private let settings: WebIdentitySettings

    init(_ settings: WebIdentitySettings) { self.settings = settings }

    var origin: CredentialOrigin { .webIdentity }

    func makeFetch() -> any CredentialFetch { WebIdentityFetch(settings) }
}

/// Reads the token, then calls AssumeRoleWithWebIdentity, unsigned: the token is what counts.
final class WebIdentityFetch: CredentialFetch {
    /// Bytes of a token (service model, clientTokenType).
    private static let maximumLength = 20_000

    private let settings: WebIdentitySettings
    private var call: STSCall?

    init(_ settings: WebIdentitySettings) { self.settings = settings }

    func start(_ context: FetchContext) throws(Failure) -> FetchStep { .read(path: settings.tokenFile) }

    func resume(_ answer: Answer, _ context: FetchContext) throws(Failure) -> FetchStep {
        if let call { return try call.resume(answer, context) }
        guard case .file(let contents) = answer else {
            throw Failure(.internalError, "an answer that nobody asked for")
        }
        let token = try token(contents)
        let form = STSForm(
            "AssumeRoleWithWebIdentity", settings.role, at: context.now, options: [],
            proof: ("WebIdentityToken", token.view))
        let call = STSCall(form, for: settings.role, .webIdentity, signer: nil, proof: token, context)
        self.call = call
        return try call.start(context)
    }

    /// The token without white space behind it: editors and shells end files with a line break.
    private func token(_ contents: FileContents) throws(Failure) -> Secret {
        switch contents {
        case .absent:
            throw refusal("is not there")
        case .denied:
            throw refusal("may not be read by this user")
        case .unreadable(let reason):
            throw refusal("cannot be read: \(reason)")
        case .bytes(let bytes):
            return try bytes.withView { bytes throws(Failure) in
                let token = bytes.withoutTrailingSpace
                if token.isEmpty { throw refusal("is empty") }
                if token.count > Self.maximumLength { throw refusal("is longer than a token can be") }
                if !token.isPrintableASCII { throw refusal("holds something else than a token") }
                return try Secret.make(token)
            }
        }
    }

    private func refusal(_ reason: Text) -> Failure {
        Failure(
            .credentialsFailed,
            "\(CredentialOrigin.webIdentity.name): token file \(quoted: settings.tokenFile) \(reason)")
    }
}

extension ByteView {
    fileprivate var withoutTrailingSpace: ByteView {
        var end = count
        while end > 0, self[end - 1].isSpace { end -= 1 }
        return prefix(end)
    }
}
