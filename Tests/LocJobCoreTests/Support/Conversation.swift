import Testing

@testable import LocJob

/// A driver for a call that plays a script: it hands over time and answers, and keeps what was asked for.
final class Conversation {
    /// What the call asked for last.
    enum Step {
        case send(Sent)
        case wait(until: Nanoseconds)
        case other(Action)
        case finish(Outcome)
    }

    /// A request as it would have gone out.
    struct Sent {
        var origin: String
        var path: String
        var fields: [(name: String, value: String)]

        subscript(name: String) -> String? { fields.first { $0.name == name }?.value }
    }

    let client: ClientState
    var now: Moment
    private(set) var call: ServiceCall
    private let request = HTTPRequest()
    private let memory = Memory()

    /// A Tuesday: 2026-11-24T06:07:08Z.
    static let wallSeconds: Int64 = 1_795_500_428
    static let random: (UInt64, UInt64) = (0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210)

    init(
        _ client: ClientState, _ jobID: String = "job-1", timeout: Nanoseconds? = nil,
        random: (UInt64, UInt64) = Conversation.random, now: Moment? = nil, traceID: String? = nil
    ) {
        self.client = client
        self.now = now ?? Moment(monotonic: 1_000_000_000, wallSeconds: Self.wallSeconds)
        let id = jobID.withView { try! JobID($0) }
        call = ServiceCall(client, .getJob(id), timeout: timeout, at: self.now, random: random, traceID: traceID.map { Array(text: $0) })
    }

    func start() -> Step { step(call.start(at: now, request)) }

    /// Hands over an answer after some time.
    func answer(_ answer: Answer, after milliseconds: Int64 = 10) -> Step {
        pass(milliseconds)
        return step(call.advance(answer, at: now, request))
    }

    func respond(
        _ status: Int, _ fields: [String] = [], _ body: String = "", after milliseconds: Int64 = 10
    ) -> Step {
        let head = (["HTTP/1.1 \(status) X"] + fields + ["", ""]).joined(separator: "\r\n")
        let response = HTTPResponse(status: status, head: memory.view(head), body: memory.view(body))
        return answer(.response(response, Timings()), after: milliseconds)
    }

    func fail(_ code: Code, after milliseconds: Int64 = 10) -> Step {
        answer(.failed(Failure(code, "it failed"), Timings()), after: milliseconds)
    }

    /// Wakes the call at the time that it asked for.
    func wake(_ step: Step, sourceLocation: SourceLocation = #_sourceLocation) -> Step {
        guard case .wait(let until) = step else {
            Issue.record("the call does not wait but: \(step)", sourceLocation: sourceLocation)
            return step
        }
        let pause = until - now.monotonic
        #expect(pause >= 0, sourceLocation: sourceLocation)
        now.monotonic = until
        now.wallSeconds += pause / 1_000_000_000
        return self.step(call.advance(.woke, at: now, request))
    }

    func pass(_ milliseconds: Int64) {
        now.monotonic += milliseconds * 1_000_000
        now.wallSeconds += milliseconds / 1000
    }

    /// Plays responses, waking the call in between, to its end.
    func play(_ statuses: [(Int, [String], String)]) -> Outcome? {
        var step = start()
        for (status, fields, body) in statuses {
            if case .wait = step { step = wake(step) }
            step = respond(status, fields, body)
        }
        return step.outcome
    }

    private func step(_ action: Action) -> Step {
        switch action {
        case .send:
            let fields = (0..<request.fieldCount).map { index in
                let parts = request.field(index).text.split(separator: ": ", maxSplits: 1,
                    omittingEmptySubsequences: false)
                return (name: String(parts[0]), value: parts.count > 1 ? String(parts[1]) : "")
            }
            return .send(Sent(origin: request.url.prefix(request.originLength).text, path: request.path.text,
                fields: fields))
        case .wait(let until): return .wait(until: until)
        case .finish(let outcome): return .finish(outcome)
        case .read, .write, .run, .askMFA, .askCaller: return .other(action)
        }
    }
}

extension Conversation.Step {
    var sent: Conversation.Sent? {
        if case .send(let sent) = self { sent } else { nil }
    }

    var outcome: Outcome? {
        if case .finish(let outcome) = self { outcome } else { nil }
    }

    var waitsUntil: Nanoseconds? {
        if case .wait(let until) = self { until } else { nil }
    }
}

extension Configuration {
    static let keys = ["aws_access_key_id": "AKID", "aws_secret_access_key": "SECRET"]

    /// From settings in code alone, with keys and a Region unless they are given.
    static func make(_ given: [String: String] = [:]) throws -> Configuration {
        try Configuration(
            Settings(keys.merging(["region": "us-east-1"]) { $1 }.merging(given) { $1 }), Environment(),
                SharedFiles(),
            Platform(system: Bytes("linux"), systemVersion: Bytes("6.1"), architecture: Bytes("x86_64")))
    }
}

extension Settings {
    init(_ values: [String: String]) throws {
        self.init()
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            let setting = try name.withView { try Setting.named($0) }
            try value.withView { try set(setting, $0) }
        }
    }
}

extension ClientState {
    static func make(_ settings: [String: String] = [:]) throws -> ClientState {
        ClientState(try .make(settings))
    }
}
