/// One call of the service as a state machine: it is handed time, random bits and answers, and says what to do
/// next. It knows no sockets, clocks or sleeps.
///
///     start ─► credentials ─► send ─► response or failure ─► finish
///                              ▲            │
///                              └── wait ◄───┘ retry
struct ServiceCall {
    let client: ClientState
    private let operation: Operation
    private let invocationID: (UInt64, UInt64)
    private let traceID: Bytes?
    var jitter: Jitter
    private let timeout: Nanoseconds
    /// On the monotonic clock.
    let deadline: Nanoseconds

    /// Whether its requests keep to the client's budget, and when the next one's turn is.
    private let isPaced: Bool
    private var turn: Nanoseconds?

    var credentials: Credentials?
    /// The refresh that this call has taken on, and whether it must succeed.
    var fetch: (any CredentialFetch)?
    var isFetchMandatory = true
    var fetchNumber = 0
    /// The refresh of another call that this one waits for.
    var awaited: Int?
    var hasReplacedCredentials = false
    private(set) var attempts = 0
    var delay: Nanoseconds = 0
    private var trace = Trace()
    var lastResponse: HTTPResponse?
    /// What ended which attempt.
    var lastError: (text: Text, attempt: Int)?
    /// The service's clock less this machine's, as the last `Date` had it.
    var observedSkew: Int64?
    var hasCorrectedClock = false
    /// What the attempt under way was signed with.
    var signedSkew: Int64 = 0
    private var retryCost: Int64?
    /// Whether that was for an attempt which has yet to be made.
    private var isRetryAhead = false
    private var isQuotaReached = false
    private var isMaxAttemptsReached = false

    /// `timeout` nil is the client's. `random` is 128 random bits. `traceID` is that of the AWS Lambda
    /// invocation that the call belongs to. `hasTurn`: the first request's turn in the budget has come already.
    init(
        _ client: ClientState, _ operation: Operation, timeout: Nanoseconds?, at now: Moment, random: (UInt64, UInt64),
        traceID: Bytes? = nil, isPaced: Bool = false, hasTurn: Bool = false
    ) {
        self.client = client
        self.isPaced = isPaced
        turn = hasTurn ? now.monotonic : nil
        self.operation = operation
        invocationID = random
        self.traceID = traceID
        jitter = Jitter(seed: random.0 ^ random.1)
        self.timeout = timeout ?? client.configuration.callTimeout
        deadline = self.timeout == Duration.never ? Duration.never : Duration.sum(now.monotonic, self.timeout)
    }

    /// Whether it has taken on the refresh of the client's credentials.
    var isRefreshing: Bool { fetch != nil }

    /// The first action; `request` is filled when it is `send`.
    mutating func start(at now: Moment, _ request: HTTPRequest) -> Action {
        obtainCredentials(at: now, request)
    }

    /// The next action; `request` is filled anew when it is `send`.
    mutating func advance(_ answer: Answer, at now: Moment, _ request: HTTPRequest) -> Action {
        switch answer {
        case .deadline(let timings):
            return abandon(outOfTime(), timings)
        case .cancelled(let timings):
            return abandon(.cancelled, timings)
        default:
            break
        }
        if let fetch {
            if client.credentials.isOwned(fetchNumber) { return resume(fetch, answer, at: now, request) }
            // Another call has taken it over while nobody was inside this one's queue.
            self.fetch = nil
            return obtainCredentials(at: now, request)
        }
        if awaited != nil { return obtainCredentials(at: now, request) }
        switch answer {
        case .response(let response, let timings):
            return receive(response, timings, at: now, request)
        case .failed(let failure, let timings):
            record(isThrottled: false, at: now)
            note(status: 0, failure.code.shortName.bytes, timings)
            let kind: RetryClass = failure.code.isRetryable ? .transient : .none
            return retry(kind, failure.message, hint: nil, at: now) ?? finish(failure)
        case .woke:
            return send(at: now, request)
        default:
            return finish(Failure(.internalError, "an answer that nobody asked for"))
        }
    }
}

// MARK: - Sending

