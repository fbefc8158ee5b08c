/// A group of Regions that share a DNS suffix (botocore: partitions.json version 1.1). All of them have
/// FIPS and dual-stack endpoints.
struct Partition {
    var id: ByteView
    /// What a Region's name begins with, up to `-word-number`: `us` for us-east-1.
    var prefixes: [ByteView]
    var dnsSuffix: ByteView
    var dualStackDNSSuffix: ByteView

    private static var all: [Partition] {
        [
            Partition(
                id: "aws", prefixes: ["us", "eu", "ap", "sa", "ca", "me", "af", "il", "mx"],
                dnsSuffix: "amazonaws.com", dualStackDNSSuffix: "api.aws"),
            Partition(
                id: "aws-cn", prefixes: ["cn"], dnsSuffix: "amazonaws.com.cn",
                dualStackDNSSuffix: "api.amazonwebservices.com.cn"),
            Partition(
                id: "aws-eusc", prefixes: ["eusc-de"], dnsSuffix: "amazonaws.eu",
                dualStackDNSSuffix: "api.amazonwebservices.eu"),
            Partition(
                id: "aws-iso", prefixes: ["us-iso"], dnsSuffix: "c2s.ic.gov",
                dualStackDNSSuffix: "api.aws.ic.gov"),
            Partition(
                id: "aws-iso-b", prefixes: ["us-isob"], dnsSuffix: "sc2s.sgov.gov",
                dualStackDNSSuffix: "api.aws.scloud"),
            Partition(
                id: "aws-iso-e", prefixes: ["eu-isoe"], dnsSuffix: "cloud.adc-e.uk",
                dualStackDNSSuffix: "api.cloud-aws.adc-e.uk"),
            Partition(
                id: "aws-iso-f", prefixes: ["us-isof"], dnsSuffix: "csp.hci.ic.gov",
                dualStackDNSSuffix: "api.aws.hci.ic.gov"),
            Partition(
                id: "aws-us-gov", prefixes: ["us-gov"], dnsSuffix: "amazonaws.com",
                dualStackDNSSuffix: "api.aws"),
        ]
    }

    /// The partition of a Region; the first for a Region that none knows, as the endpoint rules say.
    static func of(_ region: ByteView) -> Partition {
        let all = all
        for partition in all where partition.has(region) { return partition }
        return all[0]  // safe: the list above is not empty
    }

    private func has(_ region: ByteView) -> Bool {
        // `aws-cn-global` and its like, which all partitions but one have.
        if id != "aws-eusc", region.count == id.count + 7, region.hasPrefix(id), region.hasSuffix("-global") {
            return true
        }
        for prefix in prefixes where region.hasPrefix(prefix) && region[prefix.count] == UInt8(ascii: "-") {
            let rest = region.from(prefix.count + 1)
            guard let dash = rest.firstIndex(of: UInt8(ascii: "-")), dash > 0 else { continue }
            // The word cannot hold a dash, and the Region's name was checked to hold letters and digits.
            if rest.from(dash + 1).isNumber { return true }
        }
        return false
    }
}
