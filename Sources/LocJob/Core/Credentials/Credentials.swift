/// What a request is signed with. Immutable, shared by all calls that use it; the secret is wiped when
/// the last of them is done.
final class Credentials {
    let origin: CredentialOrigin
    /// What the User-Agent says of where they come from (botocore: useragent.py,
    /// _USERAGENT_FEATURE_MAPPINGS), such as `n` or `o,n,i`.
    let featureIDs: Bytes
    let accessKeyID: Bytes
    let secretAccessKey: Secret
    let sessionToken: Secret?
    /// The token as it is signed.
    let canonicalSessionToken: Secret?

    private init(
        _ origin: CredentialOrigin, _ featureIDs: Bytes, _ accessKeyID: Bytes, _ secretAccessKey: Secret,
        _ sessionToken: Secret?, _ canonicalSessionToken: Secret?
    ) {
        self.origin = origin
        self.featureIDs = featureIDs
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.canonicalSessionToken = canonicalSessionToken
    }

    /// Throws OUT_OF_MEMORY.
    static func make(
        _ origin: CredentialOrigin, featureIDs: Bytes? = nil, accessKeyID: ByteView, secretAccessKey: ByteView,
        sessionToken: ByteView?
    ) throws(Failure) -> Credentials {
        Credentials(
            origin, featureIDs ?? origin.featureID.bytes, accessKeyID.bytes, try Secret.make(secretAccessKey),
            try sessionToken.map { token throws(Failure) in try Secret.make(token.trimmed) },
            try sessionToken.map { token throws(Failure) in
                try token.canonicalHeader.withView { value throws(Failure) in try Secret.make(value) }
            })
    }
}

/// The providers of the chain, in its order (botocore: credentials.py, create_credential_resolver).
enum CredentialOrigin: CaseIterable {
    case code, environment, assumeRole, webIdentity, sso, sharedCredentialsFile, login, process, configFile
    case container, instanceMetadata

    private var row: (name: StaticString, featureID: StaticString) {
        switch self {
        case .code: ("code", "e")
        case .environment: ("environment", "g")
        case .assumeRole: ("assume-role", "i")
        case .webIdentity: ("web identity", "k")
        case .sso: ("sso", "s")
        case .sharedCredentialsFile: ("shared credentials file", "n")
        case .login: ("login", "AD")
        case .process: ("credential process", "w")
        case .configFile: ("configuration file", "n")
        case .container: ("container", "z")
        case .instanceMetadata: ("instance metadata", "0")
        }
    }

    /// What messages call it.
    var name: StaticString { row.name }

    /// The provider's own feature id in the User-Agent.
    var featureID: ByteView { ByteView(row.featureID) }
}
