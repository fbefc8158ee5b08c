/// How a call ended.
///
/// Its views borrow the driver's memory of the last response: whoever wants them longer copies them
/// before the driver sends its next request.
struct Outcome {
    var code: Code = .ok
    /// One line; empty on success.
    var message: Text = ""
    /// The service's word for its error, or the code's name without LOCJOB_; empty on success.
    var errorCode: Bytes = []
    /// The job, on success.
    var job: Job?
    /// The JSON of a failure; on success the body of the response is the JSON.
    var failureJSON: Bytes = []
    var metadata: ResponseMetadata
    /// The body of a successful response.
    var body: ByteView = .empty
    var isRetryable = false
    /// The requests that were sent, in order.
    var trace: [Attempt] = []

    /// The service's id of the last request; empty when it sent none.
    var requestID: Bytes { trace.last?.requestID ?? [] }
}

extension Outcome {
    static func success(_ job: Job, _ body: ByteView, _ metadata: ResponseMetadata, _ trace: [Attempt]) -> Outcome {
        Outcome(job: job, metadata: metadata, body: body.trimmed, trace: trace)
    }

    /// A failure that is not the service's.
    static func failure(_ failure: Failure, _ metadata: ResponseMetadata, _ trace: [Attempt] = []) -> Outcome {
        var outcome = Outcome(code: failure.code, message: failure.message, metadata: metadata)
        outcome.errorCode = failure.code.shortName.bytes
        outcome.isRetryable = failure.code.isRetryable
        outcome.trace = trace
        outcome.writeJSON(outcome.errorCode, failure.message.bytes) { _ in }
        return outcome
    }

    /// A failure before any request.
    static func failure(_ failure: Failure) -> Outcome {
        .failure(
            failure,
            ResponseMetadata(
                status: 0, head: .empty, attempts: 0, isMaxAttemptsReached: false, isRetryQuotaReached: false))
    }

    /// The service's error, in the shape of boto3's `ClientError.response`.
    static func serviceError(_ error: ServiceError, _ metadata: ResponseMetadata, _ trace: [Attempt]) -> Outcome {
        var outcome = Outcome(code: error.code, message: error.text, metadata: metadata)
        outcome.errorCode = error.name
        outcome.isRetryable = error.retry != .none
        outcome.trace = trace
        outcome.writeJSON(error.name, error.message) { writer in
            for (name, value) in [("Reason", error.reason), ("FieldList", error.fieldList)] as [(ByteView, Bytes)]
            where !value.isEmpty {
                writer.key(name)
                value.withView { writer.raw($0) }
            }
        }
        return outcome
    }

    private mutating func writeJSON(_ name: Bytes, _ message: Bytes, _ more: (inout JSONWriter) -> Void) {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("Error")
            writer.object { writer in
                writer.key("Code")
                writer.string(name)
                writer.key("Message")
                writer.string(message)
            }
            writer.key("ResponseMetadata")
            metadata.write(to: &writer)
            more(&writer)
        }
        failureJSON = writer.bytes
    }
}
