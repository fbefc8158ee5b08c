import CCore
import CLocJob

/// What is behind a `locjob_result`: an outcome, copied into one block of memory together with this. It never
/// changes, except that two texts which few callers ask for are written when they are.
struct Result {
    private static let kind: UInt64 = 0x7B25_E9A4_C1F8_306D

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
    private let requests: Trace
    /// For the two texts, in the arena.
    private let slots: UnsafeMutablePointer<UnsafeMutableRawPointer?>

    /// A result of an outcome, for the caller; a plain OUT_OF_MEMORY when it does not fit into memory.
    static func handle(_ outcome: Outcome, jobID: ByteView, tag: UInt64 = 0, isFinal: Bool = true) -> OpaquePointer? {
        if let result = make(outcome, jobID: jobID, tag, isFinal) { return result }
        let failure = Failure(.outOfMemory, "no memory for the result")
        return make(.failure(failure), jobID: .empty, tag, isFinal)
    }

    /// The result behind a pointer of `handle`; nil for NULL and for what is none.
    static func at(_ pointer: OpaquePointer?) -> UnsafePointer<Result>? {
        lj_handle_object(UnsafePointer(pointer), kind).map { UnsafePointer($0.assumingMemoryBound(to: Result.self)) }
    }

    /// Gives back what `handle` made. NULL, and what is no such pointer any more, is allowed.
    static func free(_ pointer: OpaquePointer?) {
        guard let content = lj_handle_take(UnsafeMutablePointer(pointer), kind) else { return }
        let result = content.assumingMemoryBound(to: Result.self)
        lj_free(result.pointee.slots[0])
        lj_free(result.pointee.slots[1])
        result.deinitialize(count: 1)
        lj_free(UnsafeMutableRawPointer(pointer))
    }

    private static func make(_ outcome: Outcome, jobID: ByteView, _ tag: UInt64, _ isFinal: Bool) -> OpaquePointer? {
        let requestID = outcome.requestIDField ?? .empty
        var safeJobID: Bytes = []
        if !UTF8.isValid(jobID) { safeJobID.append(lossy: jobID) }
        var capacity = Arena.bound(lj_handle.self, count: 1) + Arena.bound(Result.self, count: 1)
        capacity += Arena.bound(UnsafeMutableRawPointer?.self, count: 2)
        capacity += outcome.job?.structBound(outcome.body) ?? 0
        capacity += outcome.page.map { PageStruct.bound($0) } ?? 0
        capacity += outcome.hasBody ? outcome.body.count : outcome.ownJSON.count
        capacity += outcome.message.bytes.count + outcome.errorCode.count + outcome.metadata.head.count
        capacity += safeJobID.isEmpty ? jobID.count : safeJobID.count
        // A character of a header takes two bytes of UTF-8 at the most.
        capacity += 2 * requestID.count
        capacity += Arena.bound(UInt8.self, count: 1) * 6
        guard var arena = Arena(capacity: capacity) else { return nil }
        guard arena.room(lj_handle.self, count: 1) != nil, let place = arena.room(Result.self, count: 1),
            let slots = arena.room(UnsafeMutableRawPointer?.self, count: 2)
        else {
            lj_free(arena.base)
            return nil
        }
        slots.initialize(repeating: nil, count: 2)
        safeJobID.withView {
            place.initialize(to: Result(outcome, requestID, $0.isEmpty ? jobID : $0, tag, isFinal, &arena, slots))
        }
        return Handle.place(at: arena.base, kind, place)
    }

    /// The arena has room for all of it.
    private init(
        _ outcome: Outcome, _ requestID: ByteView, _ jobID: ByteView, _ tag: UInt64, _ isFinal: Bool,
        _ arena: inout Arena, _ slots: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    ) {
        self.slots = slots
        self.tag = tag
        self.isFinal = isFinal
        code = outcome.code
        attempts = outcome.metadata.attempts
        isRetryable = outcome.isRetryable
        job = outcome.job?.makeStruct(outcome.body, in: &arena)
        let page = outcome.page.map { PageStruct.make($0, in: &arena) }
        entries = page?.entries
        entryCount = page?.count ?? 0
        nextToken = page?.nextToken ?? cText("")
        json = outcome.hasBody ? arena.string(outcome.body) : arena.string(outcome.ownJSON)
        message = arena.text(outcome.message.bytes) ?? cText("")
        errorCode = arena.text(oneLine(outcome.errorCode)) ?? cText("")
        self.requestID = arena.text(latin1: requestID) ?? cText("")
        self.jobID = arena.text(jobID) ?? cText("")
        var metadata = outcome.metadata
        let head = arena.text(metadata.head)
        metadata.head = ByteView(
            head.map { UnsafeRawPointer($0).assumingMemoryBound(to: UInt8.self) }, count: metadata.head.count)
        self.metadata = metadata
        requests = outcome.requests
    }

    var httpStatus: Int { metadata.status }

    var metadataJSON: UnsafePointer<CChar> { known(0) ?? write(0, metadata.json) ?? cText("{}") }

    var traceJSON: UnsafePointer<CChar> {
        known(1) ?? write(1, LocJob.traceJSON(requests.attempts(metadata.requestID))) ?? cText("[]")
    }

    /// The text of a slot; nil when nobody has asked for it yet.
    private func known(_ index: Int) -> UnsafePointer<CChar>? {
        lj_slot_get(slots + index).map { UnsafePointer($0.assumingMemoryBound(to: CChar.self)) }
    }

    /// The same, written now, or by another thread meanwhile; nil when there is no memory for it.
    private func write(_ index: Int, _ text: Bytes) -> UnsafePointer<CChar>? {
        guard let copy = CText.copy(text) else { return nil }
        return lj_slot_fill(slots + index, copy).map { UnsafePointer($0.assumingMemoryBound(to: CChar.self)) }
    }
}

/// A service's word for its error as text without control characters; never longer than it was.
private func oneLine(_ text: Bytes) -> Bytes {
    var result = text
    for i in result.indices where result[i] < 0x20 || result[i] == 0x7F { result[i] = UInt8(ascii: " ") }
    return result
}
