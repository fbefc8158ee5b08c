/// The Region of the EC2 instance that the process runs on (botocore: utils.py,
/// InstanceMetadataRegionFetcher).
///
///     start ─► token ─► Region ─► done
///                         │ 404: a stand-in for the service that knows only the availability zone
///                         └─► availability zone ─► done
struct InstanceRegionFetch {
    enum Step {
        /// Send the request that was filled in. Answered with `response` or `failed`.
        case send
        case done(Bytes)
    }

    private static let regionPath: StaticString = "/latest/meta-data/placement/region"
    private static let zonePath: StaticString = "/latest/meta-data/placement/availability-zone"

    private var metadata: InstanceMetadata
    private var isZone = false

    init(_ settings: InstanceMetadataSettings, _ userAgent: UserAgent) {
        metadata = InstanceMetadata(settings, userAgent)
        metadata.code = .noRegion
    }

    mutating func start(_ request: HTTPRequest) throws(Failure) -> Step {
        try metadata.ask(Bytes(Self.regionPath), request)
        return .send
    }

    /// Throws NO_REGION when the instance does not say.
    mutating func resume(_ answer: Answer, _ request: HTTPRequest) throws(Failure) -> Step {
        guard let response = try metadata.receive(answer, request) else { return .send }
        guard response.status == 200 else {
            if isZone { throw metadata.failure("the instance does not tell its Region") }
            isZone = true
            try metadata.ask(Bytes(Self.zonePath), request)
            return .send
        }
        let text = response.body.trimmed
        // A zone is its Region and a letter.
        let region = isZone ? text.prefix(text.count - 1) : text
        guard !region.isEmpty, region.count <= 63,
            !region.contains(where: { !$0.isLetter && !$0.isDigit && $0 != UInt8(ascii: "-") })
        else { throw metadata.failure("\(quoted: text) is no Region") }
        return .done(region.bytes)
    }
}
