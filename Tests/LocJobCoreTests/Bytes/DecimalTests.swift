import Testing

@testable import LocJob

@Suite("Decimal numbers")
struct DecimalTests {
    @Test(
        "are digits alone, as far as 64 bits go",
        arguments: [
            ("0", 0), ("7", 7), ("007", 7), ("9223372036854775807", Int64.max), ("09223372036854775807", Int64.max),
            ("9223372036854775808", nil), ("9223372036854775810", nil), ("18446744073709551616", nil),
            ("99999999999999999999", nil), ("922337203685477580700", nil), ("", nil), ("-1", nil), ("+1", nil),
            (" 1", nil),
            ("1 ", nil), ("1a", nil), ("1.0", nil), ("1e3", nil), ("0x1", nil), ("١", nil), ("1\0", nil),
        ] as [(String, Int64?)])
    func decimal(_ text: String, _ value: Int64?) {
        text.withView { #expect($0.decimal == value) }
    }

    @Test(
        "may have one sign in front",
        arguments: [
            ("-1", -1), ("+1", 1), ("1", 1), ("-0", 0), ("-9223372036854775807", -Int64.max),
            ("9223372036854775807", Int64.max),
            ("-9223372036854775809", nil), ("--1", nil), ("+-1", nil), ("-", nil), ("+", nil), ("", nil),
            ("- 1", nil),
        ] as [(String, Int64?)])
    func signed(_ text: String, _ value: Int64?) {
        text.withView { #expect($0.signedDecimal == value) }
    }

    @Test(
        "are written as Swift writes them",
        arguments: [0, 1, -1, 9, 10, -10, 99, 100, 12345, Int64.max, Int64.min, Int64.min + 1])
    func writing(_ number: Int64) {
        let buffer = ByteBuffer()
        buffer.append(decimal: number)
        #expect(buffer.text == "\(number)")
        var bytes: Bytes = []
        bytes.append(decimal: number)
        #expect(bytes.text == "\(number)")
    }

    @Test(
        "are filled up with zeros",
        arguments: [
            (0, 1, "0"), (0, 4, "0000"), (7, 2, "07"), (12, 2, "12"), (123, 2, "123"),
            (5, 19, "0000000000000000005"),
        ] as [(Int64, Int, String)])
    func width(_ number: Int64, _ width: Int, _ text: String) {
        let buffer = ByteBuffer()
        buffer.append(decimal: number, width: width)
        #expect(buffer.text == text)
        var bytes: Bytes = []
        bytes.append(decimal: UInt64(number), width: width)
        #expect(bytes.text == text)
    }

    @Test("in hexadecimal have values from 0 to 15", arguments: 0...255)
    func hexadecimal(_ byte: Int) {
        let character = Character(UnicodeScalar(UInt8(byte)))
        let expected = byte < 0x80 ? character.hexDigitValue : nil
        #expect(UInt8(byte).hexValue.map { Int($0) } == expected)
    }
}
