import Testing

@testable import LocJob

@Suite("Ended jobs that are remembered")
struct EndedJobsTests {
    private func id(_ number: Int) -> JobID { try! "job-\(number)".withView { try JobID($0) } }

    private func remember(_ jobs: EndedJobs, _ number: Int, _ status: String = "Completed", name: String = "n") throws {
        try JobBody.with("Status", status).replacing("a name", name).withView { body in
            let metadata = ResponseMetadata(
                status: 200, head: .empty, attempts: 3, isMaxAttemptsReached: true, isRetryQuotaReached: false)
            jobs.remember(id(number), .success(try Job(body), nil, body, metadata, Trace()))
        }
    }

    @Test("are the latest ones, up to the capacity", arguments: [0, 1, 2, 5])
    func ring(capacity: Int) throws {
        let jobs = EndedJobs(capacity: capacity)
        for number in 0..<12 {
            try remember(jobs, number)
            for other in 0...number { #expect((jobs.find(id(other)) != nil) == (other > number - capacity)) }
        }
    }

    @Test("are described as told last, and a second telling takes no place")
    func replaced() throws {
        let jobs = EndedJobs(capacity: 2)
        try remember(jobs, 1)
        try remember(jobs, 2)
        try remember(jobs, 1, "Failed", name: "other")
        try #require(jobs.find(id(1))).withOutcome { outcome in
            #expect(outcome.code == .ok && outcome.job?.state == .failed)
            #expect(outcome.body.text.contains("\"other\""))
            #expect(outcome.metadata.attempts == 0 && outcome.metadata.status == 200)
            #expect(outcome.ofWait.code == .jobFailed)
        }
        #expect(jobs.find(id(2)) != nil)
    }

    @Test("are neither jobs that go on, nor failures, nor very large descriptions")
    func others() throws {
        let jobs = EndedJobs(capacity: 9)
        for status in ["Pending", "Running", "Cancelling", "Paused"] { try remember(jobs, 1, status) }
        jobs.remember(id(1), .failure(Failure(.notFound, "gone")))
        try remember(jobs, 1, name: String(repeating: "x", count: 70_000))
        #expect(jobs.find(id(1)) == nil)
        try remember(jobs, 1, name: String(repeating: "x", count: 60_000))
        #expect(jobs.find(id(1)) != nil)
    }
}

private extension String {
    func replacing(_ old: String, _ new: String) -> String { split(separator: old, omittingEmptySubsequences: false).joined(separator: new) }
}
