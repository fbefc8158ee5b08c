import CLocJob

// Section "Getting jobs, and waiting for one" of the header.

@_cdecl("locjob_get") @implementation
public func locjob_get(
    _ client: OpaquePointer!, _ job_id: UnsafePointer<CChar>!, _ call: OpaquePointer!
) -> OpaquePointer! {
    ofJob(client, job_id, call) { client, jobID, call, finish in
        client.call(.getJob(jobID), timeout: call?.timeout, call?.cancellation, finish: finish)
    }
}

@_cdecl("locjob_wait") @implementation
public func locjob_wait(
    _ client: OpaquePointer!, _ job_id: UnsafePointer<CChar>!, _ call: OpaquePointer!
) -> OpaquePointer! {
    ofJob(client, job_id, call) { client, jobID, call, finish in
        client.wait(jobID, timeout: call?.timeout, call?.cancellation, finish: finish)
    }
}

/// The result of what is asked of one job, or of what is wrong with the arguments.
private func ofJob(
    _ client: OpaquePointer?, _ job_id: UnsafePointer<CChar>?, _ call: OpaquePointer?,
    ask: (Client, JobID, Call?, _ finish: (Outcome) -> OpaquePointer?) -> OpaquePointer?
) -> OpaquePointer? {
    entry {
        let text = job_id.map { ByteView(text: $0) } ?? .empty
        do throws(Failure) {
            let jobID = try JobID(given: job_id)
            return ask(try chosenClient(client), jobID, try Call.given(call)) { Result.handle($0, jobID: text) }
        } catch {
            return Result.handle(.failure(error), jobID: text)
        }
    }
}

@_cdecl("locjob_list") @implementation
public func locjob_list(
    _ client: OpaquePointer!, _ status: UnsafePointer<CChar>!, _ max_results: Int32,
    _ next_token: UnsafePointer<CChar>!, _ call: OpaquePointer!
) -> OpaquePointer! {
    entry {
        do throws(Failure) {
            let listing = try JobListing.make(
                status: status.map { ByteView(text: $0) }, maxResults: max_results == 0 ? nil : Int64(max_results),
                nextToken: next_token.map { ByteView(text: $0) })
            let client = try chosenClient(client)
            let call = try Call.given(call)
            return client.call(.listJobs(listing), timeout: call?.timeout, call?.cancellation) {
                Result.handle($0, jobID: .empty)
            }
        } catch {
            return Result.handle(.failure(error), jobID: .empty)
        }
    }
}

extension JobID {
    /// The id that a caller gives; throws INVALID_JOB_ID.
    init(given text: UnsafePointer<CChar>?) throws(Failure) {
        guard let text else { throw Failure(.invalidJobID, "job id is NULL") }
        try self.init(ByteView(text: text))
    }
}

@_cdecl("locjob_free") @implementation
public func locjob_free(_ result: OpaquePointer!) { entry { Result.free(result) } }
