/// How a call ended.
///
/// Its views borrow the driver's memory of the last response: whoever wants them longer copies them
/// before the driver sends its next request. A class, because it is large and
/// handed on often.
final class Outcome {
    let code: Code
    /// One line; empty on success.
    let message: Text
    /// The service's word for its error, or the code's name without LOCJOB_; empty on success.
    let errorCode: Bytes
    /// Whether the same call may well succeed later.
    let isRetryable: Bool
    /// The job, on success.
    let job: Job?
    /// The page, on success of a listing.
    let page: JobPage?
    /// On success the body of the response, which is the JSON.
    let body: ByteView
    /// The JSON of a failure, or of an answer that is not the service's.
    private(set) var ownJSON: Bytes = []
    let metadata: ResponseMetadata
    let requests: Trace

    /// As the outcome of a wait for the job's end: a job that failed or was cancelled is not what was hoped for.
    var ofWait: Outcome {
        guard let job, job.state == .failed || job.state == .cancelled else { return self }
        let code: Code = job.state == .failed ? .jobFailed : .jobCancelled
        var message: Text = "\(code.text)"
        if let word = job.errorCode.text.string(characters: Job.shownOfError) {
            message = "\(message): \(printable: word)"
        }
        if let first = job.firstErrorMessage { message = "\(message): \(printable: first)" }
        return Outcome(
            code: code, message: message, errorCode: code.shortName.bytes, job: job, body: body, metadata, requests)
    }

    private init(
        code: Code = .ok, message: Text = "", errorCode: Bytes = [], isRetryable: Bool = false,
        job: consuming Job? = nil, page: JobPage? = nil, body: ByteView = .empty,
        _ metadata: ResponseMetadata, _ requests: Trace
    ) {
        self.job = job
        self.page = page
        self.body = body
        self.code = code
        self.message = message
        self.errorCode = errorCode
        self.isRetryable = isRetryable
        self.metadata = metadata
        self.requests = requests
    }

    /// Whether the JSON is the body of the response.
    var hasBody: Bool { job != nil || page != nil }

    /// The service's id of the last request as it came, in ISO 8859-1; nil when it sent none.
    var requestIDField: ByteView? { requests.last == nil ? nil : metadata.requestID }
}

extension Outcome {
    static func success(
        _ job: consuming Job?, _ page: JobPage? = nil, _ body: ByteView, _ metadata: ResponseMetadata, _ requests: Trace
    ) -> Outcome {
        Outcome(job: job, page: page, body: body.trimmed, metadata, requests)
    }

    /// JSON of the library's own, with no call behind it.
    static func explanation(_ json: Bytes) -> Outcome {
        let outcome = Outcome(.none, Trace())
        outcome.ownJSON = json
        return outcome
    }

    /// A failure that is not the service's.
    static func failure(_ failure: Failure, _ metadata: ResponseMetadata, _ requests: Trace = Trace()) -> Outcome {
        let outcome = Outcome(
            code: failure.code, message: failure.message, errorCode: failure.code.shortName.bytes,
            isRetryable: failure.code.isRetryable, metadata, requests)
        outcome.writeJSON(failure.message.bytes) { _ in }
        return outcome
    }

    /// A failure before any request.
    static func failure(_ failure: Failure) -> Outcome {
        .failure(failure, .none)
    }

    /// The service's error, in the shape of boto3's `ClientError.response`.
    static func serviceError(_ error: ServiceError, _ metadata: ResponseMetadata, _ requests: Trace) -> Outcome {
        let outcome = Outcome(
            code: error.code, message: error.text, errorCode: error.name, isRetryable: error.retry != .none,
            metadata, requests)
        outcome.writeJSON(error.message) { writer in
            let members: [(ByteView, Bytes)] = [
                ("Message", error.modelledMessage), ("Reason", error.reason), ("FieldList", error.fieldList),
            ]
            for (name, value) in members where !value.isEmpty {
                writer.key(name)
                value.withView { writer.raw($0) }
            }
        }
        return outcome
    }

    private func writeJSON(_ message: Bytes, _ more: (inout JSONWriter) -> Void) {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("Error")
            writer.object { writer in
                writer.key("Code")
                writer.string(errorCode)
                writer.key("Message")
                writer.string(message)
            }
            writer.key("ResponseMetadata")
            metadata.write(to: &writer)
            more(&writer)
        }
        ownJSON = writer.bytes
    }
}
