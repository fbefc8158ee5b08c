import Testing

@testable import LocJob

@Suite("Partitions")
struct PartitionTests {
    @Test(
        "are told by the Region's name",
        arguments: [
            ("us-east-1", "aws"), ("eu-isoe-west-1", "aws-iso-e"), ("us-gov-west-1", "aws-us-gov"),
            ("us-iso-east-1", "aws-iso"), ("us-isob-east-1", "aws-iso-b"),
            ("us-isof-south-1", "aws-iso-f"), ("cn-north-1", "aws-cn"), ("eusc-de-east-1", "aws-eusc"),
            ("me-west-1", "aws"), ("sa-west-1", "aws"), ("mx-central-1", "aws"),
            ("aws-cn-global", "aws-cn"), ("aws-iso-b-global", "aws-iso-b"), ("aws-us-gov-global", "aws-us-gov"),
            ("aws-global", "aws"),
            // What no partition knows belongs to the first.
            ("xx-nowhere-1", "aws"), ("cn-north", "aws"), ("cn--1", "aws"), ("cn-north-1x", "aws"),
            ("cn-north-x1", "aws"), ("CN-north-1", "aws"), ("cnx-north-1", "aws"), ("", "aws"), ("cn", "aws"),
            ("cn-", "aws"), ("aws-xx-global", "aws"), ("cn-north-1-2", "aws"),
        ])
    func names(_ region: String, _ partition: String) {
        region.withView { #expect(Partition.of($0).id.text == partition) }
    }
}
