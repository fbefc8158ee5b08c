/// What a call wants of its driver next.
enum Action {
    /// Send the request, within connect and read time-outs and the call's deadline. Answer with
    /// `response` or `failed`.
    case send
    /// Wait until this time of the monotonic clock. Answer with `woke`.
    case wait(until: Nanoseconds)
    /// Read a file. Answer with `file`.
    case read(path: Bytes)
    /// Write a file that only its owner can read, whole or not at all. Answer with `written`.
    case write(path: Bytes, contents: Bytes)
    /// Run a program without a shell, with nothing to read. Answer with `ran`.
    case run(arguments: [Bytes])
    /// Ask the caller for the code of an MFA device. Answer with `mfaCode`.
    case askMFA(serial: Bytes)
    /// Ask the caller's own provider. Answer with `provided`.
    case askCaller
    /// Nothing more.
    case finish(Outcome)
}

/// What the driver hands to a call. To any action it may answer with `deadline` or `cancelled`, which end
/// the call.
enum Answer {
    case response(HTTPResponse, Timings)
    case failed(Failure, Timings)
    case woke
    case file(FileContents)
    /// Nil when the file was written.
    case written(Failure?)
    case ran(ProgramResult)
    /// Nil when the caller has none to give.
    case mfaCode(Bytes?)
    /// Nil when the caller's provider has none.
    case provided(FetchedCredentials?)
    /// The call's deadline has come; with how far the request had come, if one was under way.
    case deadline(Timings)
    case cancelled(Timings)

    /// For reports.
    var summary: Text {
        switch self {
        case .response(let response, let timings): "status \(response.status) after \(timings.total) us"
        case .failed(let failure, _): failure.message
        case .deadline: "deadline exceeded"
        case .cancelled: "cancelled"
        case .woke, .file, .written, .ran, .mfaCode, .provided: "done"
        }
    }
}
