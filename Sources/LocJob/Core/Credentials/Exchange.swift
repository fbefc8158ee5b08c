/// A request of a fetch and its repetitions, which are those of the standard retry mode.
struct Exchange {
    /// What an answer comes to.
    enum Verdict {
        case response(HTTPResponse)
        /// Wait, and send the request once more.
        case again(at: Nanoseconds)
    }

    /// Requests at most, the first included.
    let limit: Int64
    /// The number of the request that is under way, from 1.
    private(set) var attempts: Int64 = 1

    /// `limit` nil is the client's number of attempts.
    init(_ client: ClientState, limit: Int64? = nil) { self.limit = limit ?? client.configuration.maxAttempts }

    /// Throws what was wrong when there is nothing more to be tried. An error response that is not worth
    /// a retry is handed over like any other. `classify` says what an error response calls for; without it,
    /// errors are JSON.
    mutating func judge(
        _ answer: Answer, _ context: FetchContext,
        classify: (HTTPResponse) -> RetryClass = { ServiceError($0, mode: .standard).retry }
    ) throws(Failure) -> Verdict {
        switch answer {
        case .response(let response, _):
            let kind = response.status >= 400 ? classify(response) : .none
            guard kind != .none, attempts < limit else { return .response(response) }
            return again(kind, hint: response.field("x-amz-retry-after"), context)
        case .failed(let failure, _):
            guard failure.code.isRetryable, attempts < limit else { throw failure }
            return again(.transient, hint: nil, context)
        default:
            throw Failure(.internalError, "an answer that nobody asked for")
        }
    }

    private mutating func again(_ kind: RetryClass, hint: ByteView?, _ context: FetchContext) -> Verdict {
        var jitter = Jitter(seed: context.random)
        let delay = Backoff.delay(.standard, kind, retry: attempts, hint: hint, jitter: &jitter)
        attempts += 1
        return .again(at: Duration.sum(context.now.monotonic, delay))
    }
}
