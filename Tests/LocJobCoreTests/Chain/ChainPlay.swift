import Foundation
import Testing

@testable import LocJob

/// Plays a scenario: answers what its calls ask for, in the one order in which it may be asked.
final class ChainPlay {
    private let scenario: ChainScenario
    private let client: ClientState
    private var now = Moment(monotonic: 1_000_000_000, wallSeconds: ChainScenario.start)
    private var names: [String] = []
    private var calls: [String: ChainCall] = [:]
    /// Files as they were changed; nil for one that went.
    private var changed: [String: Bytes?] = [:]
    private var lastSigned: [String: ChainSigner] = [:]
    /// What the User-Agent of the request for the job says beside the retry mode.
    private var features: [String: Set<String>] = [:]
    private var tokens: [String: Bool] = [:]

    /// Whether an event was not the one that was wanted: then nothing after it means anything.
    private var isLost = false

    init(_ scenario: ChainScenario, _ client: ClientState) {
        self.scenario = scenario
        self.client = client
    }

    func play() throws {
        if scenario.traffic.first?["start"] == nil { try begin("1") }
        for (index, event) in scenario.traffic.enumerated() where !isLost {
            try take(event, place: "event \(index)")
        }
        for name in names where !isLost { try check(name) }
        if !isLost { try checkEnd() }
    }

    private func begin(_ name: String) throws {
        names.append(name)
        calls[name] = try ChainCall(client, at: now)
    }

    private func take(_ event: [String: Any], place: String) throws {
        if let name = event["start"] as? String {
            let seconds = event["after_s"] as? Int64 ?? 0
            now.wallSeconds += seconds
            now.monotonic += seconds * 1_000_000_000
            return try begin(name)
        }
        if let path = event["file"] as? String {
            changed.updateValue((event["contents"] as? String).map { Array(text: $0) }, forKey: path)
            return
        }
        let name = event["call"] as? String ?? names.last ?? ""
        let call = try #require(calls[name], "\(place): there is no call \(name)")
        if event["cancel"] != nil { return call.answer(.cancelled(Timings()), at: now) }
        if event["deadline"] != nil { return call.answer(.deadline(Timings()), at: now) }
        let isTaken = try answer(call, name, event, place)
        guard !isTaken else { return }
        isLost = true
        let wanted = call.wanted
        Issue.record("\(place): the call \(name) wants \(wanted) and not \(event)")
    }

    /// Hands over an event's answer; false when the call wants something else.
    private func answer(_ call: ChainCall, _ name: String, _ event: [String: Any], _ place: String) throws -> Bool {
        switch call.action {
        case .send:
            if let expected = event["get_job"] as? [String: Any] {
                try checkGetJob(call.sent, expected, name, place)
            } else if let expected = event["request"] as? [String: Any] {
                try checkRequest(call.sent, expected, place)
            } else {
                return false
            }
            respond(call, event)
        case .wait(let until):
            guard let range = event["wait_ms"] as? [Int64] else { return false }
            let pause = until - now.monotonic
            #expect((range[0] * 1_000_000...range[1] * 1_000_000).contains(pause), "\(place): waits \(pause) ns")
            now.wallSeconds += pause / 1_000_000_000
            now.monotonic = until
            call.answer(.woke, at: now)
        case .read(let path):
            guard event["read"] as? String == path.text else { return false }
            call.answer(.file(read(path.text, event["result"] as? String)), at: now)
        case .write(let path, let contents):
            guard event["write"] as? String == path.text, let expected = event["contents"] as? NSDictionary else {
                return false
            }
            #expect(BotocoreScenario.object(contents.text) == expected, "\(place)")
            let failure = (event["failure"] as? String).map { Failure(.internalError, Text(Array(text: $0))) }
            if failure == nil { changed[path.text] = contents }
            call.answer(.written(failure), at: now)
        case .run(let arguments):
            guard event["run"] as? [String] == arguments.map(\.text) else { return false }
            call.answer(.ran(programResult(event)), at: now)
        case .askMFA(let serial):
            guard event["mfa"] as? String == serial.text else { return false }
            call.answer(.mfaCode((event["code"] as? String).map { Array(text: $0) }), at: now)
        case .askCaller:
            guard let given = event["caller"] else { return false }
            call.answer(.provided(try provided(given as? [String: Any])), at: now)
        case .finish:
            return false
        }
        return true
    }
}

