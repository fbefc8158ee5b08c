import CCore

/// The key that signs for one day, Region and service, derived from a secret access key (AWS Signature
/// Version 4, "Derive a signing key") and made ready for use.
final class SigningKey {
    /// Kept alive, so that it can be told from another by identity.
    private let credentials: Credentials
    /// Days since 1970.
    private let day: Int64
    private let region: Bytes
    private let service: StaticString
    /// The credential scope, `20150830/us-east-1/geo/aws4_request`, between the ends of two lines.
    let scopeLine: Bytes
    /// An `Authorization` header's value up to the names of the signed headers.
    let authorization: Bytes
    private let hmac: OpaquePointer

    private init(
        _ credentials: Credentials, day: Int64, region: Bytes, service: StaticString, scope: ByteBuffer,
        _ authorization: ByteBuffer, _ hmac: OpaquePointer
    ) {
        self.credentials = credentials
        self.day = day
        self.region = region
        self.service = service
        scopeLine = scope.view.bytes
        self.authorization = authorization.view.bytes
        self.hmac = hmac
    }

    static func derive(
        _ credentials: Credentials, day: Int64, region: Bytes, service: StaticString
    ) throws(Failure) -> SigningKey {
        let start = ByteBuffer()
        start.append("AWS4" as ByteView)
        start.append(credentials.secretAccessKey.view)
        let scope = ByteBuffer()
        scope.append(UInt8(ascii: "\n"))
        scope.append(dateOf: BasicDateTime(CivilDate(secondsSince1970: day &* 86_400)))
        var key = lj_hmac_key_new(start.view.base, start.view.count)
        region.withView { region in
            for part in [scope.view.from(1), region, ByteView(service), "aws4_request" as ByteView] {
                let derived = next(key, part)
                lj_hmac_key_free(key)
                key = derived
            }
        }
        scope.append(UInt8(ascii: "/"))
        scope.append(region)
        scope.append(UInt8(ascii: "/"))
        scope.append(ByteView(service))
        scope.append("/aws4_request\n" as ByteView)
        let authorization = ByteBuffer()
        authorization.append("AWS4-HMAC-SHA256 Credential=" as ByteView)
        authorization.append(credentials.accessKeyID)
        authorization.append(UInt8(ascii: "/"))
        authorization.append(scope.view.trimmed)
        authorization.append(", SignedHeaders=" as ByteView)
        guard let key, !start.isExhausted, !scope.isExhausted, !authorization.isExhausted else {
            lj_hmac_key_free(key)
            throw Failure(.outOfMemory, "no memory for a signing key")
        }
        return SigningKey(credentials, day: day, region: region, service: service, scope: scope, authorization, key)
    }

    deinit { lj_hmac_key_free(hmac) }

    private static func next(_ key: OpaquePointer?, _ part: ByteView) -> OpaquePointer? {
        guard let key else { return nil }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Int(LJ_SHA256_SIZE)) { mac in
            defer { lj_wipe(mac.baseAddress, mac.count) }
            lj_hmac_sha256(key, part.base, part.count, mac.baseAddress)
            return lj_hmac_key_new(mac.baseAddress, mac.count)
        }
    }

    func isFor(_ credentials: Credentials, day: Int64, region: Bytes, service: StaticString) -> Bool {
        self.credentials === credentials && self.day == day && self.region == region
            && ByteView(self.service) == ByteView(service)
    }

    /// Appends the signature of `text` in hexadecimal to `output`.
    func sign(_ text: ByteView, to output: ByteBuffer) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Int(LJ_SHA256_SIZE)) { mac in
            lj_hmac_sha256(hmac, text.base, text.count, mac.baseAddress)
            output.append(hex: ByteView(mac.baseAddress, count: mac.count))
        }
    }
}

/// The signing keys of a client that are in use, made once each.
final class SigningKeyCache {
    private let lock = Lock()
    private var keys: [SigningKey] = []
    /// More than one when a day, a Region or credentials change while older calls still run.
    private static let capacity = 4

    init() {}

    var isUsable: Bool { lock.isUsable }

    func key(
        _ credentials: Credentials, day: Int64, region: Bytes, service: StaticString
    ) throws(Failure) -> SigningKey {
        try lock.withLock { () throws(Failure) -> SigningKey in
            for key in keys where key.isFor(credentials, day: day, region: region, service: service) { return key }
            let key = try SigningKey.derive(credentials, day: day, region: region, service: service)
            if keys.count >= Self.capacity { keys.removeFirst() }
            keys.append(key)
            return key
        }
    }
}
