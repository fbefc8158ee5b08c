/// Seeds and the bytes that matter for random input.
enum Corpus {
    static func bytes(_ texts: [String]) -> [[UInt8]] { texts.map { Array($0.utf8) } }

    static let json = bytes([
        JobBody.full, "{\"a\":[1,2.5e-3,null,true,\"\\ud83d\\ude00\"]}", "[[[[[[]]]]]]", "\"\\u0041\"", "-0.1e+22",
            "{}", "null",
        "{\"message\":\"m\",\"code\":\"C\",\"__type\":\"a#b:c\",\"reason\":\"Other\",\"fieldList\":[{\"name\":\"n\",\"message\":\"m\"}]}",
        JobBody.with("CreatedAt", 1672531200.5), JobBody.with("UpdatedAt", "Sun, 01 Jan 2023 00:00:00 GMT"),
    ])
    static let jsonAlphabet = Array("{}[]\",:\\/bfnrtu0123456789.eE+-truefalsn \t\n\0\u{7F}é😀".utf8) + [0xFF, 0xC0,
        0xED, 0xA0, 0x80]

    static let ini = bytes([
        "[default]\nregion = us-east-1\n", "[profile a b]\r\nkey: value\n  more\n\n  yet more\n# c\n",
        "\u{FEFF}[services x]\nlocation =\n  endpoint_url = http://x\n",
        "[a]\ns3 =\n  a = b\n\n  nonsense\n", "[\"q\"] x\n= y\n",
        "[profile \"a\\\"b\" 'c']\nrole_arn = x\naws_access_key_id=y",
    ])
    static let iniAlphabet = Array("[]=:#; \t\n\r\"'\\a\0\u{B}é".utf8) + [0xFF, 0xEF, 0xBB, 0xBF]

    static let urls = bytes([
        "https://example.com:443/a/b", "http://[::ffff:1.2.3.4]:80/", "http://127.0.0.1", "HTTP://LOCALHOST/%41",
        "https://0x7f.1/", "http://user:pass@host/?q#f",
    ])
    static let urlAlphabet = Array(":/?#[]@.%-_~0123456789abcdefxX \\\0é".utf8) + [0xFF]

    static let times = bytes([
        "2023-01-01T00:00:00.123456789+01:30", "20230101T000000Z", "Sun, 01 Jan 2023 00:00:00 GMT",
        "-1672531200.123e-5", "1e999", "0.000000000000001e20", "99999999999999999999",
    ])
    static let timeAlphabet = Array("0123456789-+:.,TtZzeE GMTJanSun\0é".utf8)

    static let heads = bytes([
        "HTTP/1.1 200 OK\r\nDate: Tue, 24 Nov 2026 06:07:08 GMT\r\nx-amzn-requestid: a\r\n\r\n",
        "HTTP/1.1 400 X\r\nx-amzn-errortype: a#ThrottlingException:b\r\nx-amz-retry-after: 100\r\n\r\n",
        "HTTP/2 503\nA:b\n c\n:\n\n",
        "HTTP/1.1 403 X\r\nx-amzn-errortype: RequestExpired\r\nDate: Wed, 01 Jan 9999 00:00:00 GMT\r\n\r\n",
        "HTTP/1.1 403 X\r\nx-amzn-errortype: AuthFailure\r\nDate: 1 Jan 0001 00:00:00 +2359\r\n\r\n",
    ])
    static let headAlphabet = Array(":\r\n #-0123456789abcDE\0\u{B}é".utf8) + [0xFF]
}
