import Foundation
import Testing

@testable import LocJob

/// A call that is under way, and what it wants next.
final class ChainCall {
    private var call: ServiceCall
    private let request = HTTPRequest()
    /// What responses borrow: of the last one only, as a driver keeps it.
    private var memory = Memory()
    private(set) var action: Action

    init(_ client: ClientState, at now: Moment) throws {
        call = ServiceCall(client, .getJob(try "job-1".withView { try JobID($0) }), timeout: nil, at: now, random: Conversation.random)
        action = call.start(at: now, request)
    }

    var attempts: Int { call.attempts }

    var sent: FetchPlay.Sent { FetchPlay.Sent(request) }

    func answer(_ answer: Answer, at now: Moment) { action = call.advance(answer, at: now, request) }

    func respond(_ status: Int, _ fields: [String], _ body: String, at now: Moment) {
        let memory = Memory()
        let head = (["HTTP/1.1 \(status) X"] + fields + ["", ""]).joined(separator: "\r\n")
        let response = HTTPResponse(status: status, head: memory.view(head), body: memory.view(body))
        answer(.response(response, Timings()), at: now)
        self.memory = memory
    }

    /// Puts something else where the last response stood.
    func overwriteResponse() { memory.overwrite() }

    /// What it waits for, in the words of the fixtures.
    var wanted: String {
        switch action {
        case .send: "request: \(sent.method) \(sent.origin)\(sent.path) \(sent.body)"
        case .wait(let until): "wait until \(until)"
        case .read(let path): "read: \(path.text)"
        case .write(let path, let contents): "write: \(path.text) \(contents.text)"
        case .run(let arguments): "run: \(arguments.map(\.text))"
        case .askMFA(let serial): "mfa: \(serial.text)"
        case .askCaller: "caller"
        case .finish(let outcome): "finish: \(outcome.code.name) \(outcome.message.text)"
        }
    }
}

/// What stands in a signed request about its signer.
struct ChainSigner {
    var accessKeyID = ""
    /// Such as `us-east-1/geo`.
    var scope = ""

    /// Nil for a request without a signature.
    init?(_ fields: [String: String]) {
        guard let value = fields["authorization"], value.hasPrefix("AWS4-HMAC-SHA256 Credential=") else { return nil }
        let parts = value.dropFirst(28).prefix { $0 != "," }.split(separator: "/")
        guard parts.count == 5 else { return nil }
        accessKeyID = String(parts[0])
        scope = "\(parts[2])/\(parts[3])"
    }

    /// Whether the signature is that of the fixtures' secret and token of this key.
    func isRight(_ sent: FetchPlay.Sent, token: String?, at seconds: Int64) throws -> Bool {
        let scope = self.scope.split(separator: "/").map { Array(text: String($0)) }
        let credentials = try accessKeyID.withView { id in
            try "hush-\(accessKeyID)".withView { secret in
                guard let token else {
                    return try Credentials.make(.code, accessKeyID: id, secretAccessKey: secret, sessionToken: nil)
                }
                return try token.withView {
                    try Credentials.make(.code, accessKeyID: id, secretAccessKey: secret, sessionToken: $0)
                }
            }
        }
        let service: StaticString = scope[1].text == "sts" ? "sts" : "geo"
        let signer = try SigV4(credentials, region: scope[0], service: service, seconds: seconds, keys: SigningKeyCache())
        let expected = ByteBuffer()
        let host = String(sent.origin.drop { $0 != "/" }.dropFirst(2))
        func withType(_ body: (ByteView?) -> Void) {
            if let type = sent.fields["content-type"] { type.withView(body) } else { body(nil) }
        }
        withType { type in
            host.withView { host in
                sent.path.withView { path in
                    sent.body.withView { payload in
                        sent.method.withView { method in
                            signer.appendAuthorization(
                                SigV4.Parts(method: method, host: host, path: path, contentType: type, payload: payload),
                                to: expected, scratch: ByteBuffer())
                        }
                    }
                }
            }
        }
        return expected.text == sent.fields["authorization"]
    }
}
