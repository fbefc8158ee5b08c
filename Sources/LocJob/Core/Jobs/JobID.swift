/// The id of the job that is asked for.
struct JobID: Equatable {
    /// The model's maximum, in characters.
    static let maximumLength = 200
    /// In bytes, as JSON text: a character has 12 at the most, as two escapes.
    static let longestText = 12 * maximumLength + 2

    let bytes: Bytes

    /// Throws INVALID_JOB_ID. Characters outside the model's pattern are left to the service, as boto3
    /// does; `.` and `..` match the pattern, but in a path they name another resource.
    init(_ text: ByteView) throws(Failure) {
        guard let length = UTF8.characterCount(text) else {
            throw Failure(.invalidJobID, "job id \(quoted: text) is not UTF-8")
        }
        if length == 0 { throw Failure(.invalidJobID, "job id is empty") }
        if length > Self.maximumLength {
            throw Failure(
                .invalidJobID, "job id is \(length) characters long: \(Self.maximumLength) is the most")
        }
        if text == "." || text == ".." {
            throw Failure(.invalidJobID, "job id \(quoted: text) would name another resource")
        }
        bytes = text.bytes
    }

    /// An id as the service gives it; nil for an empty one.
    init?(known text: Bytes) {
        if text.isEmpty { return nil }
        bytes = text
    }
}
