import CCore

/// The JSON object that containers, instances and credential processes answer with (botocore:
/// credentials.py, ContainerProvider and ProcessProvider; utils.py, InstanceMetadataFetcher). Borrows the
/// text that it was read from.
struct CredentialDocument {
    private let origin: CredentialOrigin
    private var accessKeyID, secretAccessKey, token, sessionToken, expiration: JSONValue?
    private var code, message, version: JSONValue?

    /// Throws INVALID_RESPONSE, without naming the provider, for what is no JSON object.
    init(_ text: ByteView, from origin: CredentialOrigin) throws(Failure) {
        self.origin = origin
        try JSONReader.object(text) { (key, value) throws(Failure) in take(key, value) }
    }

    /// The last member of a name counts; null is as good as none.
    private mutating func take(_ key: JSONValue, _ value: JSONValue) {
        let value = value.isNull ? nil : value
        if key.equals("AccessKeyId") {
            accessKeyID = value
        } else if key.equals("SecretAccessKey") {
            secretAccessKey = value
        } else if key.equals("Token") {
            token = value
        } else if key.equals("SessionToken") {
            sessionToken = value
        } else if key.equals("Expiration") {
            expiration = value
        } else if key.equals("Code") {
            code = value
        } else if key.equals("Message") {
            message = value
        } else if key.equals("Version") {
            version = value
        }
    }

    /// What it holds; throws CREDENTIALS_FAILED, naming the member, for what cannot be used. That the
    /// credentials still live is not looked at.
    func credentials(featureIDs: Bytes) throws(Failure) -> FetchedCredentials {
        if origin == .process { try checkVersion() } else { try checkCode() }
        let id = try key("AccessKeyId", accessKeyID)
        let secret = try key("SecretAccessKey", secretAccessKey)
        let token = try sessionTokenText()
        return FetchedCredentials(
            credentials: try Credentials.make(
                origin, featureIDs: featureIDs, accessKeyID: id.view, secretAccessKey: secret.view,
                sessionToken: token?.view),
            expiration: try expirationSeconds())
    }

    private func checkVersion() throws(Failure) {
        guard let version else { throw failure("the answer has no Version") }
        guard version.kind == .number, version.text == "1" else {
            throw failure("the answer's Version is \(quoted: version.text), not 1")
        }
    }

    /// A document without keys says why with a code and a message, at status 200.
    private func checkCode() throws(Failure) {
        guard let code = code?.string, !code.withView({ $0.equalsIgnoringCase("Success") }) else { return }
        guard let message = message?.string else { throw failure("the answer is the error \(quoted: code)") }
        throw failure("the answer is the error \(quoted: code): \(quoted: message)")
    }

    /// Only a process may answer without a token, and calls it by another name. An empty one is none, as
    /// botocore has it.
    private func sessionTokenText() throws(Failure) -> ByteBuffer? {
        if origin == .process && sessionToken == nil { return nil }
        let text = origin == .process ? try string("SessionToken", sessionToken) : try string("Token", token)
        return text.view.isEmpty ? nil : text
    }

    /// Only a process may answer without an end.
    private func expirationSeconds() throws(Failure) -> Int64? {
        if expiration == nil, origin == .process { return nil }
        let text = try string("Expiration", expiration)
        guard let time = Timestamp(text: text.view) else {
            throw failure("the answer's Expiration is \(quoted: text.view), which is no time")
        }
        return time.seconds
    }

    private func key(_ name: ByteView, _ value: JSONValue?) throws(Failure) -> ByteBuffer {
        let text = try string(name, value)
        if text.view.isEmpty { throw failure("the answer's \(name) is empty") }
        return text
    }

    /// The value of a member that must be there, in memory that is wiped.
    private func string(_ name: ByteView, _ value: JSONValue?) throws(Failure) -> ByteBuffer {
        guard let value else { throw failure("the answer has no \(name)") }
        guard value.kind == .string else { throw failure("the answer's \(name) is not a string") }
        let text = ByteBuffer()
        if let plain = value.plain {
            text.append(plain)
        } else {
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: value.text.count) { room in
                guard let base = room.baseAddress else { return }
                let length = value.writeString(to: base)
                text.append(ByteView(base, count: length))
                lj_wipe(base, length)
            }
        }
        if text.isExhausted { throw Failure(.outOfMemory, "no memory for credentials") }
        guard text.view.isPrintableASCII else {
            throw failure("the answer's \(name) holds a character that no header can carry")
        }
        return text
    }

    private func failure(_ text: Text) -> Failure { origin.failure(text) }
}

extension FetchedCredentials {
    /// The credentials, unless they have ended already.
    func living(at now: Int64) throws(Failure) -> FetchedCredentials {
        if let expiration, expiration <= now {
            throw credentials.origin.failure("the answer's credentials ended \(now &- expiration) s ago")
        }
        return self
    }
}

extension CredentialOrigin {
    func failure(_ text: Text) -> Failure { Failure(.credentialsFailed, "\(name): \(text)") }

    /// What becomes of a request's failure. That memory ran out is no fault of the provider.
    func failure(_ failure: Failure) -> Failure {
        failure.code == .outOfMemory ? failure : self.failure(failure.message)
    }
}

extension ByteView {
    /// Whether a header field can carry the text as it is. A line break would let it write fields of its
    /// own.
    var isPrintableASCII: Bool { !contains { $0 < 0x20 || $0 > 0x7E } }
}
