// The fuzz target: the first byte chooses a parser of the core, the rest is its input. Built by
// scripts/fuzz together with the core's own sources. With LOCJOB_FUZZ_TARGET, a number, all inputs go to that
// one, whatever their first byte.

import Glibc

private let targets: [(ByteView) -> Void] = [
    fuzzJob, fuzzError, fuzzHead, fuzzINI, fuzzURLs, fuzzTimestamp, fuzzXML, fuzzDocuments, fuzzEncoding,
    fuzzWords, fuzzScript, fuzzChain, fuzzPage, fuzzPoller,
]

private let chosenTarget: Int? = getenv("LOCJOB_FUZZ_TARGET").map { Int(atoi($0)) }

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    guard let data, size > 0 else { return 0 }
    // Memory of exactly that size, so that a read beyond it is seen.
    let input = UnsafeMutablePointer<UInt8>.allocate(capacity: size)
    defer { input.deallocate() }
    input.update(from: data, count: size)
    let view = ByteView(input, count: size)
    targets[(chosenTarget ?? Int(view[0])) % targets.count](view.from(1))
    return 0
}

private func named(_ view: ByteView) -> Sourced<Bytes> { Sourced(value: view.bytes, source: .variable("FUZZ")) }

func mustBeUTF8(_ bytes: Bytes) {
    if !bytes.withView({ UTF8.isValid($0) }) { fatalError("text that leaves the library is not UTF-8") }
}

/// A response's body as a job, and every string of it.
private func fuzzJob(_ body: ByteView) {
    guard let job = try? Job(body) else { return }
    for value in [job.jobID, job.jobARN, job.executionRoleARN, job.status.text, job.inputLocation] {
        guard let text = value.string else { fatalError("a string without a value") }
        mustBeUTF8(text)
        if text.count > value.text.count { fatalError("a value longer than its text") }
    }
    for list in [job.additionalFeatures, job.errorMessages] {
        try? JSONReader.elements(of: list) { (element) throws(Failure) in mustBeUTF8(element.string ?? [0xFF]) }
    }
    for tag in job.tags.buffer {
        mustBeUTF8(tag.key.string ?? [0xFF])
        if !tag.value.isNull { mustBeUTF8(tag.value.string ?? [0xFF]) }
    }
}

/// Status, then a head, a NUL and a body.
private func fuzzError(_ input: ByteView) {
    let split = input.firstIndex(of: 0, from: 1) ?? input.count
    let response = HTTPResponse(
        status: 300 + Int(input[0]), head: input.slice(1, split), body: input.from(split + 1))
    for mode in [RetryMode.standard, .legacy, .adaptive] {
        let error = ServiceError(response, mode: mode)
        mustBeUTF8(error.name)
        mustBeUTF8(error.message)
        let metadata = ResponseMetadata(
            status: response.status, head: response.head, attempts: 1, isMaxAttemptsReached: true,
            isRetryQuotaReached: false)
        let outcome = Outcome.serviceError(error, metadata, Trace())
        mustBeUTF8(outcome.ownJSON)
        mustBeUTF8(outcome.message.bytes)
        do throws(Failure) {
            try outcome.ownJSON.withView { json throws(Failure) in _ = try JSONReader.document(json) }
        } catch {
            fatalError("JSON of our own that is none")
        }
    }
}

private func fuzzHead(_ head: ByteView) {
    let response = HTTPResponse(status: 200, head: head, body: .empty)
    _ = response.requestID
    let metadata = ResponseMetadata(
        status: 200, head: head, attempts: 1, isMaxAttemptsReached: false, isRetryQuotaReached: false)
    mustBeUTF8(metadata.json)
}

private func fuzzINI(_ text: ByteView) {
    var settings = Settings()
    try? settings.set(.region, "us-east-1")
    var environment = Environment()
    environment.home = Bytes("/home/user")
    for files in [(config: text.bytes, credentials: Bytes()), (config: Bytes(), credentials: text.bytes)] {
        guard let paths = try? SharedFiles.Paths(settings, environment),
            let shared = try? SharedFiles(paths, config: .bytes(files.config), credentials: .bytes(files.credentials))
        else { continue }
        let platform = Platform(system: [], systemVersion: [], architecture: [])
        guard let configuration = try? Configuration(settings, environment, shared, platform) else { continue }
        mustBeUTF8(ClientState(configuration).explanation)
    }
}

