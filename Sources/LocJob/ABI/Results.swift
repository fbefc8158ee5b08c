import CLocJob

// Section "Reading a result" of the header. NULL stands for the result that memory did not suffice for.

private let outOfMemoryJSON: StaticString =
    #"{"Error":{"Code":"OUT_OF_MEMORY","Message":"out of memory"},"ResponseMetadata":{"RetryAttempts":0}}"#

@_cdecl("locjob_result_code") @implementation
public func locjob_result_code(_ result: OpaquePointer!) -> locjob_code {
    (Result.at(result)?.pointee.code ?? .outOfMemory).rawValue
}

@_cdecl("locjob_result_job") @implementation
public func locjob_result_job(_ result: OpaquePointer!) -> UnsafePointer<locjob_job>! {
    Result.at(result)?.pointee.job
}

@_cdecl("locjob_result_entry_count") @implementation
public func locjob_result_entry_count(_ result: OpaquePointer!) -> Int { Result.at(result)?.pointee.entryCount ?? 0 }

@_cdecl("locjob_result_entry") @implementation
public func locjob_result_entry(_ result: OpaquePointer!, _ index: Int) -> UnsafePointer<locjob_job>! {
    guard let result = Result.at(result), index >= 0, index < result.pointee.entryCount else { return nil }
    return result.pointee.entries?[index]
}

@_cdecl("locjob_result_next_token") @implementation
public func locjob_result_next_token(_ result: OpaquePointer!) -> UnsafePointer<CChar>! {
    Result.at(result)?.pointee.nextToken ?? cText("")
}

@_cdecl("locjob_result_json") @implementation
public func locjob_result_json(_ result: OpaquePointer!) -> UnsafePointer<CChar>! {
    Result.at(result)?.pointee.json.data ?? cText(outOfMemoryJSON)
}

@_cdecl("locjob_result_json_length") @implementation
public func locjob_result_json_length(_ result: OpaquePointer!) -> Int {
    Result.at(result)?.pointee.json.length ?? outOfMemoryJSON.utf8CodeUnitCount
}

@_cdecl("locjob_result_message") @implementation
public func locjob_result_message(_ result: OpaquePointer!) -> UnsafePointer<CChar>! {
    Result.at(result)?.pointee.message ?? cText(Code.outOfMemory.text)
}

@_cdecl("locjob_result_error_code") @implementation
public func locjob_result_error_code(_ result: OpaquePointer!) -> UnsafePointer<CChar>! {
    Result.at(result)?.pointee.errorCode ?? cText("OUT_OF_MEMORY")
}

@_cdecl("locjob_result_http_status") @implementation
public func locjob_result_http_status(_ result: OpaquePointer!) -> Int32 {
    Int32(truncatingIfNeeded: Result.at(result)?.pointee.httpStatus ?? 0)
}

@_cdecl("locjob_result_request_id") @implementation
public func locjob_result_request_id(_ result: OpaquePointer!) -> UnsafePointer<CChar>! {
    Result.at(result)?.pointee.requestID ?? cText("")
}

@_cdecl("locjob_result_attempts") @implementation
public func locjob_result_attempts(_ result: OpaquePointer!) -> Int32 {
    Int32(truncatingIfNeeded: Result.at(result)?.pointee.attempts ?? 0)
}

@_cdecl("locjob_result_retryable") @implementation
public func locjob_result_retryable(_ result: OpaquePointer!) -> Int32 {
    Result.at(result)?.pointee.isRetryable ?? true ? 1 : 0
}

@_cdecl("locjob_result_job_id") @implementation
public func locjob_result_job_id(_ result: OpaquePointer!) -> UnsafePointer<CChar>! {
    Result.at(result)?.pointee.jobID ?? cText("")
}

@_cdecl("locjob_result_tag") @implementation
public func locjob_result_tag(_ result: OpaquePointer!) -> UInt64 { Result.at(result)?.pointee.tag ?? 0 }

@_cdecl("locjob_result_is_final") @implementation
public func locjob_result_is_final(_ result: OpaquePointer!) -> Int32 {
    Result.at(result)?.pointee.isFinal ?? true ? 1 : 0
}

@_cdecl("locjob_result_metadata") @implementation
public func locjob_result_metadata(_ result: OpaquePointer!) -> UnsafePointer<CChar>! {
    entry { Result.at(result)?.pointee.metadataJSON ?? cText(#"{"RetryAttempts":0}"#) }
}

@_cdecl("locjob_result_trace") @implementation
public func locjob_result_trace(_ result: OpaquePointer!) -> UnsafePointer<CChar>! {
    entry { Result.at(result)?.pointee.traceJSON ?? cText("[]") }
}
