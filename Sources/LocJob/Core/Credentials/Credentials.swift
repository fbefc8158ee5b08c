/// What a request is signed with. Immutable, shared by all calls that use it; the secret is wiped when
/// the last of them is done.
final class Credentials {
    /// Which provider gave them (its feature id goes into the User-Agent).
    let provider: CredentialProvider
    let accessKeyID: Bytes
    let secretAccessKey: Secret
    let sessionToken: Secret?
    /// The token as it is signed.
    let canonicalSessionToken: Secret?

    private init(
        _ provider: CredentialProvider, _ accessKeyID: Bytes, _ secretAccessKey: Secret, _ sessionToken: Secret?,
        _ canonicalSessionToken: Secret?
    ) {
        self.provider = provider
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.canonicalSessionToken = canonicalSessionToken
    }

    /// Throws OUT_OF_MEMORY.
    static func make(
        _ provider: CredentialProvider, accessKeyID: ByteView, secretAccessKey: ByteView, sessionToken: ByteView?
    ) throws(Failure) -> Credentials {
        Credentials(
            provider, accessKeyID.bytes, try Secret.make(secretAccessKey),
            try sessionToken.map { token throws(Failure) in try Secret.make(token) },
            try sessionToken.map { token throws(Failure) in
                try token.canonicalHeader.withView { value throws(Failure) in try Secret.make(value) }
            })
    }
}

/// The providers of the chain.
enum CredentialProvider {
    case code, environment, sharedCredentialsFile, configFile

    /// The provider's feature id in the User-Agent (botocore: useragent.py, _USERAGENT_FEATURE_MAPPINGS).
    var featureID: ByteView {
        switch self {
        case .code: "e"
        case .environment: "g"
        case .sharedCredentialsFile, .configFile: "n"
        }
    }

    /// What messages call it.
    var name: StaticString {
        switch self {
        case .code: "code"
        case .environment: "environment"
        case .sharedCredentialsFile: "shared credentials file"
        case .configFile: "configuration file"
        }
    }
}
