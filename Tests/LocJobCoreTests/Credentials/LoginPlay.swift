import Testing

@testable import LocJob

/// Plays one fetch of a provider: hands over answers and keeps what was asked for. A response is gone from
/// memory once it was handed over.
final class LoginPlay {
    enum Step {
        case read(String)
        case write(path: String, contents: String)
        case send(Sent)
        case wait(Nanoseconds)
        case done(FetchedCredentials)
        case failed(Failure)
        case other
    }

    struct Sent {
        var method: String
        var url: String
        var fields: [String: String]
        var body: String
    }

    private let fetch: any CredentialFetch
    private let client: ClientState
    private let request = HTTPRequest()
    var now = Moment(monotonic: 1_000_000_000, wallSeconds: Conversation.wallSeconds)
    private var random = SeededRandom(1)

    init(_ provider: any CredentialProvider, at wallSeconds: Int64? = nil) {
        fetch = provider.makeFetch()
        client = try! .make(["retry_mode": "standard"])
        if let wallSeconds { now.wallSeconds = wallSeconds }
    }

    func start() -> Step { step { try fetch.start(context) } }

    func answer(_ answer: Answer) -> Step { step { try fetch.resume(answer, context) } }

    func file(_ text: String?) -> Step { answer(.file(text.map { .bytes(Array(text: $0)) } ?? .absent)) }

    /// Starts and hands over the file.
    func open(_ text: String?) -> Step {
        _ = start()
        return file(text)
    }

    func respond(_ status: Int, _ body: String, _ fields: [String] = []) -> Step {
        respond(status, Array(text: body), fields)
    }

    func respond(_ status: Int, _ body: [UInt8], _ fields: [String] = []) -> Step {
        let head = (["HTTP/1.1 \(status) X"] + fields + ["", ""]).joined(separator: "\r\n")
        return head.withView { head in
            body.withExactView { body in
                answer(.response(HTTPResponse(status: status, head: head, body: body), Timings()))
            }
        }
    }

    func fail(_ code: Code) -> Step { answer(.failed(Failure(code, "no luck"), Timings())) }

    func wake(_ step: Step) -> Step {
        guard case .wait(let until) = step else {
            Issue.record("it does not wait but: \(step)")
            return step
        }
        #expect(until >= now.monotonic)
        now.monotonic = until
        return answer(.woke)
    }

    private var context: FetchContext {
        FetchContext(now: now, request: request, client: client, random: random.next())
    }

    private func step(_ body: () throws -> FetchStep) -> Step {
        do {
            switch try body() {
            case .read(let path): return .read(path.text)
            case .write(let path, let contents): return .write(path: path.text, contents: contents.text)
            case .wait(let until): return .wait(until)
            case .done(let fetched): return .done(fetched)
            case .send:
                let fields = (0..<request.fieldCount).map { index in
                    let parts = request.field(index).text.split(separator: ": ", maxSplits: 1, omittingEmptySubsequences: false)
                    return (String(parts[0]), String(parts[1]))
                }
                return .send(
                    Sent(
                        method: request.method.text, url: request.url.text, fields: Dictionary(fields) { "\($0), \($1)" },
                        body: request.body.text))
            default: return .other
            }
        } catch let failure as Failure {
            return .failed(failure)
        } catch {
            return .other
        }
    }
}

extension LoginPlay.Step {
    var sent: LoginPlay.Sent? {
        if case .send(let sent) = self { sent } else { nil }
    }

    var written: String? {
        if case .write(_, let contents) = self { contents } else { nil }
    }

    var fetched: FetchedCredentials? {
        if case .done(let fetched) = self { fetched } else { nil }
    }

    /// The access key id of what came out.
    var keyID: String? { fetched?.credentials.accessKeyID.text }

    var failure: Failure? {
        if case .failed(let failure) = self { failure } else { nil }
    }

    /// The message of CREDENTIALS_FAILED.
    var message: String? { failure.flatMap { $0.code == .credentialsFailed ? $0.message.text : nil } }

    var isWait: Bool {
        if case .wait = self { true } else { false }
    }
}
