/// One call of the service as a state machine: it is handed time, random bits and answers, and says what to do
/// next. It knows no sockets, clocks or sleeps.
///
///     start ─► credentials ─► send ─► response or failure ─► finish
///                              ▲            │
///                              └── wait ◄───┘ retry
struct ServiceCall {
    private let client: ClientState
    private let operation: Operation
    private let invocationID: (UInt64, UInt64)
    private let traceID: Bytes?
    private var jitter: Jitter
    private let timeout: Nanoseconds
    /// On the monotonic clock.
    let deadline: Nanoseconds

    /// Whether its requests keep to the client's budget, and when the next one's turn is.
    private let isPaced: Bool
    private var turn: Nanoseconds?

    private var credentials: Credentials?
    /// The refresh that this call has taken on, and whether it must succeed.
    private var fetch: (any CredentialFetch)?
    private var isFetchMandatory = true
    private var fetchNumber = 0
    /// The refresh of another call that this one waits for.
    private var awaited: Int?
    private var hasReplacedCredentials = false
    private(set) var attempts = 0
    private var delay: Nanoseconds = 0
    private var trace = Trace()
    private var lastResponse: HTTPResponse?
    /// What ended which attempt.
    private var lastError: (text: Text, attempt: Int)?
    /// The service's clock less this machine's, as the last `Date` had it.
    private var observedSkew: Int64?
    private var hasCorrectedClock = false
    /// What the attempt under way was signed with.
    private var signedSkew: Int64 = 0
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
            return retry(failure.code.isRetryable ? .transient : .none, failure.message, hint: nil, at: now) ?? finish(failure)
        case .woke:
            return send(at: now, request)
        default:
            return finish(Failure(.internalError, "an answer that nobody asked for"))
        }
    }
}

// MARK: - Credentials

extension ServiceCall {
    /// How often a call that waits for another's refresh looks whether it is done.
    private static let awaitInterval = Duration.milliseconds(10)

    private mutating func obtainCredentials(at now: Moment, _ request: HTTPRequest) -> Action {
        switch client.credentials.claim(at: now.wallSeconds, awaited: awaited) {
        case .use(let credentials):
            self.credentials = credentials
            awaited = nil
            return send(at: now, request)
        case .wait(let generation):
            awaited = generation
            return .wait(until: Duration.sum(now.monotonic, Self.awaitInterval))
        case .failed(let failure):
            return finish(failure)
        case .refresh(let isMandatory, let number):
            awaited = nil
            isFetchMandatory = isMandatory
            fetchNumber = number
            do throws(Failure) {
                let fetch = try client.configuration.credentialChain.makeFetch()
                self.fetch = fetch
                return action(for: try fetch.start(context(now, request)), at: now, request)
            } catch {
                return fetchFailed(error, at: now, request)
            }
        }
    }

    private mutating func resume(
        _ fetch: any CredentialFetch, _ answer: Answer, at now: Moment, _ request: HTTPRequest
    ) -> Action {
        do throws(Failure) {
            return action(for: try fetch.resume(answer, context(now, request)), at: now, request)
        } catch {
            return fetchFailed(error, at: now, request)
        }
    }

    private mutating func action(for step: FetchStep, at now: Moment, _ request: HTTPRequest) -> Action {
        switch step {
        case .send: return .send
        case .wait(let end): return .wait(until: end)
        case .read(let path): return .read(path: path)
        case .write(let path, let contents): return .write(path: path, contents: contents)
        case .run(let arguments): return .run(arguments: arguments)
        case .askMFA(let serial): return .askMFA(serial: serial)
        case .askCaller: return .askCaller
        case .done(let fetched):
            fetch = nil
            client.credentials.succeed(fetched, at: now.wallSeconds)
            credentials = fetched.credentials
            return send(at: now, request)
        }
    }

    /// A refresh ahead of time may fail: the credentials in use still live.
    private mutating func fetchFailed(_ failure: Failure, at now: Moment, _ request: HTTPRequest) -> Action {
        fetch = nil
        let current = client.credentials.fail(failure, at: now.wallSeconds)
        guard !isFetchMandatory, let current else {
            // The last of the chain has none either: say what each one lacks.
            let isNone = failure.code == .noCredentials
            return finish(isNone ? client.configuration.credentialChain.none(failure) : failure)
        }
        credentials = current
        return send(at: now, request)
    }

    private mutating func context(_ now: Moment, _ request: HTTPRequest) -> FetchContext {
        FetchContext(now: now, request: request, client: client, random: jitter.next())
    }
}

// MARK: - Sending

extension ServiceCall {
    private mutating func send(at now: Moment, _ request: HTTPRequest) -> Action {
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
            return receive(ServiceError(response, mode: client.configuration.retryMode), response, timings, now, request)
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

    /// Whether the error says that the credentials are no longer good, and there can be others. Once a
    /// call, as an attempt like any other.
    private mutating func replacesCredentials(
        _ error: ServiceError, _ response: HTTPResponse, _ request: HTTPRequest
    ) -> Bool {
        let isExpired = error.name.withView { ServiceErrorName.isExpiredCredentials($0) }
        guard isExpired, !hasReplacedCredentials, attempts < client.configuration.maxAttempts, let credentials,
            client.credentials.discard(credentials)
        else { return false }
        hasReplacedCredentials = true
        lastError = (error.text, attempts)
        // The answers of a credential service take its place in the driver's memory.
        request.keptHead.removeAll()
        request.keptHead.append(response.head)
        lastResponse = HTTPResponse(status: response.status, head: request.keptHead.view, body: .empty)
        delay = 0
        return true
    }

    private func record(isThrottled: Bool, at now: Moment) {
        client.rateLimiter?.record(isThrottled: isThrottled, at: now.monotonic)
        if isPaced || isThrottled { client.budget.record(isThrottled: isThrottled, at: now.monotonic) }
    }

    private mutating func noteDate(_ response: HTTPResponse, _ now: Moment) {
        guard let date = response.field("date"), let sent = Timestamp(rfc822: date) else { return }
        observedSkew = sent.seconds &- now.wallSeconds
    }

    /// Whether the error is this machine's clock's fault: then the offset is remembered for the client, and
    /// the request is worth signing again at once. Once a call, as an attempt like any other.
    private mutating func correctsClock(_ error: ServiceError, at now: Moment) -> Bool {
        let isSkewed = error.name.withView { ServiceErrorName.isClockSkew($0) }
        // Against what this attempt was signed with: another call may have corrected the client meanwhile.
        guard isSkewed, !hasCorrectedClock, let observedSkew,
            (observedSkew &- signedSkew).magnitude > Self.toleratedSkew
        else { return false }
        client.clockSkew = observedSkew
        guard attempts < client.configuration.maxAttempts else { return false }
        hasCorrectedClock = true
        lastError = (error.text, attempts)
        delay = 0
        return true
    }

    /// In seconds. The service refuses what is more than five minutes off.
    private static let toleratedSkew: UInt64 = 240

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
        guard hasMemory(Self.memoryOfRetry) else { return finish(Failure(.outOfMemory, "no memory for another attempt")) }
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

    private func finish(_ failure: Failure) -> Action { .finish(.failure(failure, metadata, trace)) }

    private func outOfTime() -> Failure {
        let milliseconds = timeout / 1_000_000
        guard let lastError else {
            return Failure(.deadlineExceeded, "no answer within the \(milliseconds) ms of the call")
        }
        return Failure(
            .deadlineExceeded,
            "no answer within the \(milliseconds) ms of the call; attempt \(lastError.attempt) ended with: \(lastError.text)")
    }
}
