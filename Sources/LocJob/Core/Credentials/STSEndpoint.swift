/// Where requests to STS go, and the Region that they are signed for.
struct STSEndpoint {
    /// Scheme and authority, as a URL begins.
    let origin: Bytes
    /// What the `Host` header says.
    let authority: Bytes
    /// `/`, or the path of a custom endpoint as it is given.
    let path: Bytes
    let signingRegion: Bytes

    /// The endpoint of the STS rule set (botocore: data/sts/2011-06-15/endpoint-rule-set-1.json). `isLegacy`
    /// is what `sts_regional_endpoints` says. Throws INVALID_ENDPOINT for a custom endpoint that is none, or
    /// that is combined with FIPS or dual-stack.
    init(
        region: Region, custom: Sourced<Bytes>?, isFIPS: Sourced<Bool>, isDualStack: Sourced<Bool>, isLegacy: Bool
    ) throws(Failure) {
        if let custom {
            let endpoint = try Endpoint(
                region: region, custom: custom, isFIPS: isFIPS, isDualStack: isDualStack, hasHostPrefix: false)
            origin = endpoint.origin
            authority = endpoint.authority
            let given = try EndpointURL(custom).path
            path = given.isEmpty ? Bytes("/") : given
            signingRegion = region.name
            return
        }
        let usesFIPS = isFIPS.value || region.isFIPS
        let usesDualStack = isDualStack.value
        let name = region.name.withView { $0.lowercased }
        let isPlain = !usesFIPS && !usesDualStack
        if isPlain, name.withView({ isLegacy ? Self.isGlobalOnce($0) : $0 == Self.global }) {
            authority = Bytes("sts.amazonaws.com")
        } else {
            let partition = name.withView { Partition.of($0) }
            let suffix = usesDualStack ? partition.dualStackDNSSuffix : partition.dnsSuffix
            // In GovCloud the ordinary endpoints are the FIPS ones.
            let isMarked = usesFIPS && (usesDualStack || partition.id != "aws-us-gov")
            let fips: StaticString = isMarked ? "-fips" : ""
            authority = Text("sts\(fips).\(name.text).\(suffix)").bytes
        }
        origin = Text("https://\(authority.text)").bytes
        path = Bytes("/")
        let isGlobal = authority.equals("sts.amazonaws.com") || name.equals(Self.global)
        signingRegion = isGlobal ? Bytes("us-east-1") : region.name
    }

    private static var global: ByteView { "aws-global" }

    /// Regions from before STS had Regions, whose requests go to the one global endpoint in legacy mode
    /// (the rule set's list).
    private static func isGlobalOnce(_ region: ByteView) -> Bool {
        let regions: [ByteView] = [
            "ap-northeast-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", global, "ca-central-1",
            "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1", "us-east-1",
            "us-east-2", "us-west-1", "us-west-2",
        ]
        for name in regions where name == region { return true }
        return false
    }

    /// What a value of `sts_regional_endpoints` means; without one, or with an empty one, `regional`
    /// (botocore: args.py, _get_sts_regional_endpoints_config). Throws INVALID_SETTING for any other word.
    static func isLegacy(_ mode: Sourced<Bytes>?) throws(Failure) -> Bool {
        guard let mode, !mode.value.isEmpty, !mode.value.equals("regional") else { return false }
        guard mode.value.equals("legacy") else {
            throw Failure(
                .invalidSetting, "\(mode.source.text) is \(quoted: mode.value), which is neither legacy nor regional")
        }
        return true
    }
}
