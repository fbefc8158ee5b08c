import Testing

@testable import LocJob

@Suite("The Region of an instance")
struct InstanceRegionFetchTests {
    private let request = HTTPRequest()
    private let memory = Memory()

    private func fetch(attempts: Int64 = 1) throws -> InstanceRegionFetch {
        InstanceRegionFetch(try .make(attempts: attempts), try Configuration.make().userAgent)
    }

    private func answer(_ status: Int, _ body: String) -> Answer {
        .response(HTTPResponse(status: status, head: .empty, body: memory.view(body)), Timings())
    }

    /// What answers lead to: the paths asked for, then the Region or the failure.
    private func play(_ answers: [(Int, String)], attempts: Int64 = 1) throws -> (paths: [String], region: String?, failure: Failure?) {
        var fetch = try fetch(attempts: attempts)
        _ = try fetch.start(request)
        var paths = [FetchPlay.Sent(request).path]
        for (status, body) in answers {
            do throws(Failure) {
                if case .done(let region) = try fetch.resume(answer(status, body), request) { return (paths, region.text, nil) }
                paths.append(FetchPlay.Sent(request).path)
            } catch {
                return (paths, nil, error)
            }
        }
        return (paths, nil, nil)
    }

    @Test("is asked for with a token")
    func region() throws {
        let played = try play([(200, "T"), (200, "us-west-2\n")])
        #expect(played.region == "us-west-2")
        #expect(played.paths == ["/latest/api/token", "/latest/meta-data/placement/region"])
        #expect(FetchPlay.Sent(request).fields["x-aws-ec2-metadata-token"] == "T")
        #expect(FetchPlay.Sent(request).isDirect)
    }

    @Test("is the zone's without its letter where only that is known")
    func zone() throws {
        let row = try #require(InstanceMetadataProviderTests.rows.first { $0.what == "region" })
        let played = try play([(200, "T"), (404, ""), (200, "eu-west-1a")])
        #expect(played.region == "eu-west-1")
        #expect(played.paths.last.map { $0 + "/" } == row.requests.last?.path)
    }

    @Test("is not known without a service that tells it", arguments: [
        [(403, "")], [(200, "")], [(200, "T"), (500, "")], [(200, "T"), (404, ""), (404, "")], [(200, "T"), (200, "")],
        [(200, "T"), (200, "<html>")], [(200, "T"), (200, "us west")], [(200, "T"), (404, ""), (200, "a")],
        [(200, "T"), (200, String(repeating: "a", count: 64))],
    ])
    func unknown(_ answers: [(Int, String)]) throws {
        let failure = try play(answers).failure
        #expect(failure?.code == .noRegion)
        #expect(failure?.message.text.hasPrefix("instance metadata: ") == true)
    }

    @Test("is asked for again as often as is set")
    func retries() throws {
        #expect(try play([(500, ""), (200, "T"), (500, ""), (200, "us-east-1")], attempts: 2).region == "us-east-1")
        #expect(try play([(200, "T"), (500, ""), (500, "")], attempts: 2).failure?.code == .noRegion)
    }
}
