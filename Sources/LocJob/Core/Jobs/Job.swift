/// A word from a list that may grow: the number of a word that this version knows, else 0.
struct Word {
    var value: Int32
    var text: JSONValue
}

/// A job as GetJob's response describes it (service model, GetJobResponse). Its strings, lists and tags
/// stay where they are in the response's body and borrow it.
struct Job {
    /// The service allows 50 tags; a body with more than this is no description of a job.
    static let maximumTags = 1000

    private let members: JobMembers
    let status: Word
    let action: Word
    let createdAt: Timestamp
    let updatedAt: Timestamp
    let endedAt: Timestamp?
    let inputFormat: Word
    let outputFormat: Word
    let errorCode: Word
    /// A list of strings, or null.
    let additionalFeatures: JSONValue
    /// Strings and nulls; a name may come twice, and then the last one counts.
    let tags: JSONMembers

    /// Throws INVALID_RESPONSE, naming the member that is missing or of another type.
    init(_ body: ByteView) throws(Failure) {
        try self.init(body, tags: JSONMembers())
    }

    /// The same, with a list for the tags that an earlier job, which is gone, has used.
    init(_ body: ByteView, tags: JSONMembers) throws(Failure) {
        var found = JobMembers()
        try found.read(body, tags)
        try check(found.jobID, "JobId")
        try check(found.jobARN, "JobArn")
        if !found.name.isNull { try check(found.name, "Name") }
        status = try word(found.status, "Status", LocJob.status)
        action = try word(found.action, "Action", LocJob.action)
        createdAt = try timestamp(found.createdAt, "CreatedAt")
        updatedAt = try timestamp(found.updatedAt, "UpdatedAt")
        endedAt = found.endedAt.isNull ? nil : try timestamp(found.endedAt, "EndedAt")
        try check(found.roleARN, "ExecutionRoleArn")

        guard try found.input.isThere("InputOptions") else { throw missing("InputOptions") }
        try check(found.input.first, "InputOptions.Location")
        inputFormat = try word(found.input.second, "InputOptions.Format", LocJob.format)
        guard try found.output.isThere("OutputOptions") else { throw missing("OutputOptions") }
        try check(found.output.first, "OutputOptions.Location")
        outputFormat = try word(found.output.second, "OutputOptions.Format", LocJob.format)

        var options = JobMemberPair()
        if try found.options.isThere("ActionOptions"), !found.options.first.isNull {
            try options.read(found.options.first, .additionalFeatures)
        }
        _ = try options.isThere("ActionOptions.ValidateAddress")
        try check(list: options.first, "ActionOptions.ValidateAddress.AdditionalFeatures")
        additionalFeatures = options.first

        let hasError = try found.error.isThere("Error")
        errorCode = hasError ? try word(found.error.first, "Error.Code", jobError) : Word(value: 0, text: .absent)
        try check(list: found.error.second, "Error.Messages")
        try found.check(tags)
        members = found
        self.tags = tags
    }

    var jobID: JSONValue { members.jobID }
    var jobARN: JSONValue { members.jobARN }
    /// Null where there is none.
    var name: JSONValue { members.name }
    var executionRoleARN: JSONValue { members.roleARN }
    var inputLocation: JSONValue { members.input.first }
    var outputLocation: JSONValue { members.output.first }
    /// A list of strings, or null.
    var errorMessages: JSONValue { members.error.second }

    /// Where the job is in its life.
    var state: JobStatus { JobStatus(rawValue: status.value) ?? .unknown }

    /// How much of its error's texts a message is made of, which is cut before that.
    static let shownOfError = 4096

    /// The beginning of the first of the messages of its error.
    var firstErrorMessage: Bytes? {
        var first: Bytes?
        try? JSONReader.elements(of: errorMessages) { (message) throws(Failure) in
            if first == nil { first = message.string(characters: Self.shownOfError) }
        }
        return first
    }

    /// The number of an additional feature's name.
    static func feature(_ name: JSONValue) -> Word { Word(value: number(name, LocJob.feature), text: name) }
}

// MARK: - Words (service model, enums)

private func status(_ word: ByteView) -> Int32 { JobStatus(word).rawValue }

private func action(_ word: ByteView) -> Int32 { word == "ValidateAddress" ? 1 : 0 }

private func format(_ word: ByteView) -> Int32 { word == "Parquet" ? 1 : 0 }

private func feature(_ word: ByteView) -> Int32 {
    if word == "Position" { return 1 }
    return word == "CountrySpecificAttributes" ? 2 : 0
}

private func jobError(_ word: ByteView) -> Int32 {
    if word == "ValidationError" { return 1 }
    return word == "InternalServerError" ? 2 : 0
}

private func number(_ word: JSONValue, _ list: (ByteView) -> Int32) -> Int32 {
    if let plain = word.plain { return list(plain) }
    // No word that is known is so long.
    return word.string(characters: 100)?.withView { list($0) } ?? 0
}

// MARK: - Checks

@inline(never)
private func missing(_ name: StaticString) -> Failure { .invalidResponse("member \(name) is missing") }

@inline(__always)
private func check(_ value: JSONValue, _ name: StaticString) throws(Failure) {
    if value.kind != .string { throw noString(value, name) }
}

@inline(never)
private func noString(_ value: JSONValue, _ name: StaticString) -> Failure {
    value.isNull ? missing(name) : .invalidResponse("member \(name) is not a string")
}

private func word(_ value: JSONValue, _ name: StaticString, _ list: (ByteView) -> Int32) throws(Failure) -> Word {
    try check(value, name)
    return Word(value: number(value, list), text: value)
}

private func timestamp(_ value: JSONValue, _ name: StaticString) throws(Failure) -> Timestamp {
    if value.isNull { throw missing(name) }
    var timestamp: Timestamp?
    if value.kind == .number {
        timestamp = Timestamp(epoch: value.text)
    } else if let plain = value.plain {
        timestamp = Timestamp(text: plain)
    } else if value.text.count < 1000, let text = value.string {
        // With escapes, and of a length that a time may have.
        timestamp = text.withView { Timestamp(text: $0) }
    }
    guard let timestamp else { throw .invalidResponse("member \(name) is not a timestamp") }
    return timestamp
}

/// Null and a list of strings are taken.
private func check(list: JSONValue, _ name: StaticString) throws(Failure) {
    if list.isNull { return }
    guard list.kind == .array else { throw .invalidResponse("member \(name) is not a list") }
    guard list.isAllStrings else { throw .invalidResponse("member \(name) is not a list of strings") }
}
