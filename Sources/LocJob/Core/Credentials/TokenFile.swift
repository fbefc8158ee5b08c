import CCore

/// The two ways to log in with the AWS CLI, which keep their tokens alike: a file with one JSON object in a
/// cache directory, named by the hash of what was logged in to.
enum LoginKind {
    case sso, login

    var origin: CredentialOrigin { self == .sso ? .sso : .login }
    private var command: StaticString { self == .sso ? "aws sso login" : "aws login" }

    func failure(_ message: Text) -> Failure { origin.failure(message) }

    /// The failure that only its user can end.
    func loginNeeded(_ message: Text) -> Failure { failure("\(message): log in with \"\(command)\"") }

    /// A failure of another part, under this provider's name.
    func failure(_ message: Text, _ cause: Failure) -> Failure {
        cause.code == .outOfMemory ? cause : failure("\(message): \(cause.message)")
    }

    /// `hash(login).json` in the cache directory (botocore: utils.py, SSOTokenLoader and
    /// generate_login_cache_key).
    fileprivate func path(in directory: Bytes, of login: Bytes) -> Bytes {
        var path = directory
        if path.last != UInt8(ascii: "/") { path.append(UInt8(ascii: "/")) }
        let name = ByteBuffer()
        let size = self == .sso ? LJ_SHA1_SIZE : LJ_SHA256_SIZE
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Int(size)) { digest in
            login.withView { login in
                switch self {
                case .sso: lj_sha1(login.base, login.count, digest.baseAddress)
                case .login: lj_sha256(login.base, login.count, digest.baseAddress)
                }
            }
            name.append(hex: ByteView(digest.baseAddress, count: digest.count))
        }
        path.append(name.view)
        path.append(".json" as ByteView)
        return path
    }
}

/// The token file of one fetch: read, and written with some members replaced.
final class TokenFile {
    private let kind: LoginKind
    private let directory: Bytes?
    /// What was logged in to.
    let login: Bytes
    private let memory: TokenMemory
    private(set) var path: Bytes = []
    /// As the file is.
    private var read: Secret?
    /// What counts.
    private var current: Secret?
    private var replacement: Secret?

    /// `directory` nil is a user without a home directory.
    init(_ kind: LoginKind, _ directory: Bytes?, login: Bytes, _ memory: TokenMemory) {
        self.kind = kind
        self.directory = directory
        self.login = login
        self.memory = memory
    }

    func start() throws(Failure) -> FetchStep {
        guard let directory else { throw kind.failure("no home directory to look for the token in") }
        path = kind.path(in: directory, of: login)
        return .read(path: path)
    }

    /// The token; it borrows this object's memory.
    func take(_ contents: FileContents) throws(Failure) -> JSONObject {
        switch contents {
        case .absent: throw kind.loginNeeded("no token for \(quoted: login): \(quoted: path) is not there")
        case .denied: throw kind.failure("\(quoted: path) cannot be read: permission denied")
        case .unreadable(let reason): throw kind.failure("\(quoted: path) cannot be read: \(reason)")
        case .bytes(let bytes):
            let read = try bytes.withView { view throws(Failure) in try Secret.make(view) }
            self.read = read
            current = memory.newest(read)
        }
        return try token()
    }

    /// What was taken, again.
    func token() throws(Failure) -> JSONObject {
        guard let current, let object = JSONObject(current.view) else {
            throw kind.loginNeeded("\(quoted: path) is no JSON object")
        }
        return object
    }

    /// Writes the file with members replaced; the answer goes to `finish`.
    func replace(_ members: [JSONObject.Member]) throws(Failure) -> FetchStep {
        let text = ByteBuffer()
        try token().write(replacing: members, to: text)
        guard !text.isExhausted else { throw Failure(.outOfMemory, "no memory for a token file") }
        replacement = try Secret.make(text.view)
        return .write(path: path, contents: text.view.bytes)
    }

    /// A file that cannot be written, as in a container, is no failure: its replacement is remembered.
    func finish(_ failure: Failure?) throws(Failure) {
        guard let read, let replacement else { throw Failure(.internalError, "an answer that nobody asked for") }
        if failure != nil { memory.keep(replacement, inPlaceOf: read) }
        self.replacement = nil
    }

    /// A time as the files have it; nil when it is none. `UTC` for `Z` is the AWS CLI's older way.
    static func seconds(_ text: Bytes) -> Int64? {
        text.withView { text in
            Timestamp(text: text.hasSuffix("UTC") ? text.prefix(text.count - 3) : text)?.seconds
        }
    }
}

/// What a provider remembers of its token file from one fetch to the next. It has no lock: a client has one
/// fetch at a time (CredentialStore).
final class TokenMemory {
    /// Seconds between two attempts to refresh a token (botocore: tokens.py, _attempt_timeout).
    private static let pause: Int64 = 60

    private var unsaved: (old: Secret, new: Secret)?
    private var noRefreshBefore = Int64.min

    init() {}

    /// What a file that was just read stands for: itself, or what could not be written in its place.
    fileprivate func newest(_ contents: Secret) -> Secret {
        guard let unsaved, unsaved.old.view == contents.view else { return contents }
        return unsaved.new
    }

    /// The service may take a refresh token only once: then the file's is worth nothing any more.
    fileprivate func keep(_ new: Secret, inPlaceOf old: Secret) { unsaved = (old, new) }

    /// Whether a refresh may be tried now; if so, the next one has to wait.
    func takesRefresh(at now: Int64) -> Bool {
        guard now >= noRefreshBefore else { return false }
        noRefreshBefore = now &+ Self.pause
        return true
    }
}

// MARK: - Credentials in JSON

extension JSONObject {
    /// The credentials whose parts both services name alike. `place` is where they stand, for messages.
    func credentials(
        _ kind: LoginKind, featureIDs: ByteView, in place: Text
    ) throws(Failure) -> Credentials {
        let id = try headerValue("accessKeyId", kind, place)
        let secret = try headerValue("secretAccessKey", kind, place)
        let token = try headerValue("sessionToken", kind, place)
        return try withExtendedLifetime((id, secret, token)) { () throws(Failure) in
            try Credentials.make(
                kind.origin, featureIDs: featureIDs.bytes, accessKeyID: id.view, secretAccessKey: secret.view,
                sessionToken: token.view)
        }
    }

    /// A member that can be a header's value: a line break would let it write headers of its own, and no
    /// key or token has a space.
    func headerValue(_ name: ByteView, _ kind: LoginKind, _ place: Text) throws(Failure) -> Secret {
        guard let value = string(name) else { throw kind.failure("\(place) has no \(name)") }
        if value.contains(where: { $0 <= 0x20 || $0 > 0x7E }) {
            throw kind.failure("\(name) in \(place) holds a space, a control character or something beyond ASCII")
        }
        return try value.withView { value throws(Failure) in try Secret.make(value) }
    }
}
