import CPlatform

/// Running other programs.
enum Program {
    enum End {
        case ended(ProgramResult)
        /// The deadline came, and the program was killed; with what it wrote until then as errors.
        case timedOut(errors: Bytes)
        /// One of the two descriptors became readable, and the program was killed.
        case cancelled

        /// As a call is told of it. `isOutOfTime`: the deadline was the call's own.
        func answer(isOutOfTime: Bool) -> Answer {
            switch self {
            case .cancelled: return .cancelled(Timings())
            case .timedOut where isOutOfTime: return .deadline(Timings())
            case .timedOut(let errors):
                let problem = Text("was ended: it took more than \(Program.longestRun / 1_000_000_000) s")
                return .ran(ProgramResult(status: nil, output: [], errors: errors, problem: problem))
            case .ended(let result): return .ran(result)
            }
        }
    }

    /// For a program, unless its call ends before.
    static let longestRun = Duration.milliseconds(60_000)

    /// Runs a program to its end, to `deadline` on the monotonic clock, or until one of two descriptors
    /// (-1: none) is readable.
    static func run(_ arguments: [Bytes], deadline: Nanoseconds, _ first: Int32, _ second: Int32) -> End {
        end(of: withCString(words(arguments)) { lj_program_run($0, arguments.count, deadline, first, second) })
    }

    /// Arguments one behind the other, each with its NUL.
    fileprivate static func words(_ arguments: [Bytes]) -> Bytes {
        var words: Bytes = []
        for argument in arguments {
            words.append(contentsOf: argument)
            words.append(0)
        }
        return words
    }

    /// How a run ended, whose result is released; nil is one that memory did not suffice for.
    fileprivate static func end(of result: UnsafeMutablePointer<lj_program_result>?) -> End {
        guard let result else {
            return .ended(ProgramResult(status: nil, output: [], errors: [], problem: "out of memory"))
        }
        defer { lj_program_release(result) }
        switch result.pointee.end {
        case Int32(LJ_PROGRAM_CANCELLED): return .cancelled
        case Int32(LJ_PROGRAM_TIMED_OUT): return .timedOut(errors: ProgramResult(result).errors)
        default: return .ended(ProgramResult(result))
        }
    }
}

/// A program that is running while others go on.
final class RunningProgram {
    private var handle: OpaquePointer?

    /// How often to look at it.
    static let interval = Duration.milliseconds(5)

    init(_ arguments: [Bytes]) {
        handle = withCString(Program.words(arguments)) { lj_program_start($0, arguments.count) }
    }

    /// Kills it if it is still running.
    deinit {
        var left = KilledPrograms()
        if handle != nil { _ = end(LJ_PROGRAM_CANCELLED, &left) }
        left.waitForAll()
    }

    /// Reads what it has written; whether it has ended.
    var hasEnded: Bool { handle.map { lj_program_look($0) != 0 } ?? true }

    /// How it ended, once; one that is still running is killed because its time is over.
    func end(_ left: inout KilledPrograms) -> Program.End { end(LJ_PROGRAM_TIMED_OUT, &left) }

    /// Kills it because nobody needs it any more.
    func cancel(_ left: inout KilledPrograms) { _ = end(LJ_PROGRAM_CANCELLED, &left) }

    private func end(_ otherwise: Int, _ left: inout KilledPrograms) -> Program.End {
        var pid: Int32 = -1
        let result = handle.flatMap { lj_program_end($0, Int32(otherwise), &pid) }
        handle = nil
        if pid >= 0 { left.add(pid, at: System.now.monotonic) }
        return Program.end(of: result)
    }
}

/// Programs that were killed and are not gone yet: their deaths hold up nobody.
struct KilledPrograms {
    private var programs: [(pid: Int32, latest: Nanoseconds)] = []
    /// When to look at them.
    private(set) var nextTime = Duration.never

    mutating func add(_ pid: Int32, at now: Nanoseconds) {
        programs.append((pid, Duration.sum(now, Duration.milliseconds(Int64(LJ_PROGRAM_LONGEST_DEATH)))))
        nextTime = min(nextTime, Duration.sum(now, RunningProgram.interval))
    }

    /// Takes out those that are gone, or will not go.
    mutating func look(at now: Nanoseconds) {
        if now < nextTime { return }
        programs.removeAll { lj_program_is_gone($0.pid) != 0 || now >= $0.latest }
        nextTime = programs.isEmpty ? Duration.never : Duration.sum(now, RunningProgram.interval)
    }

    /// For who will not look again.
    mutating func waitForAll() {
        for program in programs { lj_program_reap(program.pid) }
        programs.removeAll()
        nextTime = Duration.never
    }
}

extension ProgramResult {
    fileprivate init(_ result: UnsafeMutablePointer<lj_program_result>) {
        let result = result.pointee
        status = result.end == Int32(LJ_PROGRAM_EXITED) ? result.status : nil
        output =
            result.end == Int32(LJ_PROGRAM_OVERFLOW)
            ? nil : ByteView(UnsafePointer(result.output), count: result.output_length).bytes
        errors = ByteView(UnsafePointer(result.errors), count: result.errors_length).bytes
        switch result.end {
        case Int32(LJ_PROGRAM_EXITED): problem = ""
        case Int32(LJ_PROGRAM_SIGNALLED): problem = "was ended by signal \(Int(result.status))"
        case Int32(LJ_PROGRAM_OVERFLOW): problem = "wrote more than \(Int(LJ_PROGRAM_OUTPUT)) bytes"
        default: problem = "cannot be run: \(result.reason.map { ByteView(text: $0) } ?? .empty)"
        }
    }
}
