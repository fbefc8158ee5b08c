/// What a program that was run left behind.
struct ProgramResult {
    /// Its exit status; nil when it was ended by a signal or by the time limit.
    var status: Int32?
    /// Nil when it wrote more than is read.
    var output: Bytes?
    /// The first part of what it wrote as errors.
    var errors: Bytes
    /// Why it could not be run, or was ended; empty when neither.
    var problem: Text
}

/// What a fetch wants next.
enum FetchStep {
    /// Send the request that was filled in. Answered with `response` or `failed`.
    case send
    /// Answered with `woke`.
    case wait(until: Nanoseconds)
    /// Answered with `file`.
    case read(path: Bytes)
    /// Write a file that only its owner can read, whole or not at all. Answered with `written`.
    case write(path: Bytes, contents: Bytes)
    /// Run a program without a shell, with nothing to read. Answered with `ran`.
    case run(arguments: [Bytes])
    /// Ask the caller for the code of an MFA device. Answered with `mfaCode`.
    case askMFA(serial: Bytes)
    /// Ask the caller's own provider. Answered with `provided`.
    case askCaller
    case done(FetchedCredentials)
}

/// What a fetch works with besides its own configuration.
struct FetchContext {
    var now: Moment
    /// Where a request is filled in.
    let request: HTTPRequest
    let client: ClientState
    /// 64 random bits, fresh for every step.
    var random: UInt64
}

/// Credentials as a provider gives them, with the time at which they end.
struct FetchedCredentials {
    var credentials: Credentials
    /// Seconds since 1970; nil for credentials that do not end.
    var expiration: Int64?
}

/// A provider at work on fresh credentials: it asks for one thing after another until it has them, and
/// throws when it cannot. One object per refresh; it knows no sockets, clocks or files.
protocol CredentialFetch: AnyObject {
    func start(_ context: FetchContext) throws(Failure) -> FetchStep
    func resume(_ answer: Answer, _ context: FetchContext) throws(Failure) -> FetchStep
}

/// A configured way to credentials: what the chain found in code, environment and files.
protocol CredentialProvider: AnyObject {
    var origin: CredentialOrigin { get }

    /// A fetch from the beginning.
    func makeFetch() -> any CredentialFetch
}
