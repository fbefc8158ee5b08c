/// Ended jobs as the service described them, the latest ones up to a number: a job that has ended never
/// changes its status again, so that who waits for it need not ask. Safe to use from many threads.
final class EndedJobs {
    private let lock = Lock()
    private let capacity: Int
    /// In the order of their arrival, a ring once it is full.
    private var jobs: [EndedJob] = []
    private var oldest = 0
    private var places: JobPlaces
    /// Larger descriptions are not worth the memory.
    private static let largest = 65_536

    /// `seed` is to be random.
    init(capacity: Int, seed: UInt64 = 0) {
        self.capacity = capacity
        places = JobPlaces(seed: seed)
    }

    var isUsable: Bool { lock.isUsable }

    /// Nil when the job has not ended as far as is known.
    func find(_ jobID: JobID) -> EndedJob? {
        guard capacity > 0 else { return nil }
        return lock.withLock { places[jobID].map { jobs[$0] } }
    }

    /// Keeps a copy of what the service said, if that is the description of a job that has ended.
    func remember(_ jobID: JobID, _ outcome: Outcome) {
        guard capacity > 0, let job = outcome.job, job.state.isFinal, outcome.body.count <= Self.largest,
            hasMemory(2 * (outcome.body.count + outcome.metadata.head.count))
        else { return }
        let ended = EndedJob(jobID, outcome)
        lock.withLock {
            if let place = places[jobID] {
                jobs[place] = ended
            } else if jobs.count < capacity {
                places[jobID] = jobs.count
                jobs.append(ended)
            } else {
                places[jobs[oldest].jobID] = nil
                places[jobID] = oldest
                jobs[oldest] = ended
                oldest = (oldest + 1) % capacity
            }
        }
    }
}

/// The description of a job that has ended.
final class EndedJob {
    let jobID: JobID
    private let body: Bytes
    private let head: Bytes
    private let status: Int

    fileprivate init(_ jobID: JobID, _ outcome: Outcome) {
        self.jobID = jobID
        body = outcome.body.bytes
        head = outcome.metadata.head.bytes
        status = outcome.metadata.status
    }

    /// Lends an outcome that made no request; valid for the time of `use`. The metadata are those of the
    /// response that told of the job's end.
    func withOutcome<R>(_ use: (Outcome) -> R) -> R {
        body.withView { body in
            head.withView { head in
                let metadata = ResponseMetadata(
                    status: status, head: head, attempts: 0, isMaxAttemptsReached: false, isRetryQuotaReached: false)
                do throws(Failure) {
                    return use(.success(try Job(body), nil, body, metadata, Trace()))
                } catch {
                    return use(.failure(error))
                }
            }
        }
    }
}
