@testable import LocJob

/// Location's jobs on a simulated clock: their lives, pages of ListJobs, the quota of each operation, and
/// throttling for no reason now and then.
final class SimulatedService {
    struct Job {
        var id: String
        var created: Double
        var pending = 0.0
        var running = 600.0
        var final = JobStatus.completed
        /// Seconds of Cancelling before the end.
        var cancelling = 0.0

        var end: Double { created + pending + running + cancelling }

        func status(at time: Double) -> JobStatus {
            if time >= end { return final }
            if time < created + pending { return .pending }
            return time < created + pending + running ? .running : .cancelling
        }
    }

    /// Newest first, as ListJobs gives them.
    private(set) var jobs: [Job] = []
    private var places: [String: Int] = [:]
    private let bytes: [Bytes]
    private(set) var gets = 0
    private(set) var lists = 0
    /// Requests that came too fast.
    private(set) var overQuota = 0
    private var getsAfterEnd: [String: Int] = [:]
    /// Of how many requests one is throttled in any case.
    var throttlesOneOf = 0
    var isListDenied = false
    /// Of how many jobs one is missing from the pages.
    var hidesOneOf = 0
    var random = SeededRandom(7)
    private var buckets = [(tokens: 4.0, time: 0.0), (tokens: 4.0, time: 0.0)]

    init(_ jobs: [Job]) {
        self.jobs = jobs.sorted { $0.created > $1.created }
        bytes = self.jobs.map { Array(text: $0.id) }
        for (place, job) in self.jobs.enumerated() { places[job.id] = place }
    }

    func job(_ id: String) -> Job? { places[id].map { jobs[$0] } }

    var requests: Int { gets + lists }

    /// Jobs that were asked for again after an answer that said that they had ended.
    var askedAfterEnd: Int { getsAfterEnd.values.filter { $0 > 1 }.count }

    func answer(_ operation: LocJob.Operation, at time: Double) -> LookAnswer {
        switch operation {
        case .getJob(let jobID):
            gets += 1
            if !admits(0, time) { return throttled }
            return get(jobID.bytes.text, time)
        case .listJobs(let listing):
            lists += 1
            if !admits(1, time) { return throttled }
            return isListDenied ? failed(.accessDenied, isBlip: false) : list(listing, time)
        }
    }

    private var throttled: LookAnswer { failed(.throttled, isBlip: true) }

    private func failed(_ code: Code, isBlip: Bool) -> LookAnswer {
        LookAnswer(failure: Failure(code, "it failed"), isBlip: isBlip)
    }

    private func admits(_ operation: Int, _ time: Double) -> Bool {
        var bucket = buckets[operation]
        bucket.tokens = min(4, bucket.tokens + (time - bucket.time) * 5)
        bucket.time = time
        defer { buckets[operation] = bucket }
        guard bucket.tokens >= 1 else {
            overQuota += 1
            return false
        }
        bucket.tokens -= 1
        return throttlesOneOf == 0 || random.below(throttlesOneOf) > 0
    }

    private func get(_ id: String, _ time: Double) -> LookAnswer {
        guard let job = job(id) else { return failed(.notFound, isBlip: false) }
        let status = job.status(at: time)
        if status.isFinal { getsAfterEnd[id, default: 0] += 1 }
        return LookAnswer(status: status, createdAt: Int64(job.created))
    }

    private func list(_ listing: JobListing, _ time: Double) -> LookAnswer {
        let wanted = listing.status?.withView { JobStatus($0) } ?? .unknown
        var page: [ListedJob] = []
        var place = listing.nextToken.flatMap { Int($0.text) } ?? 0
        while place < jobs.count, page.count < Int(listing.maxResults ?? 100) {
            let job = jobs[place]
            if job.status(at: time) == wanted, job.created <= time, hidesOneOf == 0 || place % hidesOneOf != 0 {
                page.append(ListedJob(jobID: bytes[place], status: wanted, createdAt: Int64(job.created)))
            }
            place += 1
        }
        return LookAnswer(page: page, nextToken: place < jobs.count ? Array(text: String(place)) : nil)
    }
}