extension ServiceCall {
    mutating func send(at now: Moment, _ request: HTTPRequest) -> Action {
        if now.monotonic >= deadline { return finish(outOfTime()) }
        if isPaced {
            let turn = self.turn ?? client.budget.reserve(at: now.monotonic)
            self.turn = turn
            if turn > now.monotonic { return turn >= deadline ? abandon(outOfTime(), Timings()) : .wait(until: turn) }
        }
        if let pause = client.rateLimiter?.acquire(at: now.monotonic) {
            let end = Duration.sum(now.monotonic, pause)
            return end >= deadline ? finish(outOfTime()) : .wait(until: end)
        }
        turn = nil
        isRetryAhead = false
        lastResponse = nil
        attempts += 1
        do throws(Failure) {
            try fill(request, at: now)
        } catch {
            attempts -= 1
            return finish(error)
        }
        return .send
    }

    private mutating func fill(_ request: HTTPRequest, at now: Moment) throws(Failure) {
        guard let credentials else { throw Failure(.internalError, "a request without credentials") }
        // Not a copy of the configuration, all of whose parts would be retained.
        let client = client
        signedSkew = client.clockSkew
        let signer = try client.signer(credentials, at: now, skew: signedSkew, for: operation)
        request.begin(operation.method, origin: client.configuration.endpoint.origin) {
            operation.writePath(client.configuration.endpoint, to: $0)
        }
        operation.writePayload(to: request.body)
        if let contentType = operation.contentType { request.add("Content-Type") { $0.append(contentType) } }
        request.add("X-Amz-Date") { $0.append(signer.dateTime) }
        if let token = credentials.sessionToken { request.add("X-Amz-Security-Token") { $0.append(token.view) } }
        request.add("Authorization") { value in
            client.configuration.endpoint.authority.withView { host in
                signer.appendAuthorization(
                    SigV4.Parts(
                        method: ByteView(request.method), host: host, path: request.path,
                        contentType: operation.contentType, payload: request.body.view),
                    to: value, scratch: request.scratch)
            }
        }
        // These are not signed (botocore adds them after signing).
        request.add("User-Agent") { client.configuration.userAgent.write(credentials, to: $0) }
        request.add("Accept-Encoding") { $0.append("identity" as ByteView) }
        if let traceID {
            request.add("X-Amzn-Trace-Id") { value in traceID.withView { value.append(traceID: $0) } }
        }
        let readSeconds = client.configuration.readTimeout / 1_000_000_000
        request.addAttempt(
            Int64(attempts), of: client.configuration.maxAttempts, invocationID: invocationID,
            // The time-out by the service's own clock (botocore: endpoint.py, _calculate_ttl).
            timeToLive: attempts > 1 ? observedSkew.map { now.wallSeconds &+ readSeconds &+ $0 } : nil)
        if request.isExhausted { throw Failure(.outOfMemory, "out of memory for a request") }
    }
}

// MARK: - Receiving

extension ServiceCall {
    private mutating func receive(
        _ response: HTTPResponse, _ timings: Timings, at now: Moment, _ request: HTTPRequest
    ) -> Action {
        lastResponse = response
        if response.status >= 300 || response.status < 200 {
            guard ServiceError.hasMemory(for: response) else {
                note(status: response.status, Code.outOfMemory.shortName.bytes, timings)
                return finish(Failure(.outOfMemory, "no memory for the service's error"))
            }
            let error = ServiceError(response, mode: client.configuration.retryMode)
            return receive(error, response, timings, now, request)
        }
        do throws(Failure) {
            var job: Job?
            var page: JobPage?
            switch operation {
            case .getJob: job = try Job(response.body, tags: request.tags)
            case .listJobs(let listing): page = try JobPage(response.body, isStrict: listing.isStrict)
            }
            note(status: response.status, [], timings)
            record(isThrottled: false, at: now)
            client.retryQuota.release(retryCost)
            return .finish(.success(job, page, response.body, metadata, trace))
        } catch {
            noteDate(response, now)
            record(isThrottled: false, at: now)
            note(status: response.status, error.code.shortName.bytes, timings)
            // What is no description of a job may be one at the next attempt; memory is not asked for again.
            let kind: RetryClass = error.code == .invalidResponse ? .transient : .none
            return retry(kind, error.message, hint: nil, at: now) ?? finish(error)
        }
    }

