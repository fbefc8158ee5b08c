import Foundation
import Testing

@testable import LocJob

/// Random and damaged input: whatever it is, it ends in a value or a failure, never in a trap. The seeds
/// are fixed, so that what is found stays found.
@Suite("Damaged input")
struct MutationTests {
    private func run(
        _ seed: UInt64, _ seeds: [[UInt8]], _ alphabet: [UInt8], count: Int, _ body: (ByteView) throws -> Void
    ) rethrows {
        var random = SeededRandom(seed)
        for _ in 0..<count {
            let bytes = random.below(5) == 0 ? random.bytes(upTo: 60) : random.mutation(of: seeds, alphabet: alphabet)
            try bytes.withExactView(body)
        }
    }

    @Test("of views")
    func views() {
        var random = SeededRandom(10)
        for _ in 0..<20_000 {
            random.bytes(upTo: 20).withExactView { view in
                func index() -> Int {
                    random.below(4) == 0 ? Int(truncatingIfNeeded: random.next()) : random.below(24) - 2
                }
                _ = view[index()]
                let slice = view.slice(index(), index())
                _ = slice.from(index()).prefix(index()).trimmed
                _ = slice.firstIndex(of: UInt8(truncatingIfNeeded: index()), from: index())
                _ = slice.decimal
                _ = slice.signedDecimal
                _ = slice.hasSuffix(view)
                _ = slice.lowercased
                _ = LocJob.UTF8.sequenceLength(slice, at: random.below(24))
            }
        }
    }

    @Test("of JSON is refused where other readers refuse it")
    func json() {
        run(11, Corpus.json, Corpus.jsonAlphabet, count: 8000) { view in
            let isAccepted = (try? JSONReader.document(view)) != nil
            // Foundation is laxer in places, so that it only confirms what is accepted.
            if isAccepted, (try? JSONSerialization.jsonObject(with: Data(view.bytes),
                options: .fragmentsAllowed)) == nil {
                // It refuses half surrogates and numbers beyond Double, which the grammar has.
                let text = view.text
                if !text.contains("\\u"), !text.contains(/[0-9]{15}|[eE]/) { Issue.record("accepted: \(text)") }
            }
            if let value = try? JSONReader.document(view), let string = value.string {
                #expect(String(validating: string, as: Unicode.UTF8.self) != nil)
            }
        }
    }

    @Test("of jobs")
    func jobs() {
        run(12, Corpus.json, Corpus.jsonAlphabet, count: 8000) { view in
            guard let job = try? Job(view) else { return }
            for value in [job.jobID, job.jobARN, job.status.text, job.inputLocation] {
                #expect(value.string.flatMap { String(validating: $0, as: Unicode.UTF8.self) } != nil)
            }
        }
    }

    @Test("of jobs whose strings are damaged")
    func jobStrings() {
        // Most damage above makes no JSON; this stays inside one member.
        var random = SeededRandom(13)
        let seeds = Corpus.times + Corpus.bytes(["Failed", "Parquet", "\\ud83d\\ude00", "\\\"", "é"])
        for _ in 0..<4000 {
            let inner = random.mutation(of: seeds, alphabet: Corpus.timeAlphabet + Array("\\u0d8\"".utf8))
            let member = ["CreatedAt", "Status", "Name", "EndedAt"][random.below(4)]
            let text = "{\"\(member)\":\"" + String(decoding: inner,
                as: Unicode.UTF8.self) + "\"," + JobBody.full.dropFirst()
            text.withView { _ = try? Job($0) }
        }
    }

    @Test("of configuration files")
    func ini() {
        run(14, Corpus.ini, Corpus.iniAlphabet, count: 8000) { view in
            guard let files = try? SharedFiles(
                SharedFiles.Paths(Settings(),
                    { var environment = Environment(); environment.home = Bytes("/h"); return environment }()),
                config: .bytes(view.bytes), credentials: .bytes(view.bytes))
            else { return }
            _ = files.profile(Bytes("default"))
            _ = files.services(Bytes("x"))
        }
    }

    @Test("of configuration files and variables as a whole")
    func configuration() {
        var random = SeededRandom(15)
        let names = ["AWS_REGION", "AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_MAX_ATTEMPTS", "AWS_USE_FIPS_ENDPOINT",
            "AWS_CA_BUNDLE", "AWS_SESSION_TOKEN", "AWS_SDK_UA_APP_ID", "https_proxy"]
        for _ in 0..<3000 {
            var environment = Environment()
            environment.home = Bytes("/h")
            for _ in 0..<random.below(4) {
                let seeds = Corpus.urls + Corpus.bytes(["us-east-1", "fips-us-west-2", "true", "3", "default",
                    "~/$HOME"])
                let value = random.mutation(of: seeds, alphabet: Corpus.urlAlphabet)
                names[random.below(names.count)].withView { name in value.withExactView { environment.set(name,
                    $0) } }
            }
            let file = random.mutation(of: Corpus.ini, alphabet: Corpus.iniAlphabet)
            do throws(Failure) {
                let settings = Settings()
                let files = try SharedFiles(SharedFiles.Paths(settings, environment), config: .bytes(file),
                    credentials: .absent)
                let configuration = try Configuration(
                    settings, environment, files, Platform(system: [], systemVersion: [], architecture: []))
                _ = try configuration.staticCredentials()
            } catch {
                let failure = error
                #expect(String(validating: failure.message.bytes, as: Unicode.UTF8.self) != nil)
                #expect(!failure.message.bytes.contains { $0 < 0x20 })
            }
        }
    }

