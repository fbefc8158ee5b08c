import CPlatform

/// Runs one call to its end on the caller's thread: sends what it asks for, sleeps when it waits, and
/// ends it at its deadline or when it is cancelled.
struct BlockingDriver {
    private let client: Client
    private let transfer: Transfer
    /// Descriptors that end the call when they become readable: the client's, and that of the caller's
    /// handle on the call, -1 without one.
    private let closing: Int32
    private let cancelled: Int32

    init(_ client: Client, _ transfer: Transfer, _ cancellation: Event?) {
        self.client = client
        self.transfer = transfer
        closing = client.closing.descriptor
        cancelled = cancellation?.descriptor ?? -1
    }

    /// The outcome borrows the transfer's memory: it is to be copied before the transfer is used again.
    func run(_ call: inout GetJobCall) -> Outcome {
        let isCancelled = cancelled >= 0 && lj_event_wait(cancelled, closing, 0) != 0
        var action = isCancelled
            ? call.advance(.cancelled(Timings()), at: System.now, transfer.request)
            : call.start(at: System.now, transfer.request)
        while true {
            switch action {
            case .send:
                let answer = send(deadline: call.deadline)
                client.logger?.debug("attempt \(call.attempts): \(answer.summary)")
                action = call.advance(answer, at: System.now, transfer.request)
            case .wait(let end):
                client.logger?.debug("next attempt in \(Duration.difference(end, System.now.monotonic) / 1_000_000) ms")
                action = call.advance(sleep(until: end, deadline: call.deadline), at: System.now, transfer.request)
            case .read(let path):
                action = call.advance(.file(System.read(path)), at: System.now, transfer.request)
            case .askMFA(let serial):
                let code = client.callbacks.mfaCode(serial)
                action = call.advance(.mfaCode(code), at: System.now, transfer.request)
            case .askCaller:
                action = call.advance(.provided(client.callbacks.provide()), at: System.now, transfer.request)
            case .write(let path, let contents):
                action = call.advance(.written(System.write(path, contents)), at: System.now, transfer.request)
            case .run(let arguments):
                action = call.advance(execute(arguments, deadline: call.deadline), at: System.now, transfer.request)
            case .finish(let outcome):
                return outcome
            }
        }
    }

    /// Sends the transfer's request and waits for what comes of it.
    func send(deadline: Nanoseconds) -> Answer {
        var guardian = lj_sigpipe()
        lj_sigpipe_begin(&guardian)
        defer { lj_sigpipe_end(&guardian) }
        guard transfer.begin() else {
            return .failed(Failure(.internalError, "libcurl did not take the request"), Timings())
        }
        var limits = Limits(deadline: deadline, readTimeout: transfer.request.readTimeout ?? client.state.configuration.readTimeout)
        while lj_transfer_perform(transfer.handle) != 0 {
            if let end = limits.look(at: transfer, System.now.monotonic) {
                let timings = transfer.timings
                lj_transfer_end(transfer.handle)
                switch end {
                case .deadline: return .deadline(timings)
                case .readTimeout:
                    return .failed(
                        Failure(.readTimeout, "no byte came for \(limits.readTimeout / 1_000_000) ms"), timings)
                }
            }
            let event = lj_transfer_wait(
                transfer.handle, closing, cancelled, limits.milliseconds(from: System.now.monotonic))
            if event != 0 {
                let timings = transfer.timings
                lj_transfer_end(transfer.handle)
                if event > 0 { return .cancelled(timings) }
                return .failed(Failure(.internalError, "libcurl could not wait for the network"), timings)
            }
        }
        let code = lj_transfer_end(transfer.handle)
        return transfer.answer(code)
    }

    /// For a program, unless the call ends before.
    private static let longestRun = Duration.milliseconds(60_000)

    private func execute(_ arguments: [Bytes], deadline: Nanoseconds) -> Answer {
        let latest = Duration.sum(System.now.monotonic, Self.longestRun)
        switch Program.run(arguments, deadline: min(latest, deadline), closing, cancelled) {
        case .cancelled: return .cancelled(Timings())
        case .timedOut where deadline <= latest: return .deadline(Timings())
        case .timedOut(let errors):
            let problem = Text("was ended: it took more than \(Self.longestRun / 1_000_000_000) s")
            return .ran(ProgramResult(status: nil, output: [], errors: errors, problem: problem))
        case .ended(let result): return .ran(result)
        }
    }

    private func sleep(until end: Nanoseconds, deadline: Nanoseconds) -> Answer {
        while true {
            let now = System.now.monotonic
            if now >= deadline { return .deadline(Timings()) }
            if now >= end { return .woke }
            let left = Duration.difference(min(end, deadline), now)
            // Rounded up, so as not to wake too early and again.
            if lj_event_wait(closing, cancelled, left / 1_000_000 + 1) != 0 { return .cancelled(Timings()) }
        }
    }
}

/// The time limits of one transfer.
private struct Limits {
    enum End { case deadline, readTimeout }

    let deadline: Nanoseconds
    let readTimeout: Nanoseconds
    /// Since when nothing has come; nil until there is a connection, whose making has its own limit.
    private var silentSince: Nanoseconds?
    private var progress: UInt64 = 0

    init(deadline: Nanoseconds, readTimeout: Nanoseconds) {
        self.deadline = deadline
        self.readTimeout = readTimeout
    }

    /// Which limit has been reached, if any.
    mutating func look(at transfer: Transfer, _ now: Nanoseconds) -> End? {
        let current = lj_transfer_progress(transfer.handle)
        if current != progress || (silentSince == nil && lj_transfer_is_connected(transfer.handle) != 0) {
            progress = current
            silentSince = now
        }
        if now >= deadline { return .deadline }
        return now >= end ? .readTimeout : nil
    }

    /// The time of the read limit.
    private var end: Nanoseconds { silentSince.map { Duration.sum($0, readTimeout) } ?? Duration.never }

    func milliseconds(from now: Nanoseconds) -> Int64 {
        let left = Duration.difference(min(end, deadline), now)
        // A minute is as good as for ever: then the clock is looked at again.
        return min(max(left, 0) / 1_000_000 + 1, 60_000)
    }
}
