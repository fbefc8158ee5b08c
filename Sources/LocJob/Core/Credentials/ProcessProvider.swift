/// Credentials from a program that a profile names as `credential_process` (botocore: credentials.py,
/// ProcessProvider).
final class ProcessProvider: CredentialProvider {
    private let command: [Bytes]
    private let source: Source
    private let featureIDs: Bytes

    private init(_ command: [Bytes], _ source: Source, _ featureIDs: Bytes) {
        self.command = command
        self.source = source
        self.featureIDs = featureIDs
    }

    /// `command` is split into words as a shell would, and nothing else of a shell. `featureIDs` nil is the
    /// provider's own. Throws INVALID_SETTING for what is no command.
    static func make(_ command: Sourced<Bytes>, featureIDs: Bytes? = nil) throws(Failure) -> ProcessProvider {
        func refusal(_ reason: StaticString) -> Failure {
            Failure(.invalidSetting, "\(command.source.text) is no command: \(reason)")
        }
        guard let words = command.value.withView({ ShellWords.split($0) }) else {
            throw refusal("a quotation mark or a backslash at its end leaves it unfinished")
        }
        guard let program = words.first, !program.isEmpty else { throw refusal("it names no program") }
        if command.value.contains(0) { throw refusal("it holds a NUL") }
        // botocore: CREDENTIALS_PROFILE_PROCESS and CREDENTIALS_PROCESS.
        return ProcessProvider(words, command.source, featureIDs ?? Bytes("v,w"))
    }

    let origin = CredentialOrigin.process

    func makeFetch() -> any CredentialFetch { ProcessFetch(command, source, featureIDs) }
}

private final class ProcessFetch: CredentialFetch {
    /// How much of what the program wrote as errors a message shows.
    private static let shownErrors = 500

    private let command: [Bytes]
    private let source: Source
    private let featureIDs: Bytes

    init(_ command: [Bytes], _ source: Source, _ featureIDs: Bytes) {
        self.command = command
        self.source = source
        self.featureIDs = featureIDs
    }

    func start(_ context: FetchContext) throws(Failure) -> FetchStep { .run(arguments: command) }

    func resume(_ answer: Answer, _ context: FetchContext) throws(Failure) -> FetchStep {
        guard case .ran(let result) = answer else {
            throw Failure(.internalError, "an answer that nobody asked for")
        }
        if !result.problem.bytes.isEmpty { throw failure(result.problem, result.errors) }
        guard let status = result.status else { throw failure("was ended", result.errors) }
        guard status == 0 else { throw failure("ended with status \(Int64(status))", result.errors) }
        guard let output = result.output else { throw failure("wrote more than is read", result.errors) }
        return try output.withView { output throws(Failure) in
            .done(try credentials(output, result.errors).living(at: context.now.wallSeconds))
        }
    }

    private func credentials(_ output: ByteView, _ errors: Bytes) throws(Failure) -> FetchedCredentials {
        if output.trimmed.isEmpty { throw failure("wrote nothing", errors) }
        let document: CredentialDocument
        do throws(Failure) {
            document = try CredentialDocument(output, from: .process)
        } catch {
            throw failure("wrote something else than credentials (\(error.message))", errors)
        }
        return try document.credentials(featureIDs: featureIDs)
    }

    /// Names the program alone: its arguments may hold secrets, as what it wrote to its output does.
    private func failure(_ problem: Text, _ errors: Bytes) -> Failure {
        let shown = errors.withView { errors in
            var shown: Bytes = []
            shown.append(printable: errors.trimmed, limit: Self.shownErrors)
            return shown
        }
        let tail = shown.isEmpty ? Text("") : Text(": \(shown.text)")
        return CredentialOrigin.process.failure("\(quoted: command.first ?? []) (\(source.text)) \(problem)\(tail)")
    }
}
