// Pages of ListJobs, and the poller under whatever order of waits, answers and times.

/// A response's body as a page, read strictly and as the poller reads it.
func fuzzPage(_ body: ByteView) {
    for isStrict in [true, false] {
        guard let page = try? JobPage(body, isStrict: isStrict) else { continue }
        if let token = page.nextToken {
            mustBeUTF8(token)
            if token.isEmpty { fatalError("an empty token, which asks for the first page again") }
        }
        for job in page.listedJobs { mustBeUTF8(job.jobID) }
        if isStrict { for entry in page.entries { _ = try? Job(entry.text) } }
    }
}

/// Each byte is a step. Whatever they are, each wait ends once, and the poller never asks to be called again at once
/// with nothing to do.
func fuzzPoller(_ steps: ByteView) {
    guard steps.count > 2 else { return }
    var settings = Settings()
    for (setting, value) in [
        (.region, "us-east-1"), (.accessKeyID, "AKID"), (.secretAccessKey, "SECRET"), (.useEnvironment, "false"),
        (.sharesRequests, steps[0] & 1 == 0 ? "true" : "false"),
    ] as [(Setting, ByteView)] {
        try? settings.set(setting, value)
    }
    let platform = Platform(system: [], systemVersion: [], architecture: [])
    guard let configuration = try? Configuration(settings, Environment(), SharedFiles(), platform) else { return }
    let poller = Poller(ClientState(configuration), random: UInt64(steps[1]))
    var now: Nanoseconds = 0
    var moment: Moment { Moment(monotonic: now, wallSeconds: 1_790_000_000) }
    var looks: [Poller.Look] = []
    var added = 0
    var ended = 0
    func take() {
        for delivery in poller.takeDeliveries() where delivery.isFinal { ended += 1 }
    }
    func wait(_ name: UInt8, tag: UInt8, timeout: Nanoseconds) {
        guard let jobID = JobID(known: [0x61 + name]) else { return }
        poller.add(jobID, tag: UInt64(tag), isWatching: tag & 1 == 1, timeout: timeout, at: moment)
        added += 1
    }
    for index in 2..<min(steps.count, 400) {
        let step = steps[index]
        let low = step & 0x0F
        switch step >> 4 {
        case 0, 1: wait(low, tag: step, timeout: low == 0 ? Duration.never : Duration.milliseconds(Int64(low) * 20_000))
        case 2: _ = poller.cancel(tag: UInt64(low), .cancelled)
        case 3: now = Duration.sum(now, Duration.milliseconds(Int64(low) * 5_000))
        case 4: for name in 0...low { wait(name, tag: name, timeout: Duration.never) }
        case 5, 6:
            if let look = looks.popLast() { poller.forget(look) }
        case 7...11:
            guard !looks.isEmpty else { break }
            poller.settle(looks.removeFirst(), answer(step, at: index, steps), at: moment)
        default:
            switch poller.next(at: moment) {
            case .look(let look, let timeout):
                if timeout <= 0 { fatalError("a look without time") }
                looks.append(look)
            case .sleep(let until):
                if until <= now { fatalError("asks to be called again at once") }
                if step & 1 == 1, until != Duration.never { now = until }
            }
        }
        take()
        if looks.count > 4 { fatalError("more looks than there may be at the same time") }
    }
    poller.cancelAll(.cancelled)
    take()
    if ended != added || poller.count != 0 { fatalError("a wait that did not end, or ended twice") }
}

private func answer(_ step: UInt8, at index: Int, _ steps: ByteView) -> LookAnswer {
    let status = JobStatus(rawValue: Int32(step & 7)) ?? .unknown
    switch step >> 4 {
    case 7: return LookAnswer(failure: Failure(.throttled, "slow down"), isBlip: true)
    case 8: return LookAnswer(failure: Failure(step & 1 == 0 ? .accessDenied : .credentialsFailed, "no"), isBlip: step & 1 == 1)
    default:
        var answer = LookAnswer(status: status, createdAt: Int64(steps[index + 1]))
        for name in 0..<(steps[index + 2] & 0x1F) {
            answer.page.append(ListedJob(
                jobID: [0x61 + (name & 0x0F)], status: JobStatus(rawValue: Int32((name ^ step) & 7)) ?? .unknown,
                createdAt: step & 8 == 0 ? Int64(name) : nil))
        }
        if step & 2 == 0 { answer.nextToken = [steps[index + 3] | 1] }
        return answer
    }
}