private func fuzzURLs(_ text: ByteView) {
    if let url = try? EndpointURL(named(text)) {
        mustBeUTF8(url.host)
        mustBeUTF8(url.path)
    }
    try? ProxyURL.check(named(text))
    _ = try? Region(named(text))
    _ = Partition.of(text)
    _ = try? ContainerSettings.make(relativeURI: nil, fullURI: named(text), tokenFile: nil, token: nil)
}

private func fuzzTimestamp(_ text: ByteView) {
    for timestamp in [Timestamp(text: text), Timestamp(epoch: text)] {
        guard let timestamp else { continue }
        if !(0...999_999_999).contains(timestamp.nanoseconds) { fatalError("nanoseconds out of range") }
    }
}

private func fuzzXML(_ text: ByteView) {
    try? XMLReader.read(text) { (_, value) throws(Failure) in mustBeUTF8(value.bytes) }
}

private func fuzzDocuments(_ text: ByteView) {
    for origin in [CredentialOrigin.container, .process, .instanceMetadata] {
        _ = try? CredentialDocument(text, from: origin)
    }
    _ = JSONObject(text)
}

/// A job id and a token, through request, signature and back.
private func fuzzEncoding(_ text: ByteView) {
    let buffer = ByteBuffer()
    buffer.append(percentEncoded: text)
    let path = buffer.view.bytes
    path.withView { buffer.append(canonicalPath: $0) }
    buffer.append(canonicalPath: text)
    _ = try? JobID(text)
    _ = text.canonicalHeader
    var shown: Bytes = []
    shown.append(printable: text, limit: 50)
    mustBeUTF8(shown)
}

private func fuzzWords(_ text: ByteView) {
    _ = ShellWords.split(text)
    var environment = Environment()
    environment.home = Bytes("/home/user")
    environment.set("A", text)
    _ = try? environment.expand(path: text.bytes)
}

/// Plays a whole call: each byte chooses an answer, what follows it is what the answer holds.
private func fuzzScript(_ script: ByteView) {
    var settings = Settings()
    try? settings.set(.region, "us-east-1")
    try? settings.set(.retryMode, script[0] & 1 == 0 ? "standard" : "adaptive")
    var environment = Environment()
    environment.home = Bytes("/home/user")
    if script[0] & 2 == 0 {
        environment.set("AWS_ACCESS_KEY_ID", "AKID")
        environment.set("AWS_SECRET_ACCESS_KEY", "SECRET")
    } else if script[0] & 4 == 0 {
        environment.set("AWS_ROLE_ARN", "arn:aws:iam::1:role/x")
        environment.set("AWS_WEB_IDENTITY_TOKEN_FILE", "/token")
    }
    let platform = Platform(system: [], systemVersion: [], architecture: [])
    guard let configuration = try? Configuration(settings, environment, SharedFiles(), platform),
        let jobID = try? JobID("job")
    else { return }
    let client = ClientState(configuration)
    let request = HTTPRequest()
    var now = Moment(monotonic: 0, wallSeconds: 1_700_000_000)
    var call = ServiceCall(client, .getJob(jobID), timeout: nil, at: now, random: (1, 2))
    var action = call.start(at: now, request)
    var place = 1
    // A call that never ends would be a hang.
    for _ in 0..<1000 {
        if case .finish(let outcome) = action {
            mustBeUTF8(outcome.message.bytes)
            mustBeUTF8(traceJSON(outcome.requests.attempts(outcome.metadata.requestID)))
            return
        }
        if case .wait(let end) = action { now.monotonic = max(end, now.monotonic) }
        let kind = script[place]
        let length = Int(script[place + 1]) * 4
        let content = script.slice(place + 2, place + 2 + length)
        place = min(place + 2 + length, script.count)
        now.monotonic = Duration.sum(now.monotonic, Int64(kind) * 1_000_000)
        now.wallSeconds += Int64(kind)
        let answer: Answer
        switch kind % 8 {
        case 0...3:
            let split = content.firstIndex(of: 0) ?? content.count
            let statuses = [200, 403, 429, 500, 400, 503]
            answer = .response(
                HTTPResponse(
                    status: statuses[Int(kind) / 8 % statuses.count], head: content.prefix(split),
                    body: content.from(split + 1)), Timings())
        case 4: answer = .failed(Failure(.connectionLost, "lost"), Timings())
        case 5: answer = .file(.bytes(content.bytes))
        case 6: answer = .woke
        default: answer = place >= script.count ? .cancelled(Timings()) : .mfaCode(content.bytes)
        }
        action = call.advance(answer, at: now, request)
    }
    fatalError("a call that does not end")
}
