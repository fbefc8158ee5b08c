/// A page of ListJobs' response (service model, ListJobsResponse). It borrows the response's body.
struct JobPage {
    /// The service puts 100 on a page; a body with more than this is no page.
    private static let maximumEntries = 1000

    /// Objects, each with every member of a job but its tags.
    private(set) var entries: [JSONValue] = []
    /// Room for the tags of one of them: of each in turn, once all were found to be jobs.
    let tags = JSONMembers()
    /// For the next page; nil on the last.
    let nextToken: Bytes?

    /// Throws INVALID_RESPONSE, naming what is missing or of another type; with `isStrict` also when an entry
    /// is not the description of a job.
    init(_ body: ByteView, isStrict: Bool) throws(Failure) {
        var list: JSONValue?
        var token: JSONValue?
        try JSONReader.object(body) { (key, value) throws(Failure) in
            if key.equals("Entries") { list = value.isNull ? nil : value }
            if key.equals("NextToken") { token = value.isNull ? nil : value }
        }
        guard let list else { throw .invalidResponse("member Entries is missing") }
        guard list.kind == .array else { throw .invalidResponse("member Entries is not a list") }
        guard list.count <= Self.maximumEntries else {
            throw .invalidResponse("member Entries has more than \(Self.maximumEntries) entries")
        }
        if let token, token.kind != .string { throw .invalidResponse("member NextToken is not a string") }
        // None that the service takes back, and as long as it likes.
        if let token, token.text.count > JobListing.longestToken {
            throw .invalidResponse("member NextToken is longer than \(JobListing.longestToken) bytes")
        }
        // An empty token would ask for the first page again, for ever.
        nextToken = token?.string.flatMap { $0.isEmpty ? nil : $0 }
        let tags = self.tags
        var entries: [JSONValue] = []
        entries.reserveCapacity(list.count)
        try JSONReader.elements(of: list) { (entry) throws(Failure) in
            guard entry.kind == .object else { throw .invalidResponse("an entry is not an object") }
            if isStrict { _ = try Job(entry.text, tags: tags) }
            entries.append(entry)
        }
        self.entries = entries
    }

    /// What polling needs of the entries; those that lack it are left out.
    var listedJobs: [ListedJob] {
        var jobs: [ListedJob] = []
        jobs.reserveCapacity(entries.count)
        for entry in entries {
            var id: Bytes?
            var status: Bytes?
            var createdAt: Int64?
            try? JSONReader.members(of: entry) { (key, value) throws(Failure) in
                if key.equals("JobId") {
                    // Longer ones are of no job that is waited for, and as long as they like.
                    id = value.text.count <= JobID.longestText ? value.string : nil
                } else if key.equals("Status") {
                    status = value.string(characters: 100)
                } else if key.equals("CreatedAt"), let text = value.plain {
                    createdAt = Timestamp(text: text)?.seconds
                }
            }
            if let id, let status {
                jobs.append(ListedJob(jobID: id, status: status.withView { JobStatus($0) }, createdAt: createdAt))
            }
        }
        return jobs
    }
}

/// A job as a page of ListJobs shows it to the poller.
struct ListedJob {
    var jobID: Bytes
    var status: JobStatus
    /// Seconds since 1970; nil when it is not told.
    var createdAt: Int64?
}