    @Test("of endpoint URLs")
    func urls() {
        run(16, Corpus.urls, Corpus.urlAlphabet, count: 8000) { view in
            guard let url = try? EndpointURL(Sourced(value: view.bytes, source: .none)) else { return }
            // What was taken goes into a URL and a header as it is.
            #expect(!(url.host + url.path).contains { $0 <= 0x20 || $0 > 0x7E })
            #expect(!url.host.isEmpty)
            #expect(!(url.host + url.path).contains { "?#\\\"<>".utf8.contains($0) })
            #expect(!url.host.contains(UInt8(ascii: "@")))
        }
        run(17, Corpus.urls, Corpus.urlAlphabet, count: 4000) { view in
            try? ProxyURL.check(Sourced(value: view.bytes, source: .none))
            _ = EndpointURL.isIPv4(view)
            _ = EndpointURL.canonicalIPv6(view)
        }
    }

    @Test("of Region names")
    func regions() {
        let seeds = Corpus.bytes(["us-east-1", "fips-us-west-2", "us-west-2-fips", "aws-cn-global", "eusc-de-east-1",
            "-fips", "fips-"])
        run(18, seeds, Array("-abcfips019_.\0é".utf8), count: 6000) { view in
            _ = Partition.of(view)
            guard let region = try? Region(Sourced(value: view.bytes, source: .none)) else { return }
            #expect((1...63).contains(region.name.count))
            #expect(region.name.first != UInt8(ascii: "-") && region.name.last != UInt8(ascii: "-"))
        }
    }

    @Test("of timestamps")
    func timestamps() {
        run(19, Corpus.times, Corpus.timeAlphabet, count: 12_000) { view in
            for timestamp in [Timestamp(text: view), Timestamp(epoch: view), Timestamp(rfc822: view)] {
                guard let timestamp else { continue }
                #expect((0..<1_000_000_000).contains(timestamp.nanoseconds))
            }
        }
    }

    @Test("of error responses")
    func errors() {
        var random = SeededRandom(20)
        run(21, Corpus.json, Corpus.jsonAlphabet, count: 6000) { body in
            random.mutation(of: Corpus.heads, alphabet: Corpus.headAlphabet).withExactView { head in
                let response = HTTPResponse(status: 300 + random.below(300), head: head, body: body)
                let error = ServiceError(response, mode: random.below(2) == 0 ? .standard : .legacy)
                #expect(String(validating: error.name, as: Unicode.UTF8.self) != nil)
                #expect(String(validating: error.message, as: Unicode.UTF8.self) != nil)
                let outcome = Outcome.serviceError(
                    error,
                    ResponseMetadata(status: response.status, head: head, attempts: 1, isMaxAttemptsReached: false,
                        isRetryQuotaReached: false), Trace())
                #expect((try? outcome.ownJSON.withView { try JSONReader.document($0) }) != nil)
            }
        }
    }

    @Test("of paths and tokens")
    func signing() {
        let seeds = Corpus.bytes(["/a/./b/../c//d", "/", "..", "/metadata/v0/jobs/%2F"])
        run(22, seeds, Array("/.%a é".utf8), count: 6000) { view in
            let buffer = ByteBuffer()
            buffer.append(canonicalPath: view)
            #expect(buffer.view[0] == UInt8(ascii: "/"))
            buffer.append(percentEncoded: view)
            _ = view.canonicalHeader
        }
    }

    @Test("of scripts: calls end or go on asking, whatever they are answered", arguments: [true, false])
    func scripts(_ isOrderly: Bool) throws {
        var random = SeededRandom(23)
        let memory = Memory()
        let heads = (0..<300).map { _ in memory.view(random.mutation(of: Corpus.heads,
            alphabet: Corpus.headAlphabet)) }
        let bodies = (0..<300).map { _ in memory.view(random.mutation(of: Corpus.json,
            alphabet: Corpus.jsonAlphabet)) }
        let codes = Code.allCases.filter { $0 != .ok }
        func clock() -> Int64 {
            random.below(10) == 0 ? Int64(truncatingIfNeeded: random.next()) : Int64(random.below(1 << 40))
        }
        for round in 0..<1500 {
            let client = try ClientState.make([
                "max_attempts": "\(1 + random.below(5))", "retry_mode": round % 2 == 0 ? "standard" : "legacy",
                "call_timeout_ms": "\(random.below(5000))",
            ])
            let start = Moment(monotonic: clock(), wallSeconds: clock())
            let talk = Conversation(client, random: (random.next(), random.next()), now: start)
            var step = isOrderly || random.below(20) > 0 ? talk.start() : talk.answer(.woke, after: 0)
            for _ in 0..<12 where step.outcome == nil {
                talk.now = Moment(monotonic: random.below(3) == 0 ? clock() : talk.now.monotonic,
                    wallSeconds: clock())
                // What is answered fits what was asked for, or need not.
                let isWaiting = isOrderly ? step.waitsUntil != nil : random.below(4) == 0
                let answer: Answer
                switch random.below(8) {
                case 0: answer = .deadline(Timings())
                case 1: answer = .cancelled(Timings())
                case _ where isWaiting: answer = .woke
                case 2: answer = .failed(Failure(codes[random.below(codes.count)], "x"), Timings())
                default:
                    let status = random.below(4) == 0 ? 200 : random.below(700) - 20
                    let response = HTTPResponse(status: status, head: heads[random.below(300)],
                        body: bodies[random.below(300)])
                    answer = .response(response, Timings())
                }
                step = talk.answer(answer, after: 0)
            }
            guard let outcome = step.outcome else { continue }
            let json = outcome.code == .ok ? Bytes("{}") : outcome.ownJSON
            #expect((try? json.withView { try JSONReader.document($0) }) != nil)
            #expect((try? traceJSON(outcome.trace).withView { try JSONReader.document($0) }) != nil)
            if isOrderly { #expect(outcome.trace.count == outcome.metadata.attempts) }
        }
    }
}