// MARK: - Answers

extension ChainPlay {
    private func respond(_ call: ChainCall, _ event: [String: Any]) {
        if let name = event["failure"] as? String {
            let code = Code.allCases.first { $0.shortName.text == name }
            #expect(code != nil, "there is no code \(name)")
            call.answer(.failed(Failure(code ?? .internalError, "it failed"), Timings()), at: now)
            return
        }
        let answer = event["answer"] as? [String: Any] ?? [:]
        let body: String
        switch answer["body"] {
        case nil: body = answer.isEmpty ? JobBody.full : ""
        case let text as String: body = text
        case let value?: body = String(decoding: try! JSONSerialization.data(withJSONObject: value), as: Unicode.UTF8.self)
        }
        call.respond(answer["status"] as? Int ?? 200, answer["headers"] as? [String] ?? [], body, at: now)
    }

    private func read(_ path: String, _ result: String?) -> FileContents {
        switch result {
        case "denied": return .denied
        case .some(let reason): return .unreadable(Text(Array(text: reason)))
        case nil:
            if let change = changed[path] { return change.map { .bytes($0) } ?? .absent }
            return scenario.contents(path).map { .bytes($0) } ?? .absent
        }
    }

    private func programResult(_ event: [String: Any]) -> ProgramResult {
        var output: Bytes? = []
        switch event["output"] {
        case let text as String: output = Array(text: text)
        case is NSNull: output = nil
        case let value?: output = Bytes(try! JSONSerialization.data(withJSONObject: value))
        case nil: break
        }
        let status = event["status"] is NSNull ? nil : Int32(event["status"] as? Int ?? 0)
        return ProgramResult(
            status: status, output: output, errors: Array(text: event["errors"] as? String ?? ""),
            problem: Text(Array(text: event["problem"] as? String ?? "")))
    }

    private func provided(_ given: [String: Any]?) throws -> FetchedCredentials? {
        guard let given, let id = given["access_key_id"] as? String else { return nil }
        let credentials = try id.withView { key in
            try "hush-\(id)".withView { secret in
                guard given["token"] as? Bool == true else {
                    return try Credentials.make(.code, accessKeyID: key, secretAccessKey: secret, sessionToken: nil)
                }
                return try "hush-token-\(id)".withView {
                    try Credentials.make(.code, accessKeyID: key, secretAccessKey: secret, sessionToken: $0)
                }
            }
        }
        return FetchedCredentials(credentials: credentials, expiration: given["expiration"] as? Int64)
    }
}

// MARK: - Checks

