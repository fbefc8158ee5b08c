import CCore
import CLocJob

/// What is behind a `locjob_result`: an outcome, copied into memory of its own. It never changes, except
/// that two texts which few callers ask for are written when they are.
final class Result: Handled {
    static let kind: UInt64 = 0x7B25_E9A4_C1F8_306D

    let code: Code
    let attempts: Int
    let isRetryable: Bool
    let job: UnsafePointer<locjob_job>?
    let json: locjob_string
    let message: UnsafePointer<CChar>
    let errorCode: UnsafePointer<CChar>
    let requestID: UnsafePointer<CChar>
    let jobID: UnsafePointer<CChar>
    /// Of a page.
    let entries: UnsafePointer<UnsafePointer<locjob_job>?>?
    let entryCount: Int
    let nextToken: UnsafePointer<CChar>
    /// Of a queue's.
    let tag: UInt64
    let isFinal: Bool
    private let metadata: ResponseMetadata
    private let trace: [Attempt]
    private let memory: UnsafeMutableRawPointer
    /// For the two texts, in the arena.
    private let slots: UnsafeMutablePointer<UnsafeMutableRawPointer?>

    /// A result of an outcome, for the caller; a plain OUT_OF_MEMORY when it does not fit into memory.
    static func handle(_ outcome: Outcome, jobID: ByteView, tag: UInt64 = 0, isFinal: Bool = true) -> OpaquePointer? {
        if let result = make(outcome, jobID: jobID, tag, isFinal) { return result.handle }
        let failure = Failure(.outOfMemory, "no memory for the result")
        return make(.failure(failure), jobID: .empty, tag, isFinal).map { $0.handle }
    }

    private static func make(_ outcome: Outcome, jobID: ByteView, _ tag: UInt64, _ isFinal: Bool) -> Result? {
        let requestID = outcome.requestID
        var safeJobID: Bytes = []
        if !UTF8.isValid(jobID) { safeJobID.append(lossy: jobID) }
        let json = outcome.hasBody ? outcome.body.count : outcome.ownJSON.count
        var capacity = Arena.bound(lj_handle.self, count: 1) + Arena.bound(UnsafeMutableRawPointer?.self, count: 2)
        capacity += outcome.job.map { JobStruct.bound($0, outcome.body) } ?? 0
        capacity += outcome.page.map { PageStruct.bound($0) } ?? 0
        for length in [
            json, outcome.message.bytes.count, outcome.errorCode.count, requestID.count,
            safeJobID.isEmpty ? jobID.count : safeJobID.count, outcome.metadata.head.count,
        ] {
            capacity += Arena.bound(UInt8.self, count: length + 1)
        }
        guard var arena = Arena(capacity: capacity) else { return nil }
        guard arena.room(lj_handle.self, count: 1) != nil,
            let slots = arena.room(UnsafeMutableRawPointer?.self, count: 2)
        else {
            lj_free(arena.base)
            return nil
        }
        slots.initialize(repeating: nil, count: 2)
        return safeJobID.withView {
            Result(outcome, requestID, $0.isEmpty ? jobID : $0, tag, isFinal, &arena, slots)
        }
    }

    /// The arena has room for all of it.
    private init(
        _ outcome: Outcome, _ requestID: Bytes, _ jobID: ByteView, _ tag: UInt64, _ isFinal: Bool, _ arena: inout Arena,
        _ slots: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    ) {
        self.slots = slots
        self.tag = tag
        self.isFinal = isFinal
        memory = arena.base
        code = outcome.code
        attempts = outcome.metadata.attempts
        isRetryable = outcome.isRetryable
        job = outcome.job.flatMap { JobStruct.make($0, outcome.body, in: &arena) }
        let page = outcome.page.map { PageStruct.make($0, in: &arena) }
        entries = page?.entries
        entryCount = page?.count ?? 0
        nextToken = page?.nextToken ?? cText("")
        json = outcome.hasBody ? arena.string(outcome.body) : arena.string(outcome.ownJSON)
        message = arena.text(outcome.message.bytes) ?? cText("")
        errorCode = arena.text(oneLine(outcome.errorCode)) ?? cText("")
        self.requestID = arena.text(requestID) ?? cText("")
        self.jobID = arena.text(jobID) ?? cText("")
        var metadata = outcome.metadata
        let head = arena.text(metadata.head)
        metadata.head = ByteView(
            head.map { UnsafeRawPointer($0).assumingMemoryBound(to: UInt8.self) }, count: metadata.head.count)
        self.metadata = metadata
        trace = outcome.trace
    }

    /// The caller's pointer to this, at the beginning of the arena.
    private var handle: OpaquePointer { Handle.retain(self, at: memory) }

    deinit {
        lj_free(slots[0])
        lj_free(slots[1])
        lj_free(memory)
    }

    var httpStatus: Int { metadata.status }

    var metadataJSON: UnsafePointer<CChar> { written(0, otherwise: "{}") { metadata.json } }

    var traceJSON: UnsafePointer<CChar> { written(1, otherwise: "[]") { LocJob.traceJSON(trace) } }

    /// The text of a slot, written by the first who asks. `otherwise` stands for one that memory does not suffice for.
    private func written(_ index: Int, otherwise: StaticString, _ text: () -> Bytes) -> UnsafePointer<CChar> {
        var known = lj_slot_get(slots + index)
        if known == nil, let copy = CText.copy(text()) { known = lj_slot_fill(slots + index, copy) }
        return known.map { UnsafePointer($0.assumingMemoryBound(to: CChar.self)) } ?? cText(otherwise)
    }
}

/// A service's word for its error as text without control characters; never longer than it was.
private func oneLine(_ text: Bytes) -> Bytes {
    var result = text
    for i in result.indices where result[i] < 0x20 || result[i] == 0x7F { result[i] = UInt8(ascii: " ") }
    return result
}
