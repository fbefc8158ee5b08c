/// A Region as it was named.
struct Region {
    /// What is signed for and what the host name carries.
    let name: Bytes
    /// Whether the name asked for FIPS, as the old `fips-us-west-2` and `us-west-2-fips` do.
    let isFIPS: Bool

    /// Throws INVALID_SETTING unless the name can be a label of a host name (botocore: utils.py,
    /// validate_region_name).
    init(_ named: Sourced<Bytes>) throws(Failure) {
        (name, isFIPS) = try named.value.withView { text throws(Failure) in
            var rest = text
            if rest.hasPrefix("fips-") { rest = rest.from(5) }
            if rest.hasSuffix("-fips") { rest = rest.prefix(rest.count - 5) }
            guard Self.isLabel(text), text.contains(where: { !$0.isDigit }), Self.isLabel(rest) else {
                throw Failure(.invalidSetting, "\(named.source.text) is \(quoted: text), which is no Region name")
            }
            return (rest.bytes, rest.count < text.count)
        }
    }

    private static func isLabel(_ text: ByteView) -> Bool {
        (1...63).contains(text.count) && text[0] != UInt8(ascii: "-") && text[text.count - 1] != UInt8(ascii: "-")
            && !text.contains { !$0.isLetter && !$0.isDigit && $0 != UInt8(ascii: "-") }
    }
}
