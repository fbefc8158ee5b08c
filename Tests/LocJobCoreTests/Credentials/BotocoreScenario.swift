import Foundation
import Testing

@testable import LocJob

/// What botocore did with a configuration and a token file (fixtures/oracle/make_sso.py), and the same done
/// by a provider.
struct BotocoreScenario {
    let row: [String: Any]

    static func named(_ name: String, in fixture: String) -> BotocoreScenario {
        BotocoreScenario(row: rows(fixture).first { $0["name"] as? String == name } ?? [:])
    }

    static func names(_ fixture: String) -> [String] { rows(fixture).compactMap { $0["name"] as? String } }

    private static func rows(_ fixture: String) -> [[String: Any]] {
        let data = try! Data(contentsOf: Repository.fixtures.appending(path: fixture))
        return try! JSONSerialization.jsonObject(with: data) as! [[String: Any]]
    }

    static func object(_ text: String) -> NSDictionary? {
        try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? NSDictionary
    }

    var file: String { text(row["file"] as Any) }

    private func text(_ value: Any) -> String {
        String(decoding: try! JSONSerialization.data(withJSONObject: value), as: Unicode.UTF8.self)
    }

    /// Plays the scenario with botocore's answers and holds every step against it.
    func check(_ provider: any CredentialProvider, answers: [String]) throws {
        let play = LoginPlay(provider)
        guard case .read(let path) = play.start() else {
            Issue.record("it reads no file")
            return
        }
        #expect(path == "/home/me/\(row["path"] as? String ?? "")")
        var step = play.file(file)
        var answers = answers
        for expected in row["sent"] as? [[String: Any]] ?? [] {
            let sent = try #require(step.sent)
            check(sent, expected)
            let isRefresh = sent.method == "POST"
            step = play.respond(200, isRefresh ? answers.removeFirst() : answers.removeLast())
            guard isRefresh, let written = row["written"] as? [String: Any] else { continue }
            let contents = try #require(step.written)
            let merged = (row["file"] as? [String: Any] ?? [:]).merging(written) { $1 }
            #expect(Self.object(contents) == merged as NSDictionary)
            step = play.answer(.written(nil))
        }
        if row["error"] != nil {
            #expect(step.message != nil)
            return
        }
        let fetched = try #require(step.fetched)
        let credentials = fetched.credentials
        #expect(
            [credentials.accessKeyID.text, credentials.secretAccessKey.view.text, credentials.sessionToken?.view.text ?? ""]
                == row["credentials"] as? [String])
        #expect(fetched.expiration == row["expiration"] as? Int64)
    }

    private func check(_ sent: LoginPlay.Sent, _ expected: [String: Any]) {
        #expect(sent.method == expected["method"] as? String)
        #expect(sent.url == expected["url"] as? String)
        var fields = sent.fields
        #expect(fields.removeValue(forKey: "User-Agent")?.hasPrefix("locjob/") == true)
        #expect(fields.removeValue(forKey: "Accept-Encoding") == "identity")
        #expect(fields.removeValue(forKey: "amz-sdk-request") == "attempt=1; max=3")
        #expect(fields.removeValue(forKey: "amz-sdk-invocation-id").flatMap { UUID(uuidString: $0) } != nil)
        let proof = fields.removeValue(forKey: "DPoP")
        #expect(fields == expected["headers"] as? [String: String])
        #expect(Self.object(sent.body.isEmpty ? "{}" : sent.body) == expected["body"] as? NSDictionary ?? [:])
        guard let dpop = expected["dpop"] as? [String: Any], let proof else {
            #expect(proof == nil && expected["dpop"] == nil)
            return
        }
        let parts = proof.split(separator: ".").compactMap { ES256.decode(String($0))?.text }
        let payload = Self.object(parts[1])?.mutableCopy() as? NSMutableDictionary
        #expect(payload?["iat"] as? Int64 == Conversation.wallSeconds)
        #expect((payload?["jti"] as? String).flatMap { UUID(uuidString: $0) } != nil)
        payload?.removeObjects(forKeys: ["iat", "jti"])
        #expect(Self.object(parts[0]) == dpop["header"] as? NSDictionary)
        #expect(payload == dpop["payload"] as? NSDictionary)
        #expect(ES256.verifies(proof, pem: (row["file"] as? [String: Any])?["dpopKey"] as? String ?? ""))
    }
}
