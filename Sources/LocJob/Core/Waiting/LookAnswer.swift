/// What of a call's outcome counts for the poller.
struct LookAnswer {
    /// Nil when the service answered as it should.
    var failure: Failure?
    /// Whether the failure may pass, so that it ends no wait: what a retry may help against, and credentials,
    /// which a provider may give again.
    var isBlip = false
    /// Of the job that was asked for.
    var status = JobStatus.unknown
    var createdAt: Int64?
    /// Of the page that was asked for.
    var page: [ListedJob] = []
    var nextToken: Bytes?
}

extension LookAnswer {
    init(_ outcome: Outcome) {
        if outcome.code != .ok {
            failure = Failure(outcome.code, outcome.message)
            isBlip = outcome.isRetryable || outcome.code == .credentialsFailed
        }
        if let job = outcome.job {
            status = job.state
            createdAt = job.createdAt.seconds
        }
        if let page = outcome.page {
            self.page = page.listedJobs
            nextToken = page.nextToken
        }
    }
}
