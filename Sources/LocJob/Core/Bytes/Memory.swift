import CCore

/// Whether so much memory can be had at this moment. An array that Swift gets no memory for ends the process, so
/// for those that are as long as somebody else likes this is asked before.
func hasMemory(_ size: Int) -> Bool {
    guard let memory = lj_allocate(size) else { return false }
    lj_free(memory)
    return true
}
