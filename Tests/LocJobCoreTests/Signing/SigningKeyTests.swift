import Testing

@testable import LocJob

@Suite("Signing keys")
struct SigningKeyTests {
    /// 2015-08-30
    private static let day: Int64 = 16_677

    @Test("sign the documented example")
    func documented() throws {
        let credentials = Credentials.make("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
        let key = try SigningKey.derive(credentials, day: Self.day, region: Bytes("us-east-1"), service: "iam")
        let output = ByteBuffer()
        """
        AWS4-HMAC-SHA256
        20150830T123600Z
        20150830/us-east-1/iam/aws4_request
        f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59
        """.withView { key.sign($0, to: output) }
        #expect(output.text == "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7")
    }

    @Test("are made once for the same day, Region, service and credentials")
    func cached() throws {
        let cache = SigningKeyCache()
        let credentials = Credentials.make()
        let first = try cache.key(credentials, day: 1, region: Bytes("a"), service: "geo")
        #expect(try cache.key(credentials, day: 1, region: Bytes("a"), service: "geo") === first)
    }

    @Test("are others for another day, Region, service or other credentials")
    func distinct() throws {
        let cache = SigningKeyCache()
        let credentials = Credentials.make()
        let first = try cache.key(credentials, day: 1, region: Bytes("a"), service: "geo")
        #expect(try cache.key(credentials, day: 2, region: Bytes("a"), service: "geo") !== first)
        #expect(try cache.key(credentials, day: 1, region: Bytes("b"), service: "geo") !== first)
        #expect(try cache.key(credentials, day: 1, region: Bytes("a"), service: "iam") !== first)
        // The same text, but credentials are told apart by identity: one may have been replaced.
        #expect(try cache.key(Credentials.make(), day: 1, region: Bytes("a"), service: "geo") !== first)
    }

    @Test("make room for newer ones, and stay usable")
    func eviction() throws {
        let cache = SigningKeyCache()
        let credentials = Credentials.make()
        let first = try cache.key(credentials, day: 0, region: Bytes("a"), service: "geo")
        let before = ByteBuffer()
        first.sign("text", to: before)
        for day in 1...20 as ClosedRange<Int64> { _ = try cache.key(credentials, day: day, region: Bytes("a"),
            service: "geo") }
        let after = ByteBuffer()
        first.sign("text", to: after)
        #expect(before.text == after.text)
        let again = try cache.key(credentials, day: 0, region: Bytes("a"), service: "geo")
        #expect(again !== first)
        let same = ByteBuffer()
        again.sign("text", to: same)
        #expect(same.text == before.text)
    }

    @Test(
        "and the date in the signature belong to the same day, also before 1970 and beyond the calendar",
        arguments: [0, -1, -86_400, -86_401, 86_399, .min, .max] as [Int64])
    func day(_ seconds: Int64) throws {
        let credentials = Credentials.make()
        let signer = try SigV4(credentials, region: Bytes("r"), service: "geo", seconds: seconds,
            keys: SigningKeyCache())
        let date = CivilDate(secondsSince1970: seconds)
        let midnight = date.secondsSince1970 - (date.hour * 3600 + date.minute * 60 + date.second)
        let key = try SigningKey.derive(credentials, day: midnight / 86_400, region: Bytes("r"), service: "geo")
        let expected = ByteBuffer()
        key.sign("text", to: expected)
        let got = ByteBuffer()
        signer.key.sign("text", to: got)
        #expect(got.text == expected.text)
    }
}
