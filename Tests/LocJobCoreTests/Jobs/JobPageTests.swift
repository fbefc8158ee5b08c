import Testing

@testable import LocJob

@Suite("A page of ListJobs")
struct JobPageTests {
    private func message(_ body: String, isStrict: Bool = false) -> String? {
        do {
            try body.withView { _ = try JobPage($0, isStrict: isStrict) }
            return nil
        } catch {
            return (error as? Failure)?.message.text
        }
    }

    @Test("has entries, and a token unless it is the last")
    func entries() throws {
        for (token, expected) in [("", nil), (",\"NextToken\":null", nil), (",\"NextToken\":\"\"", nil), (",\"NextToken\":\"a\\u00e9\"", "aé")] as [(String, String?)] {
            try "{\"Entries\":[\(JobBody.full),\(JobBody.full)]\(token)}".withView { body in
                let page = try JobPage(body, isStrict: true)
                #expect(page.tags.count == 2, "has room for what a result will be made of")
                #expect(page.entries.count == 2 && page.nextToken?.text == expected)
                #expect(page.listedJobs.map(\.jobID.text) == ["job-1", "job-1"])
                #expect(page.listedJobs.first?.status == .failed && page.listedJobs.first?.createdAt == 1_767_323_045)
            }
        }
    }

    @Test("says what is wrong with it", arguments: [
        "{}", "{\"Entries\":null}", "{\"Entries\":{}}", "{\"Entries\":[1]}", "{\"Entries\":[null]}",
        "{\"Entries\":[],\"NextToken\":1}", "[]", "", "{\"Entries\":[}", "{\"Entries\":[{}]}",
    ])
    func wrong(_ body: String) { #expect(message(body, isStrict: true) != nil) }

    @Test("takes a thousand entries and no more")
    func size() {
        func body(_ count: Int) -> String { "{\"Entries\":[\([String](repeating: "{}", count: count).joined(separator: ","))]}" }
        #expect(message(body(1000)) == nil)
        #expect(message(body(1001))?.contains("1000") == true)
    }

    @Test("takes a token that the service would take back, and none beyond")
    func token() {
        func body(_ size: Int) -> String { "{\"Entries\":[],\"NextToken\":\"\(String(repeating: "t", count: size))\"}" }
        #expect(message(body(720_000)) == nil)
        #expect(message(body(720_001))?.contains("NextToken") == true)
    }

    @Test("has ids for polling that are as long as ids can be, and no longer")
    func longestID() throws {
        func count(_ pairs: Int) throws -> Int {
            let id = String(repeating: #"\ud83d\ude00"#, count: pairs)
            return try "{\"Entries\":[{\"JobId\":\"\(id)\",\"Status\":\"Running\"}]}".withView {
                try JobPage($0, isStrict: false).listedJobs.count
            }
        }
        #expect(try count(JobID.maximumLength) == 1)
        #expect(try count(JobID.maximumLength + 1) == 0)
    }

    @Test("leaves out for polling what has no id or status, and takes odd values for none")
    func odd() throws {
        try "{\"Entries\":[{},{\"JobId\":1,\"Status\":\"Running\"},{\"JobId\":\"a\"},{\"JobId\":\"b\",\"Status\":\"Odd\",\"CreatedAt\":[]},{\"JobId\":\"c\",\"Status\":\"Running\",\"CreatedAt\":\"x\"}]}".withView { body in
            let jobs = try JobPage(body, isStrict: false).listedJobs
            #expect(jobs.map(\.jobID.text) == ["b", "c"])
            #expect(jobs.map(\.status) == [.unknown, .running])
            #expect(jobs.allSatisfy { $0.createdAt == nil })
        }
    }
}
