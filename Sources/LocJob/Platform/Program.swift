import CPlatform

/// Running other programs.
enum Program {
    enum End {
        case ended(ProgramResult)
        /// The deadline came, and the program was killed; with what it wrote until then as errors.
        case timedOut(errors: Bytes)
        /// One of the two descriptors became readable, and the program was killed.
        case cancelled
    }

    /// Runs a program to its end, to `deadline` on the monotonic clock, or until one of two descriptors
    /// (-1: none) is readable.
    static func run(_ arguments: [Bytes], deadline: Nanoseconds, _ first: Int32, _ second: Int32) -> End {
        var words: Bytes = []
        for argument in arguments {
            words.append(contentsOf: argument)
            words.append(0)
        }
        let result = withCString(words) { lj_program_run($0, arguments.count, deadline, first, second) }
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
