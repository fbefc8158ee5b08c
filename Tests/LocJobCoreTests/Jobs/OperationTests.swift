import Foundation
import Testing

@testable import LocJob

@Suite("The service's operations")
struct OperationTests {
    struct Row: Decodable, Sendable {
        var status: String?
        var max_results: Int64?
        var next_token: String?
        var time, method, url, content_type, body, authorization: String
    }

    private static let keys = [
        "aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    ]
    private static let now = Moment(monotonic: 0, wallSeconds: Conversation.wallSeconds)

    private func listing(_ row: Row) throws -> JobListing {
        let memory = Memory()
        defer { withExtendedLifetime(memory) {} }
        return try JobListing.make(
            status: row.status.map { memory.view($0) }, maxResults: row.max_results,
            nextToken: row.next_token.map { memory.view($0) })
    }

    @Test("list jobs as boto3 does", arguments: Repository.rows("signing/list-jobs.json", of: Row.self))
    func list(_ row: Row) throws {
        let request = HTTPRequest()
        let client = try ClientState.make(Self.keys)
        var call = ServiceCall(client, .listJobs(try listing(row)), timeout: nil, at: Self.now, random: (1, 2))
        guard case .send = call.start(at: Self.now, request) else { Issue.record("not sent"); return }
        #expect(request.method.text == row.method && request.url.text == row.url)
        let fields = (0..<request.fieldCount).map { request.field($0).text }
        #expect(fields.contains { $0.lowercased() == "content-type: \(row.content_type)" })
        // The same members in the same order, but for insignificant white space and escapes.
        let body = request.body.text
        let ours = try JSONSerialization.jsonObject(with: Data(body.utf8)) as? NSDictionary
        #expect(try JSONSerialization.jsonObject(with: Data(row.body.utf8)) as? NSDictionary == ours)
        if row.next_token?.contains("\\") != true {
            #expect(body == row.body.replacingOccurrences(of: "\": ", with: "\":").replacingOccurrences(of: ", \"", with: ",\""))
        }
        // botocore's own body has botocore's signature.
        let signer = try client.signer(.make(Self.keys["aws_access_key_id"]!, Self.keys["aws_secret_access_key"]!), at: Self.now, skew: 0, for: .listJobs(try listing(row)))
        let output = ByteBuffer()
        row.body.withView { body in
            client.configuration.endpoint.authority.withView { host in
                "application/json".withView { type in
                    signer.appendAuthorization(
                        SigV4.Parts(method: "POST", host: host, path: request.path, contentType: type, payload: body),
                        to: output, scratch: ByteBuffer())
                }
            }
        }
        #expect(output.text == row.authorization)
    }

    @Test("refuse what the service could not take")
    func refused() {
        for maxResults in [Int64.min, 0, 101, .max] {
            #expect(throws: Failure.self) { try JobListing.make(status: nil, maxResults: maxResults, nextToken: nil) }
        }
        for bytes in [[0xFF], Array(text: String(repeating: "x", count: 201))] as [Bytes] {
            #expect(throws: Failure.self) { try bytes.withView { try JobListing.make(status: $0, maxResults: nil, nextToken: nil) } }
        }
        for bytes in [[0xFF], Array(text: String(repeating: "x", count: 60_001))] as [Bytes] {
            #expect(throws: Failure.self) { try bytes.withView { try JobListing.make(status: nil, maxResults: nil, nextToken: $0) } }
        }
    }
}

@Suite("Calls that keep to the budget")
struct PacedCallTests {
    private let request = HTTPRequest()

    private func moment(_ milliseconds: Int64) -> Moment {
        Moment(monotonic: Duration.milliseconds(milliseconds), wallSeconds: Conversation.wallSeconds)
    }

    private func call(_ client: ClientState, timeout: Int64? = nil, hasTurn: Bool = false) throws -> ServiceCall {
        ServiceCall(
            client, .getJob(try "j".withView { try JobID($0) }), timeout: timeout.map { Duration.milliseconds($0) },
            at: moment(0), random: (1, 2), isPaced: true, hasTurn: hasTurn)
    }

    private func wait(_ action: Action) -> Int64? {
        guard case .wait(let until) = action else { return nil }
        return until / 1_000_000
    }

    private func isSent(_ action: Action) -> Bool { if case .send = action { true } else { false } }

    private func begin(_ call: inout ServiceCall, at milliseconds: Int64 = 0) -> Action {
        call.start(at: moment(milliseconds), request)
    }

    private func wake(_ call: inout ServiceCall, at milliseconds: Int64) -> Action {
        call.advance(.woke, at: moment(milliseconds), request)
    }

    @Test("wait for their turn, unless they have it", arguments: ["standard", "adaptive"])
    func turns(mode: String) throws {
        let client = try ClientState.make(["max_requests_per_second": "1", "retry_mode": mode])
        var first = try call(client)
        let begunFirst = begin(&first)
        #expect(isSent(begunFirst))
        var second = try call(client)
        let begunSecond = begin(&second)
        #expect(wait(begunSecond) == 1000)
        // Woken too early it goes on waiting for the same turn.
        let woken1 = wake(&second, at: 400)
        #expect(wait(woken1) == 1000)
        let woken2 = wake(&second, at: 1000)
        #expect(isSent(woken2))
        var third = try call(client, hasTurn: true)
        let begunThird = begin(&third)
        #expect(isSent(begunThird))
        // A retry has a turn of its own.
        let failed = first.advance(.failed(Failure(.connectFailed, "x"), Timings()), at: moment(0), request)
        let pause = try #require(wait(failed))
        let woken3 = wake(&first, at: pause)
        #expect(wait(woken3) == 2000)
        let woken4 = wake(&first, at: 2000)
        #expect(isSent(woken4))
    }

    @Test("end at once when their turn comes too late")
    func deadline() throws {
        let client = try ClientState.make(["max_requests_per_second": "1"])
        var first = try call(client)
        let begunFirst = begin(&first)
        #expect(isSent(begunFirst))
        var second = try call(client, timeout: 900)
        guard case .finish(let outcome) = second.start(at: moment(0), request) else { Issue.record("goes on"); return }
        #expect(outcome.code == .deadlineExceeded && outcome.metadata.attempts == 0)
    }
}
