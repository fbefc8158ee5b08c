/// What became of one request of a call.
struct Attempt {
    /// The pause before it.
    var delay: Nanoseconds = 0
    /// 0 when no response came.
    var status = 0
    /// The service's word for its error, or the code's name without LOCJOB_; empty on success.
    var errorCode: Bytes = []
    /// Empty also while it can be read from the response's head.
    var requestID: Bytes = []
    var timings = Timings()
}

/// The requests of a call, in order. The last stands by itself: most calls make one, which takes no more memory then.
struct Trace {
    private var earlier: [Attempt] = []
    private(set) var last: Attempt?

    var count: Int { earlier.count + (last == nil ? 0 : 1) }

    /// Makes room for another attempt, at a time when there is memory for it.
    mutating func reserve() { earlier.reserveCapacity(earlier.count + 2) }

    mutating func append(_ attempt: Attempt) {
        if let last { earlier.append(last) }
        last = attempt
    }

    /// All of them; `requestID` is what the head of the last response says.
    func attempts(_ requestID: ByteView?) -> [Attempt] {
        guard var last else { return [] }
        if last.status > 0, last.requestID.isEmpty, let requestID { last.requestID = latin1(requestID) }
        return earlier + [last]
    }
}

/// The trace of a call as a JSON array.
func traceJSON(_ attempts: [Attempt]) -> Bytes {
    var writer = JSONWriter()
    writer.array { writer in
        for attempt in attempts {
            writer.object { writer in
                writer.key("status")
                writer.number(Int64(attempt.status))
                writer.key("code")
                writer.string(attempt.errorCode)
                writer.key("request_id")
                writer.string(attempt.requestID)
                let times: [(ByteView, Int64)] = [
                    ("delay_us", attempt.delay / 1000), ("lookup_us", attempt.timings.lookup),
                    ("connect_us", attempt.timings.connect), ("tls_us", attempt.timings.tls),
                    ("first_byte_us", attempt.timings.firstByte), ("total_us", attempt.timings.total),
                ]
                for (name, microseconds) in times {
                    writer.key(name)
                    writer.number(microseconds)
                }
            }
        }
    }
    return writer.bytes
}
