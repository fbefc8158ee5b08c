/// Keys as one place holds them, before anything is known of their being whole.
struct StaticKeys {
    var origin: CredentialOrigin
    var accessKeyID: Sourced<Bytes>?
    var secretAccessKey: Sourced<Bytes>?
    var sessionToken: Sourced<Bytes>?
    /// What the missing half is called there.
    var accessKeyIDName: ByteView = "aws_access_key_id"
    var secretAccessKeyName: ByteView = "aws_secret_access_key"

    /// Nil when neither half is there. Throws PARTIAL_CREDENTIALS for one half alone, INVALID_SETTING for
    /// what no header can carry.
    func credentials() throws(Failure) -> Credentials? {
        let isHalf = (accessKeyID == nil) != (secretAccessKey == nil)
        if isHalf, let present = accessKeyID ?? secretAccessKey {
            let missing = accessKeyID == nil ? accessKeyIDName : secretAccessKeyName
            throw Failure(.partialCredentials, "\(present.source.text) is set but \(missing) is not")
        }
        guard let accessKeyID, let secretAccessKey else { return nil }
        try check(accessKeyID)
        try check(secretAccessKey)
        if let sessionToken { try check(sessionToken) }
        return try accessKeyID.value.withView { id throws(Failure) in
            try secretAccessKey.value.withView { secret throws(Failure) in
                guard let token = sessionToken, token.value.contains(where: { !$0.isSpace }) else {
                    return try Credentials.make(origin, accessKeyID: id, secretAccessKey: secret, sessionToken: nil)
                }
                return try token.value.withView { token throws(Failure) in
                    try Credentials.make(origin, accessKeyID: id, secretAccessKey: secret, sessionToken: token)
                }
            }
        }
    }

    private func check(_ part: Sourced<Bytes>) throws(Failure) {
        guard part.value.withView({ $0.isPrintableASCII }) else {
            throw Failure(.invalidSetting, "\(part.source.text) holds a character that no header can carry")
        }
    }
}
