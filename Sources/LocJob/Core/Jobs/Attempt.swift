/// What became of one request of a call.
struct Attempt {
    /// The pause before it.
    var delay: Nanoseconds = 0
    /// 0 when no response came.
    var status = 0
    /// The service's word for its error, or the code's name without LOCJOB_; empty on success.
    var errorCode: Bytes = []
    var requestID: Bytes = []
    var timings = Timings()
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
