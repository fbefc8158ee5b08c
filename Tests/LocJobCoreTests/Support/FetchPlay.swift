import Testing

@testable import LocJob

/// A driver for a provider's fetch that plays a script: it hands over time and answers, and keeps what was
/// asked for.
final class FetchPlay {
    /// A request as it would have gone out.
    struct Sent {
        var method: String
        var origin: String
        var path: String
        /// By name in lower case.
        var fields: [String: String]
        var body: String
        var isDirect: Bool
        var connectTimeout, readTimeout: Nanoseconds?
    }

    enum Step {
        case sent(Sent)
        case other(FetchStep)
        case failed(Failure)
    }

    let client: ClientState
    var now = Moment(monotonic: 1_000_000_000, wallSeconds: Conversation.wallSeconds)
    var random: UInt64 = 0
    private let fetch: any CredentialFetch
    private let request = HTTPRequest()
    private let memory = Memory()

    init(_ provider: any CredentialProvider) throws {
        client = try .make()
        fetch = provider.makeFetch()
    }

    func start() -> Step { step { context throws(Failure) in try fetch.start(context) } }

    func answer(_ answer: Answer) -> Step { step { context throws(Failure) in try fetch.resume(answer, context) } }

    func respond(_ status: Int, _ body: String = "", _ fields: [String] = []) -> Step {
        respond(status, Array(text: body), fields)
    }

    func respond(_ status: Int, _ body: [UInt8], _ fields: [String] = []) -> Step {
        let head = (["HTTP/1.1 \(status) X"] + fields + ["", ""]).joined(separator: "\r\n")
        return answer(.response(HTTPResponse(status: status, head: memory.view(head), body: memory.view(body)), Timings()))
    }

    func fail(_ code: Code) -> Step { answer(.failed(Failure(code, "it failed"), Timings())) }

    /// Wakes the fetch at the time that it asked for.
    func wake(_ step: Step) -> Step {
        guard let until = step.waitsUntil else { return step }
        now.wallSeconds += (until - now.monotonic) / 1_000_000_000
        now.monotonic = until
        return answer(.woke)
    }

    private func step(_ body: (FetchContext) throws(Failure) -> FetchStep) -> Step {
        do throws(Failure) {
            let step = try body(FetchContext(now: now, request: request, client: client, random: random))
            guard case .send = step else { return .other(step) }
            return .sent(Sent(request))
        } catch {
            return .failed(error)
        }
    }
}

extension FetchPlay.Sent {
    init(_ request: HTTPRequest) {
        method = request.method.text
        origin = request.url.prefix(request.originLength).text
        path = request.path.text
        body = request.body.text
        isDirect = request.isDirect
        connectTimeout = request.connectTimeout
        readTimeout = request.readTimeout
        fields = [:]
        for index in 0..<request.fieldCount {
            let parts = request.field(index).text.split(separator: ": ", maxSplits: 1, omittingEmptySubsequences: false)
            fields[parts[0].lowercased()] = String(parts.last ?? "")
        }
    }
}

extension FetchPlay.Step {
    var sent: FetchPlay.Sent? { if case .sent(let sent) = self { sent } else { nil } }

    var failure: Failure? { if case .failed(let failure) = self { failure } else { nil } }

    var message: String { failure?.message.text ?? "" }

    var waitsUntil: Nanoseconds? { if case .other(.wait(let until)) = self { until } else { nil } }

    var reads: String? { if case .other(.read(let path)) = self { path.text } else { nil } }

    var runs: [String]? { if case .other(.run(let arguments)) = self { arguments.map { $0.text } } else { nil } }

    var fetched: FetchedCredentials? { if case .other(.done(let fetched)) = self { fetched } else { nil } }
}

extension Sourced where Value == Bytes {
    /// A value as a variable of the environment gives it.
    static func variable(_ name: StaticString, _ value: String) -> Sourced {
        Sourced(value: Array(text: value), source: .variable(ByteView(name)))
    }
}
