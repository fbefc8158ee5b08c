import Testing

@testable import LocJob

@Suite("Heads of responses")
struct HTTPHeadTests {
    private func fields(_ head: String) -> [String] {
        head.withView { view in
            var lines = HTTPHead(view)
            var fields: [String] = []
            while let (name, value) = lines.next() { fields.append("\(name.text)=\(value.text)") }
            return fields
        }
    }

    @Test(
        "are read line by line",
        arguments: [
            ("HTTP/1.1 200 OK\r\nA: 1\r\nb:2\r\n\r\n", ["A=1", "b=2"]),
            ("HTTP/1.1 200 OK\nA: 1\nB: 2\n\n", ["A=1", "B=2"]),
            ("HTTP/2 200 \r\na:  x y \t\r\n\r\n", ["a=x y"]),
            ("HTTP/1.1 200 OK\r\nA:\r\nB: :\r\n\r\n", ["A=", "B=:"]),
            ("HTTP/1.1 200 OK\r\nnonsense\r\n: no name\r\n folded: no\r\nA: 1\r\n\r\n", ["A=1"]),
            ("HTTP/1.1 200 OK\r\nA: 1", ["A=1"]),
            ("", []), ("\r\n", []), (":", []), ("HTTP/1.1 200", []),
            // A reason phrase may hold a colon and is no field all the same.
            ("HTTP/1.1 500 Error: broken\r\nA: 1\r\n\r\n", ["A=1"]),
        ] as [(String, [String])])
    func lines(_ head: String, _ expected: [String]) {
        #expect(fields(head) == expected)
    }

    @Test("give the first field of a name, whatever its case")
    func first() {
        "HTTP/1.1 200 OK\r\nX-Ab: 1\r\nx-AB: 2\r\n\r\n".withView { head in
            let response = HTTPResponse(status: 200, head: head, body: .empty)
            #expect(response.field("x-ab")?.text == "1")
            #expect(response.field("x-a") == nil)
            #expect(response.field("") == nil)
        }
    }

    @Test("of many fields do not take long to be described")
    func many() {
        // A head of some 64 kB, which is more than servers send.
        var head = "HTTP/1.1 200 OK\r\n"
        for i in 0..<6000 { head += "a\(i): b\r\n" }
        let clock = ContinuousClock()
        let time = head.withView { view in
            clock.measure {
                let metadata = ResponseMetadata(
                    status: 200, head: view, attempts: 1, isMaxAttemptsReached: false, isRetryQuotaReached: false)
                #expect(metadata.json.count > 60_000)
            }
        }
        #expect(time < .seconds(10))
    }
}
