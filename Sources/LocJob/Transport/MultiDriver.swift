import CPlatform

/// Runs any number of calls on one thread, behind one descriptor: none of them ever waits here for the network,
/// the time or another program.
final class MultiDriver {
    /// A call under way.
    private final class Run {
        let transfer: Transfer
        /// The owner's, by which it is told of the end.
        let mark: Int
        var call: ServiceCall
        /// Since when the request is on its way; nil while none is.
        var sentAt: Nanoseconds?
        /// How libcurl says the request ended, until that is told.
        var endCode: Int32?
        var program: RunningProgram?
        var programEnd = Duration.never

        init(_ transfer: Transfer, _ mark: Int, _ call: consuming ServiceCall) {
            self.transfer = transfer
            self.mark = mark
            self.call = call
        }
    }

    /// Is told of a call's end; the outcome is valid for the time of this.
    typealias Finish = (_ mark: Int, _ outcome: Outcome) -> Void

    private let client: Client
    private let multi: Multi
    private var runs: [Run?] = []
    private var free: [Int] = []
    private var timers = TimerHeap()
    private var idle: [Transfer] = []
    private var killed = KilledPrograms()
    /// Runs whose requests have ended, while they are told.
    private var ended: [Int] = []
    private(set) var count = 0

    private init(_ client: Client, _ multi: Multi) {
        self.client = client
        self.multi = multi
    }

    /// Nil when memory or descriptors are exhausted.
    static func make(_ client: Client) -> MultiDriver? {
        Multi.make(connections: client.state.configuration.maxConnections, watching: client.closing.descriptor)
            .map { MultiDriver(client, $0) }
    }

    deinit { killed.waitForAll() }

    var descriptor: Int32 { multi.descriptor }

    /// Closes this process's copies of a parent's descriptors; the driver is not to be used, or freed, after this.
    func abandon() { lj_multi_free(multi.handle) }

    /// When `drive` has something to do, the network apart.
    var nextTime: Nanoseconds { min(timers.first?.time ?? Duration.never, killed.nextTime) }

    /// When the descriptor is to become readable whatever happens.
    func setAlarm(_ time: Nanoseconds) { multi.setAlarm(time) }

    /// Begins a call.
    func start(_ call: consuming ServiceCall, mark: Int, _ finish: Finish) {
        let transfer: Transfer
        do throws(Failure) {
            if let known = idle.popLast() {
                transfer = known
            } else {
                transfer = try Transfer.make(client.state, in: multi)
            }
        } catch {
            return finish(mark, .failure(error))
        }
        let run = Run(transfer, mark, call)
        let number = free.popLast() ?? runs.count
        if number == runs.count { runs.append(run) } else { runs[number] = run }
        lj_transfer_set_number(transfer.handle, Int64(number))
        count += 1
        go(on: number, run, run.call.start(at: System.now, transfer.request), finish)
    }

    /// Gives up the calls of these marks, or all, without an outcome.
    func giveUp(where isGivenUp: (Int) -> Bool) {
        for number in runs.indices {
            guard let run = runs[number], isGivenUp(run.mark) else { continue }
            let wasSending = run.sentAt != nil
            if wasSending { run.transfer.end() }
            run.program?.cancel(&killed)
            // Tells the state that all calls share that this one refreshes no credentials any more.
            _ = run.call.advance(.cancelled(Timings()), at: System.now, run.transfer.request)
            leave(number, run)
        }
    }

    /// Whether one of the calls has taken on the refresh of the client's credentials.
    var isRefreshing: Bool { runs.contains { $0?.call.isRefreshing ?? false } }

    /// The marks of all calls under way.
    var marks: [Int] { runs.compactMap { $0?.mark } }

    /// Goes on with what is ready, after waiting up to so many milliseconds for something to be.
    func drive(waiting milliseconds: Int64, _ finish: Finish) -> Multi.Event {
        let event = withoutSIGPIPE { goOn(waiting: milliseconds) }
        for number in ended {
            guard runs.indices.contains(number), let run = runs[number], let code = run.endCode else { continue }
            run.endCode = nil
            tell(run, run.transfer.answer(code), number, finish)
        }
        ended.removeAll(keepingCapacity: true)
        let now = System.now.monotonic
        while let (time, number) = timers.first, time <= now {
            timers.remove(number)
            guard runs.indices.contains(number), let run = runs[number] else { continue }
            awaken(number, run, now, finish)
        }
        killed.look(at: now)
        return event
    }

