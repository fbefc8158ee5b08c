import Foundation
import Testing

@testable import LocJob

@Suite("A call's requests")
struct RequestTests {
    @Test("go to the service's endpoint, signed, with the SDKs' fields in their order")
    func first() throws {
        let talk = Conversation(try .make(), "job-1")
        let sent = try #require(talk.start().sent)
        #expect(sent.origin == "https://metadata.geo.us-east-1.amazonaws.com")
        #expect(sent.path == "/metadata/v0/jobs/job-1")
        #expect(
            sent.fields.map(\.name) == [
                "X-Amz-Date", "Authorization", "User-Agent", "Accept-Encoding", "amz-sdk-invocation-id",
                "amz-sdk-request",
            ])
        #expect(sent["X-Amz-Date"] == "20261124T060708Z")
        #expect(sent["Accept-Encoding"] == "identity")
        #expect(sent["amz-sdk-request"] == "attempt=1; max=3")
        #expect(sent["User-Agent"]?.hasSuffix("m/E,e cfg/retry-mode#standard") == true)
    }

    @Test("carry a session token, and sign it")
    func token() throws {
        let talk = Conversation(try .make(["aws_session_token": "a token"]))
        let sent = try #require(talk.start().sent)
        #expect(sent["X-Amz-Security-Token"] == "a token")
        #expect(sent["Authorization"]?.contains("SignedHeaders=host;x-amz-date;x-amz-security-token,") == true)
    }

    @Test(
        "have the authorization that other clients make",
        arguments: Repository.rows("signing/requests.json",
            of: SigningVectorTests.Row.self).filter { $0.service == "geo" && $0.path.contains("/metadata/v0/jobs/") })
    func authorization(_ row: SigningVectorTests.Row) throws {
        let parts = row.path.components(separatedBy: "/metadata/v0/jobs/")
        var settings = [
            "aws_access_key_id": row.access_key_id, "aws_secret_access_key": row.secret_access_key,
            "region": row.region,
            "endpoint_url": "\(row.scheme)://\(row.authority)\(parts[0])", "disable_host_prefix_injection": "true",
        ]
        settings["aws_session_token"] = row.session_token
        let id = try #require(parts[1].removingPercentEncoding)
        let talk = Conversation(try .make(settings), id, now: Moment(monotonic: 0, wallSeconds: row.seconds))
        let sent = try #require(talk.start().sent)
        #expect(sent.path == row.path)
        #expect(sent["X-Amz-Date"] == row.time)
        #expect(sent["Authorization"] == row.authorization)
    }

    @Test(
        "carry the trace id of a Lambda invocation, encoded where a header needs it",
        arguments: [
            ("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
                "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"),
            ("a b\r\nX: y", "a%20b%0D%0AX:%20y"), ("=;:+&[]{}\"',-._~", "=;:+&[]{}\"',-._~"), ("é/%", "%C3%A9%2F%25"),
        ])
    func traceID(_ id: String, _ value: String) throws {
        let sent = try #require(Conversation(try .make(), traceID: id).start().sent)
        #expect(sent["X-Amzn-Trace-Id"] == value)
        #expect(sent["Authorization"]?.contains("SignedHeaders=host;x-amz-date,") == true)
    }

    @Test("keep the base path of a custom endpoint")
    func basePath() throws {
        let talk = Conversation(try .make(["endpoint_url": "http://localhost:8080/a//b/"]))
        let sent = try #require(talk.start().sent)
        #expect(sent.origin == "http://localhost:8080")
        #expect(sent.path == "/a//b/metadata/v0/jobs/job-1")
    }

    @Test(
        "encode the job's id",
        arguments: [
            ("a/b c", "a%2Fb%20c"), ("é😀", "%C3%A9%F0%9F%98%80"), ("%2e%2e", "%252e%252e"), ("a?b#c", "a%3Fb%23c"),
            ("...", "..."), ("\r\nX: y", "%0D%0AX%3A%20y"),
        ])
    func encoding(_ id: String, _ encoded: String) throws {
        let talk = Conversation(try .make(), id)
        #expect(talk.start().sent?.path == "/metadata/v0/jobs/\(encoded)")
    }

    @Test("of one call have one id, a random UUID of version 4")
    func invocationID() throws {
        let talk = Conversation(try .make())
        let first = try #require(talk.start().sent?["amz-sdk-invocation-id"])
        let second = try #require(talk.wake(talk.fail(.connectFailed)).sent?["amz-sdk-invocation-id"])
        #expect(first == "01234567-89ab-4def-bedc-ba9876543210")
        #expect(second == first)
        for random in [(0, 0), (UInt64.max, UInt64.max), (1, 2)] as [(UInt64, UInt64)] {
            let id = try #require(Conversation(try .make(), random: random).start().sent?["amz-sdk-invocation-id"])
            #expect(id.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil)
        }
    }

    @Test("count their attempts, with a time to live once the service's clock is known")
    func attempts() throws {
        let talk = Conversation(try .make(["max_attempts": "4", "read_timeout_ms": "5000"]))
        #expect(talk.start().sent?["amz-sdk-request"] == "attempt=1; max=4")
        // No response, so no clock.
        #expect(talk.wake(talk.fail(.readTimeout)).sent?["amz-sdk-request"] == "attempt=2; max=4")
        // The service's clock is a minute ahead; the pause is less than a second.
        let ahead = talk.respond(503, ["Date: Tue, 24 Nov 2026 06:08:08 GMT"])
        #expect(talk.wake(ahead).sent?["amz-sdk-request"] == "ttl=20261124T060813Z; attempt=3; max=4")
        // A response without a date leaves what is known of the clock.
        #expect(talk.wake(talk.respond(503)).sent?["amz-sdk-request"] == "ttl=20261124T060813Z; attempt=4; max=4")
    }

    @Test("have no time to live on the first attempt, also when another call has seen the clock")
    func firstAttempt() throws {
        let client = try ClientState.make()
        let talk = Conversation(client)
        _ = talk.start()
        _ = talk.respond(200, ["Date: Tue, 24 Nov 2026 06:08:08 GMT"], JobBody.full)
        #expect(Conversation(client).start().sent?["amz-sdk-request"] == "attempt=1; max=3")
    }

    @Test("are signed anew with the time of each attempt")
    func resigned() throws {
        let talk = Conversation(try .make())
        let first = try #require(talk.start().sent)
        let second = try #require(talk.wake(talk.fail(.readTimeout, after: 60_000)).sent)
        #expect(second["X-Amz-Date"] == "20261124T060808Z")
        #expect(second["Authorization"] != first["Authorization"])
    }

    @Test(
        "are signed for the day of the clock",
        arguments: [
            (1_795_564_799, "20261124"), (1_795_564_800, "20261125"), (-1, "19691231"),
            (0, "19700101"),
        ] as [(Int64, String)])
    func midnight(_ seconds: Int64, _ day: String) throws {
        let talk = Conversation(try .make(), now: Moment(monotonic: 0, wallSeconds: seconds))
        let scope = "Credential=AKID/\(day)/us-east-1/geo/aws4_request,"
        #expect(talk.start().sent?["Authorization"]?.contains(scope) == true)
    }

    @Test("survive every wall clock", arguments: [Int64.min, .min + 1, -1, 0, .max - 1, .max])
    func clocks(_ seconds: Int64) throws {
        let talk = Conversation(try .make(), now: Moment(monotonic: 0, wallSeconds: seconds))
        let head = "HTTP/1.1 503 X\r\nDate: Tue, 24 Nov 2026 06:07:08 GMT\r\n\r\n"
        _ = talk.start()
        let memory = Memory()
        for _ in 0..<2 {
            let step = talk.answer(.response(HTTPResponse(status: 503, head: memory.view(head), body: .empty),
                Timings()), after: 0)
            if let until = step.waitsUntil {
                talk.now.monotonic = until
                _ = talk.answer(.woke, after: 0)
            }
        }
    }

    @Test("are not made without credentials")
    func noCredentials() throws {
        let configuration = try Configuration(
            Settings(["region": "us-east-1", "ec2_metadata_disabled": "true"]), Environment(), SharedFiles(),
                Platform(system: [], systemVersion: [], architecture: []))
        let outcome = try #require(Conversation(ClientState(configuration)).start().outcome)
        #expect(outcome.code == .noCredentials)
        #expect(outcome.errorCode.text == "NO_CREDENTIALS")
        #expect(outcome.metadata.attempts == 0)
        #expect(outcome.trace.isEmpty)
    }
}
