import Testing

@testable import LocJob

@Suite("A listing")
struct ListingTests {
    private func begun(_ sought: Int, from status: JobStatus = .pending, oldest: Int64? = nil) -> Listing {
        var listing = Listing(isEnabled: true)
        listing.begin(sought: sought, isOfAll: true, from: status, oldest: oldest)
        return listing
    }

    private func page(_ created: Int64?...) -> [ListedJob] {
        created.map { ListedJob(jobID: [1], status: .running, createdAt: $0) }
    }

    @Test("asks for one status after the other, in the order of a job's life")
    func statuses() {
        for (first, words) in [
            (.pending, ["Pending", "Running", "Cancelling"]), (.running, ["Running", "Cancelling"]),
            (.cancelling, ["Cancelling"]),
        ] as [(JobStatus, [String])] {
            var listing = begun(50, from: first)
            var asked: [String] = []
            repeat { asked.append(listing.ask().status?.text ?? "") } while !listing.receive(page(1), next: nil, at: 0)
            #expect(asked == words)
            #expect(!listing.isUnderWay)
        }
    }

    @Test("never asks for more pages than there are waits, whatever tokens come")
    func endless() {
        var listing = begun(30)
        var pages = 0
        repeat {
            _ = listing.ask()
            pages += 1
        } while !listing.receive(page(1), next: Array(text: "\(pages)"), at: 0) && pages < 1000
        #expect(pages == 30)
        // And such a one is not tried again for some time.
        #expect(!listing.isWorthwhile(30, at: 0))
        #expect(listing.isWorthwhile(30, at: Duration.milliseconds(600_000)))
    }

    @Test("does not ask twice with the same token")
    func sameToken() {
        var listing = begun(1000)
        var pages = 0
        repeat {
            _ = listing.ask()
            pages += 1
        } while !listing.receive(page(1), next: [7], at: 0) && pages < 1000
        // Twice for each status.
        #expect(pages == 6)
    }

    @Test("takes an empty page with a token for the last of its status")
    func empty() {
        var listing = begun(1000)
        _ = listing.ask()
        #expect(listing.receive([], next: [7], at: 0) == false)
        #expect(listing.ask().status?.text == "Running")
    }

    @Test("stops where all jobs to come are older, if the pages are in that order")
    func cutOff() {
        var listing = begun(1000, from: .cancelling, oldest: 50)
        _ = listing.ask()
        #expect(listing.receive(page(60, 50), next: [7], at: 0) == false)
        _ = listing.ask()
        #expect(listing.receive(page(50, 49), next: [8], at: 0) == true)
        listing = begun(1000, from: .cancelling, oldest: 50)
        _ = listing.ask()
        #expect(listing.receive(page(10, 60, 49), next: [7], at: 0) == false)
    }

    @Test("ends when all are found")
    func found() {
        var listing = begun(5)
        _ = listing.ask()
        listing.sought = 0
        #expect(listing.receive(page(1), next: [7], at: 0) == true)
    }

    @Test("is tried three times, and then not for some time; not for an hour when it is denied")
    func failures() {
        var listing = begun(50)
        var now: Nanoseconds = 0
        for attempt in 1...3 {
            now = listing.pageTime(at: now) ?? -1
            #expect(now == Duration.milliseconds(Int64(attempt - 1) * 2000))
            _ = listing.ask()
            #expect(listing.pageTime(at: now) == nil)
            #expect(listing.fail(isRetryable: true, isDenied: false, at: now) == (attempt == 3))
        }
        #expect(!listing.isWorthwhile(50, at: now + Duration.milliseconds(599_999)))
        #expect(listing.isWorthwhile(50, at: now + Duration.milliseconds(600_000)))
        listing = begun(50)
        _ = listing.ask()
        #expect(listing.fail(isRetryable: false, isDenied: true, at: 0) == true)
        #expect(!listing.isWorthwhile(50, at: Duration.milliseconds(3_599_999)))
        #expect(listing.isWorthwhile(50, at: Duration.milliseconds(3_600_000)))
    }

    @Test("is for more than a few")
    func few() {
        #expect(!Listing(isEnabled: true).isWorthwhile(4, at: 0))
        #expect(Listing(isEnabled: true).isWorthwhile(5, at: 0))
        #expect(!Listing(isEnabled: false).isWorthwhile(5000, at: 0))
    }
}