    /// What of this is libcurl's: it may write to connections, when they end too.
    private func goOn(waiting milliseconds: Int64) -> Multi.Event {
        let event = multi.drive(waiting: milliseconds)
        while let number = multi.nextEnded {
            guard runs.indices.contains(number), let run = runs[number], run.sentAt != nil else { continue }
            run.sentAt = nil
            timers.remove(number)
            run.endCode = lj_transfer_end(run.transfer.handle)
            ended.append(number)
        }
        return event
    }
}

// MARK: - One call

extension MultiDriver {
    /// Does what a call asks for, until it has to wait or has ended.
    private func go(on number: Int, _ run: Run, _ first: Action, _ finish: Finish) {
        var action = first
        while true {
            let now = System.now
            let answer: Answer
            switch action {
            case .send:
                if run.transfer.begin() {
                    run.sentAt = now.monotonic
                    timers.set(number, min(run.call.deadline, Duration.sum(now.monotonic, readTimeout(run))))
                    return
                }
                answer = .failed(Failure(.internalError, "libcurl did not take the request"), Timings())
            case .wait(let end):
                client.logger?.debug("next attempt in \(Duration.difference(end, now.monotonic) / 1_000_000) ms")
                timers.set(number, min(end, run.call.deadline))
                return
            case .run(let arguments):
                run.program = RunningProgram(arguments)
                run.programEnd = min(Duration.sum(now.monotonic, Program.longestRun), run.call.deadline)
                timers.set(number, now.monotonic)
                return
            case .finish(let outcome):
                finish(run.mark, outcome)
                return leave(number, run)
            case .read, .write, .askMFA, .askCaller:
                answer = client.answer(action)
            }
            action = run.call.advance(answer, at: System.now, run.transfer.request)
        }
    }

    private func tell(_ run: Run, _ answer: Answer, _ number: Int, _ finish: Finish) {
        client.logger?.debug("attempt \(run.call.attempts): \(answer.summary)")
        go(on: number, run, run.call.advance(answer, at: System.now, run.transfer.request), finish)
    }

    private func leave(_ number: Int, _ run: Run) {
        timers.remove(number)
        runs[number] = nil
        free.append(number)
        count -= 1
        if idle.count < client.state.configuration.maxConnections { idle.append(run.transfer) }
    }

    /// A call's time has come: to look at its program or its time limits, to go on, or to end.
    private func awaken(_ number: Int, _ run: Run, _ now: Nanoseconds, _ finish: Finish) {
        if let program = run.program {
            if !program.hasEnded, now < run.programEnd {
                return timers.set(number, min(Duration.sum(now, RunningProgram.interval), run.programEnd))
            }
            run.program = nil
            let end = program.end(&killed)
            return tell(run, end.answer(isOutOfTime: run.programEnd == run.call.deadline), number, finish)
        }
        if let sentAt = run.sentAt {
            let silentUntil = Duration.sum(lastProgress(run, sentAt) ?? now, readTimeout(run))
            let end = min(run.call.deadline, silentUntil)
            if now < end { return timers.set(number, end) }
            let timings = run.transfer.timings
            run.transfer.end()
            run.sentAt = nil
            let silence = Failure(.readTimeout, "no byte came for \(readTimeout(run) / 1_000_000) ms")
            return tell(run, now >= run.call.deadline ? .deadline(timings) : .failed(silence, timings), number, finish)
        }
        let isOver = run.call.deadline <= now
        go(on: number, run,
            run.call.advance(isOver ? .deadline(Timings()) : .woke, at: System.now, run.transfer.request), finish)
    }

    /// When something came last, or could have come first; nil while there is no connection, whose making has a
    /// limit of its own.
    private func lastProgress(_ run: Run, _ sentAt: Nanoseconds) -> Nanoseconds? {
        let came = lj_transfer_progress_at(run.transfer.handle)
        if came > 0 { return came }
        let connected = lj_transfer_connected_us(run.transfer.handle)
        return connected > 0 ? Duration.sum(sentAt, connected * 1000) : nil
    }

    private func readTimeout(_ run: Run) -> Nanoseconds {
        run.transfer.request.readTimeout ?? client.state.configuration.readTimeout
    }
}
