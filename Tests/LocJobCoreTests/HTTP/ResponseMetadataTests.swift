import Foundation
import Testing

@testable import LocJob

@Suite("Response metadata")
struct ResponseMetadataTests {
    struct Row: Decodable, Sendable, CustomTestStringConvertible {
        struct Metadata: Decodable, Sendable, Equatable {
            var RequestId: String?
            var HostId: String?
            var HTTPStatusCode: Int
            var HTTPHeaders: [String: String]
            var MaxAttemptsReached: Bool?
            var RetryAttempts: Int
        }

        var name, mode: String
        var max_attempts, status: Int
        var head, body: String
        var metadata: Metadata

        var testDescription: String { "\(name), \(mode)" }
    }

    @Test("is boto3's for the same answers", arguments: Repository.rows("metadata/responses.json", of: Row.self))
    func table(_ row: Row) throws {
        let client = try ClientState.make(["retry_mode": row.mode, "max_attempts": "\(row.max_attempts)"])
        let talk = Conversation(client)
        let memory = Memory()
        // The fixture has the head's bytes as ISO 8859-1.
        let head = memory.view(row.head.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })
        var step = talk.start()
        while step.outcome == nil {
            if step.waitsUntil != nil { step = talk.wake(step) }
            step = talk.answer(
                .response(HTTPResponse(status: row.status, head: head, body: memory.view(row.body)), Timings()))
        }
        let outcome = try #require(step.outcome)
        #expect((outcome.code == .ok) == (row.status == 200))
        let metadata = try JSONDecoder().decode(Row.Metadata.self, from: Data(outcome.metadata.json))
        #expect(metadata == row.metadata)
        if row.status != 200 {
            let json = try JSONDecoder().decode([String: Row.Metadata].self,
                from: Data(outcome.ownJSON.onlyMetadata()))
            #expect(json["ResponseMetadata"] == row.metadata)
        }
    }

    @Test("without a response has the number of retries alone", arguments: [(0, 0), (1, 0), (3, 2)])
    func none(_ attempts: Int, _ retries: Int) {
        let metadata = ResponseMetadata(
            status: 0, head: .empty, attempts: attempts, isMaxAttemptsReached: false, isRetryQuotaReached: false)
        #expect(metadata.json.text == "{\"RetryAttempts\":\(retries)}")
    }

    @Test("says that the retry quota was reached")
    func quota() {
        let metadata = ResponseMetadata(
            status: 0, head: .empty, attempts: 1, isMaxAttemptsReached: true, isRetryQuotaReached: true)
        #expect(metadata.json.text == "{\"MaxAttemptsReached\":true,\"RetryQuotaReached\":true,\"RetryAttempts\":0}")
    }
}

extension Array where Element == UInt8 {
    /// The JSON object without its other members.
    fileprivate func onlyMetadata() throws -> [UInt8] {
        var writer = JSONWriter()
        try withView { view in
            try JSONReader.object(view) { (key, value) throws(Failure) in
                guard key.equals("ResponseMetadata") else { return }
                writer.object { writer in
                    writer.key("ResponseMetadata")
                    writer.raw(value.text)
                }
            }
        }
        return writer.bytes
    }
}