extension ChainPlay {
    private func checkRequest(_ sent: FetchPlay.Sent, _ expected: [String: Any], _ place: String) throws {
        #expect(sent.method == expected["method"] as? String, "\(place)")
        #expect(sent.origin + sent.path == expected["url"] as? String, "\(place)")
        for (name, value) in expected["headers"] as? [String: Any] ?? [:] {
            // null is a header that is not there.
            #expect(sent.fields[name] == value as? String, "\(place): \(name)")
        }
        if let form = expected["body"] as? String {
            #expect(sent.body == form, "\(place)")
        } else if let object = expected["body"] as? NSDictionary {
            #expect(BotocoreScenario.object(sent.body) == object, "\(place)")
        } else {
            #expect(sent.body.isEmpty, "\(place)")
        }
        if let direct = expected["direct"] as? Bool { #expect(sent.isDirect == direct, "\(place)") }
        if let milliseconds = expected["timeout_ms"] as? Int64 {
            #expect(sent.connectTimeout == milliseconds * 1_000_000, "\(place)")
            #expect(sent.readTimeout == milliseconds * 1_000_000, "\(place)")
        }
        try checkSignature(sent, expected["signed_by"] as? String, expected["signed_for"] as? String, expected["token"] as? Bool, place)
    }

    /// `id` nil is a request without a signature, `scope` nil any scope.
    private func checkSignature(
        _ sent: FetchPlay.Sent, _ id: String?, _ scope: String?, _ hasToken: Bool?, _ place: String
    ) throws {
        let signer = ChainSigner(sent.fields)
        #expect(signer?.accessKeyID == id, "\(place)")
        guard let signer else { return }
        if let scope { #expect(signer.scope == scope, "\(place)") }
        let token = sent.fields["x-amz-security-token"]
        #expect(token == (hasToken == true ? "hush-token-\(signer.accessKeyID)" : nil), "\(place)")
        #expect(try signer.isRight(sent, token: token, at: now.wallSeconds), "\(place): the signature is not right")
    }

    private func checkGetJob(_ sent: FetchPlay.Sent, _ expected: [String: Any], _ call: String, _ place: String) throws {
        #expect(sent.method == "GET", "\(place)")
        #expect(sent.path.hasSuffix("/metadata/v0/jobs/job-1"), "\(place)")
        let scope = "\(client.configuration.region.text)/geo"
        try checkSignature(sent, expected["signed_by"] as? String, scope, expected["token"] as? Bool, place)
        lastSigned[call] = ChainSigner(sent.fields)
        tokens[call] = sent.fields["x-amz-security-token"] != nil
        let agent = sent.fields["user-agent"] ?? ""
        let list = agent.components(separatedBy: " m/").last?.components(separatedBy: " ").first ?? ""
        features[call] = Set(list.components(separatedBy: ",").dropFirst())
    }

    private func check(_ name: String) throws {
        let call = try #require(calls[name])
        let index = names.firstIndex(of: name) ?? 0
        let expected = try #require(
            index < scenario.expected.count ? scenario.expected[index] : nil, "nothing is expected of call \(name)")
        guard case .finish(let outcome) = call.action else {
            isLost = true
            Issue.record("call \(name) has not ended but wants \(call.wanted)")
            return
        }
        let message = outcome.message.text
        #expect(outcome.code.name.text == expected["code"] as? String ?? "LOCJOB_OK", "call \(name): \(message)")
        for part in expected["message"] as? [String] ?? [] {
            #expect(message.contains(part), "call \(name): \(message)")
        }
        #expect(!message.contains("\n"), "call \(name): \(message)")
        #expect(outcome.trace.count == call.attempts, "call \(name)")
        #expect(call.attempts == expected["attempts"] as? Int ?? (outcome.code == .ok ? 1 : 0), "call \(name)")
        for text in [message, outcome.ownJSON.text, traceJSON(outcome.trace).text] {
            checkSecrecy(text, "call \(name)")
        }
        guard outcome.code == .ok else { return }
        #expect(lastSigned[name]?.accessKeyID == expected["access_key_id"] as? String, "call \(name)")
        #expect(tokens[name] == expected["token"] as? Bool ?? false, "call \(name)")
        let list = expected["features"] as? String ?? ""
        #expect(features[name] == Set(list.components(separatedBy: ",")), "call \(name)")
    }

    /// Secrets in the scenarios hold this word.
    private func checkSecrecy(_ text: String, _ place: String) { #expect(!text.contains("hush"), "\(place): \(text)") }

    private func checkEnd() throws {
        checkSecrecy(client.explanation.text, "the explanation")
        for warning in client.configuration.warnings { checkSecrecy(warning.text, "a warning") }
        guard let provider = scenario.provider else { return }
        let store = client.credentials
        guard let (earliest, latest) = scenario.expiration else {
            checkUse(store.claim(at: .max, awaited: nil), provider)
            return
        }
        // While another call refreshes, credentials are used up to their last second.
        guard case .refresh(_, let number) = store.claim(at: try seconds(latest), awaited: nil) else {
            Issue.record("the credentials do not end at \(latest)")
            return
        }
        checkUse(store.claim(at: try seconds(earliest) - 1, awaited: nil), provider)
        store.release(number)
    }

    private func seconds(_ time: String) throws -> Int64 {
        try #require(time.withView { Timestamp(text: $0)?.seconds })
    }

    private func checkUse(_ claim: CredentialStore.Claim, _ provider: String) {
        guard case .use(let credentials) = claim else {
            Issue.record("the credentials have ended")
            return
        }
        #expect(credentials.origin.name.text == provider)
    }
}
