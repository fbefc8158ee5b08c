import CLocJob

// Section "Queue" of the header.

@_cdecl("locjob_queue_new") @implementation
public func locjob_queue_new(
    _ client: OpaquePointer!, _ queue: UnsafeMutablePointer<OpaquePointer?>!
) -> OpaquePointer! {
    entry {
        queue?.pointee = nil
        do throws(Failure) {
            guard let queue else { throw Failure(.invalidArgument, "no place for the queue: it is NULL") }
            guard let handle = Handle.retain(try Queue.make(chosenClient(client))) else {
                throw Failure(.outOfMemory, "no memory for a queue")
            }
            queue.pointee = handle
            return nil
        } catch {
            return Result.handle(.failure(error), jobID: .empty)
        }
    }
}

/// A queue in use is left as it is: losing it is better than taking it from under a thread.
@_cdecl("locjob_queue_free") @implementation
public func locjob_queue_free(_ queue: OpaquePointer!) {
    entry {
        guard let known = Handle.object(queue, Queue.self), known.exclusively({ true }) != nil else { return }
        Handle.release(queue, Queue.self)
    }
}

@_cdecl("locjob_queue_get") @implementation
public func locjob_queue_get(
    _ queue: OpaquePointer!, _ job_id: UnsafePointer<CChar>!, _ tag: UInt64
) -> locjob_code { add(.get, queue, job_id, tag) }

@_cdecl("locjob_queue_wait") @implementation
public func locjob_queue_wait(
    _ queue: OpaquePointer!, _ job_id: UnsafePointer<CChar>!, _ tag: UInt64
) -> locjob_code { add(.wait, queue, job_id, tag) }

@_cdecl("locjob_queue_watch") @implementation
public func locjob_queue_watch(
    _ queue: OpaquePointer!, _ job_id: UnsafePointer<CChar>!, _ tag: UInt64
) -> locjob_code { add(.watch, queue, job_id, tag) }

private func add(
    _ purpose: Queue.Purpose, _ queue: OpaquePointer?, _ job_id: UnsafePointer<CChar>?, _ tag: UInt64
) -> locjob_code {
    entry {
        guard let queue = Handle.object(queue, Queue.self) else { return Code.invalidArgument.rawValue }
        do throws(Failure) {
            let jobID = try JobID(given: job_id)
            return (queue.exclusively { queue.add(purpose, jobID, tag: tag) } ?? .busy).rawValue
        } catch {
            return error.code.rawValue
        }
    }
}

@_cdecl("locjob_queue_next") @implementation
public func locjob_queue_next(_ queue: OpaquePointer!, _ timeout_ms: Int64) -> OpaquePointer! {
    entry {
        guard let queue = Handle.object(queue, Queue.self) else { return nil }
        if let next = queue.exclusively({ queue.next(timeout: timeout_ms) }) { return next }
        return Result.handle(.failure(Failure(.busy, "another thread is using the queue")), jobID: .empty)
    }
}

@_cdecl("locjob_queue_fd") @implementation
public func locjob_queue_fd(_ queue: OpaquePointer!) -> Int32 {
    entry {
        guard let queue = Handle.object(queue, Queue.self) else { return -1 }
        return queue.exclusively { queue.descriptor } ?? -1
    }
}

@_cdecl("locjob_queue_cancel") @implementation
public func locjob_queue_cancel(_ queue: OpaquePointer!, _ tag: UInt64) -> locjob_code {
    entry {
        guard let queue = Handle.object(queue, Queue.self) else { return Code.invalidArgument.rawValue }
        return (queue.exclusively { queue.cancel(tag: tag) } ?? .busy).rawValue
    }
}

@_cdecl("locjob_queue_pending") @implementation
public func locjob_queue_pending(_ queue: OpaquePointer!) -> Int {
    entry {
        guard let queue = Handle.object(queue, Queue.self) else { return 0 }
        return queue.exclusively { queue.pending } ?? 0
    }
}
