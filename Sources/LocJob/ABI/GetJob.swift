import CLocJob

// Section "Getting a job" of the header.

@_cdecl("locjob_get") @implementation
public func locjob_get(
    _ client: OpaquePointer!, _ job_id: UnsafePointer<CChar>!, _ call: OpaquePointer!
) -> OpaquePointer! {
    entry {
        let jobID = job_id.map { ByteView(text: $0) } ?? .empty
        do throws(Failure) {
            guard job_id != nil else { throw Failure(.invalidJobID, "job id is NULL") }
            let client = try chosenClient(client)
            let call = Handle.object(call, Call.self)
            return client.get(jobID, timeout: call?.timeout, cancellation: call?.cancellation) {
                Result.handle($0, jobID: jobID)
            }
        } catch {
            return Result.handle(.failure(error), jobID: jobID)
        }
    }
}

@_cdecl("locjob_free") @implementation
public func locjob_free(_ result: OpaquePointer!) { entry { Handle.release(result, Result.self) } }
