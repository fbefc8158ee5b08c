/// A Region as it was named.
struct Region {
    /// What is signed for and what the host name carries.
    var name: Bytes
    /// Whether the name asked for FIPS, as the old `fips-us-west-2` and `us-west-2-fips` do.
    var isFIPS = false

    /// Throws INVALID_SETTING unless the name can be a label of a host name (botocore: utils.py,
    /// validate_region_name).
    init(_ named: Sourced<Bytes>) throws(Failure) {
        name = named.value
        try named.value.withView { text throws(Failure) in
            let isLabel =
                (1...63).contains(text.count) && text[0] != UInt8(ascii: "-")
                && text[text.count - 1] != UInt8(ascii: "-")
                && !text.contains { !$0.isLetter && !$0.isDigit && $0 != UInt8(ascii: "-") }
                && text.contains { !$0.isDigit }
            guard isLabel else {
                throw Failure(.invalidSetting, "\(named.source.text) is \(quoted: text), which is no Region name")
            }
            if text.hasPrefix("fips-") {
                name = text.from(5).bytes
                isFIPS = true
            } else if text.hasSuffix("-fips") {
                name = text.prefix(text.count - 5).bytes
                isFIPS = true
            }
        }
    }
}
