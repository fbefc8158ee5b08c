/// Header text is ISO 8859-1 (RFC 9110, section 5.5, and Python's http.client).
func latin1(_ text: ByteView) -> Bytes {
    if text.plainRun == text.count || !text.contains(where: { $0 > 0x7F }) { return text.bytes }
    var result: Bytes = []
    for i in 0..<text.count { result.append(scalar: UInt32(text[i])) }
    return result
}
