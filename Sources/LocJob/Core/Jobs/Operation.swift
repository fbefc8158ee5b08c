/// What a call asks the service for (service model, 2020-11-19).
enum Operation {
    case getJob(JobID)
    case listJobs(JobListing)

    /// The name by which SigV4 knows the service.
    static let signingName: StaticString = "geo"
    private static let path: StaticString = "/metadata/v0/jobs/"

    var method: StaticString {
        switch self {
        case .getJob: "GET"
        case .listJobs: "POST"
        }
    }

    /// Nil without a payload.
    var contentType: ByteView? {
        switch self {
        case .getJob: nil
        case .listJobs: "application/json"
        }
    }

    func writePath(_ endpoint: Endpoint, to buffer: ByteBuffer) {
        buffer.append(endpoint.basePath)
        buffer.append(ByteView(Self.path))
        switch self {
        case .getJob(let jobID): jobID.bytes.withView { buffer.append(percentEncoded: $0) }
        case .listJobs: buffer.append("list-jobs" as ByteView)
        }
    }

    func writePayload(to buffer: ByteBuffer) {
        if case .listJobs(let listing) = self { listing.write(to: buffer) }
    }
}

/// Which page of which jobs a ListJobs call asks for.
final class JobListing {
    /// The most that the service puts on a page.
    static let maximumResults: Int64 = 100
    /// The model's maximum, in characters.
    private static let maximumToken = 60_000
    /// In bytes, as JSON text: a character has 12 at the most, as two escapes.
    static let longestToken = 12 * maximumToken + 2

    /// Only jobs with this status, by the service's word for it; nil for all.
    let status: Bytes?
    /// Entries on a page at the most; nil for the service's default.
    let maxResults: Int64?
    /// From the page before; nil for the first.
    let nextToken: Bytes?
    /// Whether each entry must be the whole description of a job, or just have an id and a status.
    let isStrict: Bool

    private init(_ status: Bytes?, _ maxResults: Int64?, _ nextToken: Bytes?, isStrict: Bool) {
        self.status = status
        self.maxResults = maxResults
        self.nextToken = nextToken
        self.isStrict = isStrict
    }

    /// For a caller: throws INVALID_ARGUMENT for what the service could not take; a status that is not
    /// known here is left to it.
    static func make(status: ByteView?, maxResults: Int64?, nextToken: ByteView?) throws(Failure) -> JobListing {
        if let maxResults, !(1...maximumResults).contains(maxResults) {
            throw Failure(.invalidArgument, "max_results is \(maxResults): 1 to \(maximumResults) are allowed")
        }
        if let status, !UTF8.isValid(status) || status.count > 200 {
            throw Failure(.invalidArgument, "status \(quoted: status) is none")
        }
        if let nextToken {
            guard let length = UTF8.characterCount(nextToken), (1...maximumToken).contains(length) else {
                throw Failure(
                    .invalidArgument, "next_token is empty, longer than \(maximumToken) characters or not UTF-8")
            }
        }
        return JobListing(status?.bytes, maxResults, nextToken?.bytes, isStrict: true)
    }

    /// For polling: whole pages.
    static func page(of status: JobStatus, after nextToken: Bytes?) -> JobListing {
        JobListing(Bytes(status.name), maximumResults, nextToken, isStrict: false)
    }

    /// The request's body, member for member as boto3 writes it.
    fileprivate func write(to buffer: ByteBuffer) {
        var writer = JSONWriter()
        writer.object { writer in
            if let status {
                writer.key("Filter")
                writer.object { writer in
                    writer.key("JobStatus")
                    writer.string(status)
                }
            }
            if let maxResults {
                writer.key("MaxResults")
                writer.number(maxResults)
            }
            if let nextToken {
                writer.key("NextToken")
                writer.string(nextToken)
            }
        }
        buffer.append(writer.bytes)
    }
}
