import CCore
import CLocJob
import CPlatform

// Section "Codes" of the header, and the version.

@_cdecl("locjob_version") @implementation
public func locjob_version() -> UnsafePointer<CChar>! { cText(Version.text) }

@_cdecl("locjob_code_name") @implementation
public func locjob_code_name(_ code: locjob_code) -> UnsafePointer<CChar>! {
    cText(Code(rawValue: code)?.name ?? "LOCJOB_UNKNOWN")
}

@_cdecl("locjob_code_text") @implementation
public func locjob_code_text(_ code: locjob_code) -> UnsafePointer<CChar>! {
    cText(Code(rawValue: code)?.text ?? "unknown code")
}

@_cdecl("locjob_codes") @implementation
public func locjob_codes(_ count: UnsafeMutablePointer<Int>!) -> UnsafePointer<locjob_code>! {
    entry { codeList(count) }
}

private func codeList(_ count: UnsafeMutablePointer<Int>?) -> UnsafePointer<locjob_code>? {
    let all = Code.allCases
    count?.pointee = all.count
    guard let slot = lj_code_list() else { return nil }
    if let known = lj_slot_get(slot) { return UnsafePointer(known.assumingMemoryBound(to: locjob_code.self)) }
    guard let list = lj_allocate(MemoryLayout<locjob_code>.stride * all.count) else {
        count?.pointee = 0
        return nil
    }
    let codes = list.assumingMemoryBound(to: locjob_code.self)
    for i in all.indices { codes[i] = all[i].rawValue }
    return lj_slot_fill(slot, list).map { UnsafePointer($0.assumingMemoryBound(to: locjob_code.self)) }
}

/// The text of a literal, which lives as long as the library and ends in a NUL.
func cText(_ text: StaticString) -> UnsafePointer<CChar> {
    UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
}
