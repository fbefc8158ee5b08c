import Testing

@testable import LocJob

@Suite("Timestamps")
struct TimestampTests {
    struct Row: Decodable, Sendable, CustomTestStringConvertible {
        var json: String
        var seconds: Int64?
        var nanoseconds: Int32?

        var testDescription: String { json }
    }

    static let rows = Repository.rows("time/timestamps.json", of: Row.self)

    @Test("mean what the service means, or nothing", arguments: rows)
    func table(_ row: Row) throws {
        let body = JobBody.with("CreatedAt", "PLACE").replacing("\"PLACE\"", with: row.json)
        try body.withView { body in
            guard let seconds = row.seconds, let nanoseconds = row.nanoseconds else {
                let failure = failure { _ = try Job(body) }
                #expect(failure?.code == .invalidResponse)
                #expect(failure?.message.contains("CreatedAt") == true)
                return
            }
            let job = try Job(body)
            #expect(job.createdAt == Timestamp(seconds: seconds, nanoseconds: nanoseconds))
        }
    }

    @Test("with a fraction keep every digit to the nanosecond", arguments: 1...12)
    func fractions(_ digits: Int) {
        let fraction = String("123456789012".prefix(digits))
        let expected = Int32(fraction.padding(to: 9))!
        "2023-01-01T00:00:00.\(fraction)Z".withView { #expect(Timestamp(text: $0)?.nanoseconds == expected) }
        "1672531200.\(fraction)".withView { #expect(Timestamp(epoch: $0)?.nanoseconds == expected) }
    }

    @Test("mean the same with a zero more, which the service does not write", arguments: 0..<23)
    func usual(_ place: Int) {
        for byte in UInt8.min...UInt8.max {
            var text = Array("2024-02-29T23:59:58.123Z".utf8)
            text[place] = byte
            let other = text.dropLast() + Array("0Z".utf8)
            let (read, expected) = (text.withView { Timestamp(text: $0) }, Array(other).withView { Timestamp(text: $0) })
            #expect(read == expected, "\(byte) at \(place)")
            if "2024-02-29T23:59:58.123Z".utf8.dropFirst(place).first == byte { #expect(read != nil) }
        }
    }

    @Test("cut short are none, and never a crash")
    func truncated() {
        for text in ["2023-01-01T00:00:00.123+01:00", "Sun, 01 Jan 2023 00:00:00 GMT", "20230101T000000.5-0130"] {
            for length in 0..<text.count { String(text.prefix(length)).withView { _ = Timestamp(text: $0) } }
        }
    }

    @Test("in Date fields may be RFC 1123 dates alone")
    func dateField() {
        "Tue, 24 Nov 2026 06:07:08 GMT".withView { #expect(Timestamp(rfc822: $0)?.seconds == 1_795_500_428) }
        "2026-11-24T06:07:08Z".withView { #expect(Timestamp(rfc822: $0) == nil) }
    }
}

extension String {
    fileprivate func padding(to length: Int) -> String {
        String((self + "000000000").prefix(length))
    }
}
