/// Credentials of an EC2 instance's role (botocore: utils.py, InstanceMetadataFetcher).
final class InstanceMetadataProvider: CredentialProvider {
    private let settings: InstanceMetadataSettings
    private let featureIDs: Bytes

    /// `featureIDs` nil is the provider's own.
    init(_ settings: InstanceMetadataSettings, featureIDs: Bytes? = nil) {
        self.settings = settings
        self.featureIDs = featureIDs ?? CredentialOrigin.instanceMetadata.featureID.bytes
    }

    let origin = CredentialOrigin.instanceMetadata

    func makeFetch() -> any CredentialFetch { InstanceMetadataFetch(settings, featureIDs) }
}

///     start ─► token ─► name of the role ─► its credentials ─► done
private final class InstanceMetadataFetch: CredentialFetch {
    private static let folder: StaticString = "/latest/meta-data/iam/security-credentials/"
    /// IAM's own limit is 64; stand-ins for the service may put more into a name.
    private static let longestRole = 512

    private let settings: InstanceMetadataSettings
    private let featureIDs: Bytes
    private var metadata: InstanceMetadata?
    private var isRoleKnown = false

    init(_ settings: InstanceMetadataSettings, _ featureIDs: Bytes) {
        self.settings = settings
        self.featureIDs = featureIDs
    }

    func start(_ context: FetchContext) throws(Failure) -> FetchStep {
        var metadata = InstanceMetadata(settings, context.client.configuration.userAgent)
        try metadata.ask(Bytes(Self.folder), context.request)
        self.metadata = metadata
        return .send
    }

    func resume(_ answer: Answer, _ context: FetchContext) throws(Failure) -> FetchStep {
        guard var metadata else { throw Failure(.internalError, "an answer that nobody asked for") }
        defer { self.metadata = metadata }
        guard let response = try metadata.receive(answer, context.request) else { return .send }
        if isRoleKnown { return try take(response, &metadata, context) }
        metadata.code = .noCredentials
        let role = try role(response, metadata)
        isRoleKnown = true
        metadata.code = .credentialsFailed
        try metadata.ask(Bytes(Self.folder) + role, context.request)
        return .send
    }

    private func role(_ response: HTTPResponse, _ metadata: InstanceMetadata) throws(Failure) -> Bytes {
        guard response.status == 200 else { throw metadata.failure("the instance has no role") }
        let role = response.body.prefix(response.body.firstIndex(of: 0x0A) ?? response.body.count).trimmed
        guard !role.isEmpty, role.count <= Self.longestRole, !role.contains(where: { !Self.isRoleByte($0) }) else {
            throw metadata.failure("\(quoted: role) is no name of a role")
        }
        return role.bytes
    }

    /// What IAM takes in a name, and the slash of a role's path, which stand-ins for the service may give.
    private static func isRoleByte(_ byte: UInt8) -> Bool {
        byte.isLetter || byte.isDigit || ("+=,.@-_/" as ByteView).contains(byte)
    }

    private func take(
        _ response: HTTPResponse, _ metadata: inout InstanceMetadata, _ context: FetchContext
    ) throws(Failure) -> FetchStep {
        guard response.status == 200 else {
            throw metadata.failure("no credentials for the role (status \(response.status))")
        }
        let document: CredentialDocument
        do throws(Failure) {
            document = try CredentialDocument(response.body, from: .instanceMetadata)
        } catch {
            try metadata.again(error.message, context.request)
            return .send
        }
        var fetched = try document.credentials(featureIDs: featureIDs)
        fetched.extend(at: context.now.wallSeconds, random: context.random)
        return .done(fetched)
    }
}

extension FetchedCredentials {
    /// While the service behind IMDS cannot give new credentials, instances go on with those that have ended,
    /// and the other services take them (botocore: utils.py, _evaluate_expiration). They count as good for the
    /// time in which the store leaves credentials alone, and 2 to 10 minutes more, lest all instances ask
    /// again at once.
    fileprivate mutating func extend(at now: Int64, random: UInt64) {
        guard let expiration, expiration <= now else { return }
        let jitter = 120 + Int64(truncatingIfNeeded: random % 481)
        self.expiration = now &+ CredentialStore.advisory &+ jitter
    }
}
