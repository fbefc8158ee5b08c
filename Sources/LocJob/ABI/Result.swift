import CCore
import CLocJob

/// What is behind a `locjob_result`: an outcome, copied into memory of its own. It never changes, except
/// that two texts which few callers ask for are written when they are.
final class Result {
    let code: Code
    let attempts: Int
    let isRetryable: Bool
    let job: UnsafePointer<locjob_job>?
    let json: locjob_string
    let message: UnsafePointer<CChar>
    let errorCode: UnsafePointer<CChar>
    let requestID: UnsafePointer<CChar>
    let jobID: UnsafePointer<CChar>
    private let metadata: ResponseMetadata
    private let trace: [Attempt]
    private let memory: UnsafeMutableRawPointer
    /// For the two texts, in the arena.
    private let slots: UnsafeMutablePointer<UnsafeMutableRawPointer?>

    /// A result of an outcome, for the caller; a plain OUT_OF_MEMORY when it does not fit into memory.
    static func handle(_ outcome: Outcome, jobID: ByteView) -> OpaquePointer? {
        if let result = Result(outcome, jobID: jobID) { return Handle.retain(result) }
        let failure = Failure(.outOfMemory, "no memory for the result")
        return Result(.failure(failure), jobID: .empty).map { Handle.retain($0) }
    }

    private init?(_ outcome: Outcome, jobID: ByteView) {
        let requestID = outcome.requestID
        var safeJobID: Bytes = []
        if !UTF8.isValid(jobID) { safeJobID.append(lossy: jobID) }
        var measure = Arena(nil)
        _ = Layout(outcome, requestID, jobID, safeJobID, &measure)
        guard let memory = lj_allocate(measure.size) else { return nil }
        var arena = Arena(memory)
        let layout = Layout(outcome, requestID, jobID, safeJobID, &arena)
        guard let slots = layout.slots else { return nil }
        self.memory = memory
        self.slots = slots
        code = outcome.code
        attempts = outcome.metadata.attempts
        isRetryable = outcome.isRetryable
        job = layout.job
        json = layout.json
        message = layout.message ?? cText("")
        errorCode = layout.errorCode ?? cText("")
        self.requestID = layout.requestID ?? cText("")
        self.jobID = layout.jobID ?? cText("")
        var metadata = outcome.metadata
        metadata.head = layout.head
        self.metadata = metadata
        trace = outcome.trace
    }

    deinit {
        lj_free(slots[0])
        lj_free(slots[1])
        lj_free(memory)
    }

    var httpStatus: Int { metadata.status }

    var metadataJSON: UnsafePointer<CChar> { written(0) { metadata.json } }

    var traceJSON: UnsafePointer<CChar> { written(1) { LocJob.traceJSON(trace) } }

    /// The text of a slot, written by the first who asks.
    private func written(_ index: Int, _ text: () -> Bytes) -> UnsafePointer<CChar> {
        var known = lj_slot_get(slots + index)
        if known == nil, let copy = CText.copy(text()) { known = lj_slot_fill(slots + index, copy) }
        return known.map { UnsafePointer($0.assumingMemoryBound(to: CChar.self)) } ?? cText("")
    }
}

/// Where an outcome's parts are in an arena.
private struct Layout {
    var job: UnsafePointer<locjob_job>?
    var json = locjob_string()
    var message, errorCode, requestID, jobID: UnsafePointer<CChar>?
    var head: ByteView
    let slots: UnsafeMutablePointer<UnsafeMutableRawPointer?>?

    init(_ outcome: Outcome, _ requestID: Bytes, _ jobID: ByteView, _ safeJobID: Bytes, _ arena: inout Arena) {
        slots = arena.room(UnsafeMutableRawPointer?.self, count: 2)
        slots?.initialize(repeating: nil, count: 2)
        if let job = outcome.job {
            self.job = UnsafePointer(arena.job(job))
            json = locjob_string(data: arena.text(outcome.body), length: outcome.body.count)
        } else {
            json.length = outcome.failureJSON.count
            json.data = outcome.failureJSON.withView { arena.text($0) }
            message = outcome.message.bytes.withView { arena.text($0) }
            errorCode = outcome.errorCode.withView { arena.text($0) }
        }
        self.requestID = requestID.withView { arena.text($0) }
        self.jobID = safeJobID.isEmpty ? arena.text(jobID) : safeJobID.withView { arena.text($0) }
        let head = arena.text(outcome.metadata.head)
        self.head = ByteView(
            head.map { UnsafeRawPointer($0).assumingMemoryBound(to: UInt8.self) }, count: outcome.metadata.head.count)
    }
}
