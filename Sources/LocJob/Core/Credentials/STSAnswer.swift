/// What STS answers to AssumeRole and AssumeRoleWithWebIdentity: the credentials of a role's session
/// (service model sts 2011-06-15, shape Credentials).
struct STSAnswer {
    /// Where the four members stand, up to their names.
    private let parent: Bytes
    private var accessKeyID: Secret?
    private var secretAccessKey: Secret?
    private var sessionToken: Secret?
    private var expiration: Secret?

    init(_ action: StaticString) { parent = Text("\(action)Response/\(action)Result/Credentials/").bytes }

    /// Throws INVALID_RESPONSE for what is no XML, or has a member twice.
    mutating func read(_ body: ByteView) throws(Failure) {
        try XMLReader.read(body) { (path, text) throws(Failure) in
            guard parent.withView({ path.hasPrefix($0) }) else { return }
            let name = path.from(parent.count)
            if name == "AccessKeyId" {
                try Self.set(&accessKeyID, text)
            } else if name == "SecretAccessKey" {
                try Self.set(&secretAccessKey, text)
            } else if name == "SessionToken" {
                try Self.set(&sessionToken, text)
            } else if name == "Expiration" {
                try Self.set(&expiration, text)
            }
        }
    }

    private static func set(_ member: inout Secret?, _ text: ByteView) throws(Failure) {
        guard member == nil else { throw Failure(.invalidResponse, "STS gave a member of its credentials twice") }
        member = try Secret.make(text)
    }

    /// Throws INVALID_RESPONSE for credentials that are not whole, that no header can carry or that have ended.
    func credentials(
        _ origin: CredentialOrigin, featureIDs: Bytes, at now: Moment
    ) throws(Failure) -> FetchedCredentials {
        let accessKeyID = try Self.checked(accessKeyID, "AccessKeyId")
        let secretAccessKey = try Self.checked(secretAccessKey, "SecretAccessKey")
        let sessionToken = try Self.checked(sessionToken, "SessionToken")
        guard let end = Timestamp(text: try Self.present(expiration, "Expiration").trimmed) else {
            throw Failure(.invalidResponse, "the Expiration that STS gave is no time")
        }
        guard end.seconds > now.wallSeconds else {
            let ago = now.wallSeconds &- end.seconds
            throw Failure(
                .invalidResponse,
                "the credentials that STS gave ended \(ago) s ago by the local clock, which may be wrong")
        }
        return FetchedCredentials(
            credentials: try Credentials.make(
                origin, featureIDs: featureIDs, accessKeyID: accessKeyID, secretAccessKey: secretAccessKey,
                sessionToken: sessionToken),
            expiration: end.seconds)
    }

    /// Valid while this answer lives.
    private static func present(_ member: Secret?, _ name: StaticString) throws(Failure) -> ByteView {
        guard let value = member?.view, !value.isEmpty else {
            throw Failure(.invalidResponse, "STS gave no \(name)")
        }
        return value
    }

    private static func checked(_ member: Secret?, _ name: StaticString) throws(Failure) -> ByteView {
        let value = try present(member, name)
        guard value.isPrintableASCII else {
            throw Failure(.invalidResponse, "the \(name) that STS gave holds a character that no header can carry")
        }
        return value
    }
}

/// What an error response of STS says: `<ErrorResponse><Error><Code>…</Code><Message>…` (botocore:
/// parsers.py, QueryParser). Empty where it says nothing.
struct STSError {
    /// How long they may be; what is longer is cut. A message is far shorter, and longer than this no secret is.
    private static let codeLimit = 256
    private static let messageLimit = 65_536

    private(set) var code: Bytes = []
    private(set) var message: Bytes = []
    /// What it calls for.
    private(set) var retry: RetryClass = .none

    init(_ response: HTTPResponse) {
        do throws(Failure) {
            var code: Bytes = []
            var message: Bytes = []
            try XMLReader.read(response.body) { (path, text) throws(Failure) in
                if path == "ErrorResponse/Error/Code" {
                    code = text.trimmed.prefix(Self.codeLimit).bytes
                } else if path == "ErrorResponse/Error/Message" {
                    message = text.trimmed.prefix(Self.messageLimit).bytes
                }
            }
            self.code = code
            self.message = message
        } catch {
            // A page of a proxy or a balancer: the status alone counts.
        }
        retry = code.withView { code in
            // STS could not reach the identity provider (botocore: retries/special.py).
            code == "IDPCommunicationError"
                ? .transient : RetryClass(status: response.status, errorCode: code, mode: .standard)
        }
    }

    /// Whether a text from elsewhere stands in the error.
    func repeats(_ text: ByteView) -> Bool {
        code.withView { $0.contains(text) } || message.withView { $0.contains(text) }
    }

    /// The error as one line. What follows the message's first line is for debugging: the error of a wrong
    /// signature has the whole canonical request there, session token and all.
    var text: Text {
        message.withView { message in
            let line = message.prefix(message.firstIndex(of: 0x0A) ?? message.count)
            return line.isEmpty ? "\(printable: code)" : "\(printable: code): \(printable: line)"
        }
    }
}
