import CPlatform

/// Runs one call to its end on the caller's thread: sends what it asks for, sleeps when it waits, and
/// ends it at its deadline or when it is cancelled.
struct BlockingDriver {
    private let client: Client
    private let transfer: Transfer
    private let cancellation: Cancellation

    init(_ client: Client, _ transfer: Transfer, _ cancellation: Cancellation) {
        self.client = client
        self.transfer = transfer
        self.cancellation = cancellation
    }

    /// The outcome borrows the transfer's memory: it is to be copied before the transfer is used again.
    func run(_ call: inout ServiceCall) -> Outcome {
        var action = cancellation.isSignalled
            ? call.advance(.cancelled(Timings()), at: System.now, transfer.request)
            : call.start(at: System.now, transfer.request)
        while true {
            let answer: Answer
            switch action {
            case .send:
                answer = send(deadline: call.deadline)
                client.logger?.debug("attempt \(call.attempts): \(answer.summary)")
            case .wait(let end):
                client.logger?.debug("next attempt in \(Duration.difference(end, System.now.monotonic) / 1_000_000) ms")
                answer = cancellation.sleep(until: end, deadline: call.deadline)
            case .run(let arguments):
                answer = execute(arguments, deadline: call.deadline)
            case .finish(let outcome):
                return outcome
            case .read, .write, .askMFA, .askCaller:
                answer = client.answer(action)
            }
            action = call.advance(answer, at: System.now, transfer.request)
        }
    }

    /// Sends the transfer's request and waits for what comes of it.
    func send(deadline: Nanoseconds) -> Answer { withoutSIGPIPE { sendAndWait(deadline: deadline) } }

    private func sendAndWait(deadline: Nanoseconds) -> Answer {
        guard transfer.begin() else {
            return .failed(Failure(.internalError, "libcurl did not take the request"), Timings())
        }
        var limits = Limits(
            deadline: deadline,
            readTimeout: transfer.request.readTimeout ?? client.state.configuration.readTimeout)
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
                transfer.handle, cancellation.closing, cancellation.cancelled,
                limits.milliseconds(from: System.now.monotonic))
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

    private func execute(_ arguments: [Bytes], deadline: Nanoseconds) -> Answer {
        let latest = min(Duration.sum(System.now.monotonic, Program.longestRun), deadline)
        return Program.run(arguments, deadline: latest, cancellation.closing, cancellation.cancelled)
            .answer(isOutOfTime: latest == deadline)
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
        if current != progress || (silentSince == nil && lj_transfer_connected_us(transfer.handle) > 0) {
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