    private mutating func receive(
        _ error: ServiceError, _ response: HTTPResponse, _ timings: Timings, _ now: Moment, _ request: HTTPRequest
    ) -> Action {
        noteDate(response, now)
        record(isThrottled: error.code == .throttled, at: now)
        note(status: response.status, error.name, timings)
        if correctsClock(error, at: now) { return send(at: now, request) }
        if replacesCredentials(error, response, request) { return obtainCredentials(at: now, request) }
        let hint = response.field("x-amz-retry-after")
        return retry(error.retry, error.text, hint: hint, at: now)
            ?? .finish(.serviceError(error, metadata, trace))
    }

    private func record(isThrottled: Bool, at now: Moment) {
        client.rateLimiter?.record(isThrottled: isThrottled, at: now.monotonic)
        if isPaced || isThrottled { client.budget.record(isThrottled: isThrottled, at: now.monotonic) }
    }

    /// In bytes: more than what a retry takes besides the request and its answer.
    private static let memoryOfRetry = 16_384

    /// The pause before another attempt; nil when there is none to be made.
    private mutating func retry(
        _ kind: RetryClass, _ error: Text, hint: ByteView?, at now: Moment
    ) -> Action? {
        lastError = (error, attempts)
        let configuration = client.configuration
        guard kind != .none else { return nil }
        guard attempts < configuration.maxAttempts else {
            isMaxAttemptsReached = true
            return nil
        }
        delay = Backoff.delay(
            configuration.retryMode, kind, retry: Int64(attempts), hint: hint, jitter: &jitter)
        let end = Duration.sum(now.monotonic, delay)
        // Waiting for a time at which nothing can be sent any more helps nobody.
        if end >= deadline { return finish(outOfTime()) }
        guard hasMemory(Self.memoryOfRetry) else {
            return finish(Failure(.outOfMemory, "no memory for another attempt"))
        }
        trace.reserve()
        if configuration.retryMode != .legacy {
            guard let cost = client.retryQuota.acquire(kind) else {
                isQuotaReached = true
                return nil
            }
            retryCost = cost
            isRetryAhead = true
        }
        return .wait(until: end)
    }
}

// MARK: - Ending

extension ServiceCall {
    /// Ends the call in the middle of an attempt or of a pause.
    private mutating func abandon(_ failure: Failure, _ timings: Timings) -> Action {
        if fetch != nil {
            fetch = nil
            client.credentials.release(fetchNumber)
        }
        if turn != nil, isPaced { client.budget.giveBack() }
        turn = nil
        // Else calls that are cancelled in their pauses would use up what others retry from.
        if isRetryAhead { client.retryQuota.release(retryCost) }
        if trace.count < attempts { note(status: 0, failure.code.shortName.bytes, timings) }
        return finish(failure)
    }

    private mutating func note(status: Int, _ errorCode: Bytes, _ timings: Timings) {
        var attempt = Attempt()
        attempt.delay = delay
        attempt.status = status
        attempt.errorCode = errorCode
        attempt.timings = timings
        // Of a success the head is there as long as its outcome.
        if status > 0, !errorCode.isEmpty, let id = lastResponse?.requestID { attempt.requestID = latin1(id) }
        trace.append(attempt)
    }

    private var metadata: ResponseMetadata {
        // botocore's standard mode says so of every last attempt, its legacy mode of those that failed.
        let isLast = client.configuration.retryMode != .legacy && attempts >= client.configuration.maxAttempts
        return ResponseMetadata(
            status: lastResponse?.status ?? 0, head: lastResponse?.head ?? .empty, attempts: attempts,
            isMaxAttemptsReached: isLast || isMaxAttemptsReached, isRetryQuotaReached: isQuotaReached)
    }

    func finish(_ failure: Failure) -> Action { .finish(.failure(failure, metadata, trace)) }

    private func outOfTime() -> Failure {
        let milliseconds = timeout / 1_000_000
        guard let (text, attempt) = lastError else {
            return Failure(.deadlineExceeded, "no answer within the \(milliseconds) ms of the call")
        }
        return Failure(
            .deadlineExceeded,
            "no answer within the \(milliseconds) ms of the call; attempt \(attempt) ended with: \(text)")
    }
}
