// What a call signs with: credentials, and the service's time.

// MARK: - Credentials

extension ServiceCall {
    /// How often a call that waits for another's refresh looks whether it is done.
    private static let awaitInterval = Duration.milliseconds(10)

    mutating func obtainCredentials(at now: Moment, _ request: HTTPRequest) -> Action {
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

    mutating func resume(
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

    /// Whether the error says that the credentials are no longer good, and there can be others. Once a
    /// call, as an attempt like any other.
    mutating func replacesCredentials(
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
}

// MARK: - The service's time

extension ServiceCall {
    /// In seconds. The service refuses what is more than five minutes off.
    private static let toleratedSkew: UInt64 = 240

    mutating func noteDate(_ response: HTTPResponse, _ now: Moment) {
        guard let date = response.field("date"), let sent = Timestamp(rfc822: date) else { return }
        observedSkew = sent.seconds &- now.wallSeconds
    }

    /// Whether the error is this machine's clock's fault: then the offset is remembered for the client, and
    /// the request is worth signing again at once. Once a call, as an attempt like any other.
    mutating func correctsClock(_ error: ServiceError, at now: Moment) -> Bool {
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
}
