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

    let jobID: JSONValue
    let jobARN: JSONValue
    let name: JSONValue?
    let status: Word
    let action: Word
    let createdAt: Timestamp
    let updatedAt: Timestamp
    let endedAt: Timestamp?
    let executionRoleARN: JSONValue
    let inputLocation: JSONValue
    let inputFormat: Word
    let outputLocation: JSONValue
    let outputFormat: Word
    /// A list of strings.
    let additionalFeatures: JSONValue?
    let errorCode: Word?
    /// A list of strings.
    let errorMessages: JSONValue?
    /// An object of strings and nulls; a name may come twice, and then the last one counts.
    let tags: JSONValue?

    /// Throws INVALID_RESPONSE, naming the member that is missing or of another type.
    init(_ body: ByteView) throws(Failure) {
        var found = Members()
        try JSONReader.object(body) { (key, value) throws(Failure) in found.take(key, value) }

        jobID = try string(required(found.jobID, "JobId"), "JobId")
        jobARN = try string(required(found.jobARN, "JobArn"), "JobArn")
        name = try found.name.map { value throws(Failure) in try string(value, "Name") }
        status = try word(found.status, "Status", LocJob.status)
        action = try word(found.action, "Action", LocJob.action)
        createdAt = try timestamp(required(found.createdAt, "CreatedAt"), "CreatedAt")
        updatedAt = try timestamp(required(found.updatedAt, "UpdatedAt"), "UpdatedAt")
        endedAt = try found.endedAt.map { value throws(Failure) in try timestamp(value, "EndedAt") }
        executionRoleARN = try string(required(found.roleARN, "ExecutionRoleArn"), "ExecutionRoleArn")
        (inputLocation, inputFormat) = try location(
            required(found.input, "InputOptions"), "InputOptions", "InputOptions.Location", "InputOptions.Format")
        (outputLocation, outputFormat) = try location(
            required(found.output, "OutputOptions"), "OutputOptions", "OutputOptions.Location",
            "OutputOptions.Format")

        let options = try members("ValidateAddress", of: found.options, "ActionOptions").0
        additionalFeatures = try list(
            members("AdditionalFeatures", of: options, "ActionOptions.ValidateAddress").0,
            "ActionOptions.ValidateAddress.AdditionalFeatures")

        let (code, messages) = try members("Code", "Messages", of: found.error, "Error")
        errorCode = try found.error.map { _ throws(Failure) in try word(code, "Error.Code", jobError) }
        errorMessages = try list(messages, "Error.Messages")
        tags = try map(found.tags)
    }

    /// Where the job is in its life.
    var state: JobStatus { JobStatus(rawValue: status.value) ?? .unknown }

    /// The first of the messages of its error.
    var firstErrorMessage: Bytes? {
        guard let errorMessages else { return nil }
        var first: Bytes?
        try? JSONReader.elements(of: errorMessages) { (message) throws(Failure) in
            if first == nil { first = message.string }
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
    return word.string?.withView { list($0) } ?? 0
}

// MARK: - Members

/// The members of the response, the last of each name; null is absent.
private struct Members {
    var jobID, jobARN, name, status, action, createdAt, updatedAt, endedAt, roleARN: JSONValue?
    var input, output, options, error, tags: JSONValue?

    mutating func take(_ key: JSONValue, _ given: JSONValue) {
        if let plain = key.plain {
            take(plain, given)
        } else {
            key.string?.withView { take($0, given) }
        }
    }

    private mutating func take(_ name: ByteView, _ given: JSONValue) {
        let value = given.isNull ? nil : given
        if name == "JobId" {
            self.jobID = value
        } else if name == "JobArn" {
            self.jobARN = value
        } else if name == "Name" {
            self.name = value
        } else if name == "Status" {
            self.status = value
        } else if name == "Action" {
            self.action = value
        } else if name == "CreatedAt" {
            self.createdAt = value
        } else if name == "UpdatedAt" {
            self.updatedAt = value
        } else if name == "EndedAt" {
            self.endedAt = value
        } else if name == "ExecutionRoleArn" {
            self.roleARN = value
        } else if name == "InputOptions" {
            self.input = value
        } else if name == "OutputOptions" {
            self.output = value
        } else if name == "ActionOptions" {
            self.options = value
        } else if name == "Error" {
            self.error = value
        } else if name == "Tags" {
            self.tags = value
        }
    }
}

@inline(__always)
private func required(_ value: JSONValue?, _ name: StaticString) throws(Failure) -> JSONValue {
    guard let value else { throw .invalidResponse("member \(name) is missing") }
    return value
}

@inline(__always)
private func string(_ value: JSONValue, _ name: StaticString) throws(Failure) -> JSONValue {
    guard value.kind == .string else { throw .invalidResponse("member \(name) is not a string") }
    return value
}

private func word(_ value: JSONValue?, _ name: StaticString, _ list: (ByteView) -> Int32) throws(Failure) -> Word {
    let text = try string(required(value, name), name)
    return Word(value: number(text, list), text: text)
}

private func timestamp(_ value: JSONValue, _ name: StaticString) throws(Failure) -> Timestamp {
    var timestamp: Timestamp?
    if value.kind == .number {
        timestamp = Timestamp(epoch: value.text)
    } else if let plain = value.plain {
        timestamp = Timestamp(text: plain)
    } else if let text = value.string {
        timestamp = text.withView { Timestamp(text: $0) }
    }
    guard let timestamp else { throw .invalidResponse("member \(name) is not a timestamp") }
    return timestamp
}

/// One or two members of an object, the last of each name; nil where one or the object is absent.
private func members(
    _ first: ByteView, _ second: ByteView? = nil, of object: JSONValue?, _ objectName: StaticString
) throws(Failure) -> (JSONValue?, JSONValue?) {
    guard let object else { return (nil, nil) }
    guard object.kind == .object else { throw .invalidResponse("member \(objectName) is not an object") }
    var result: (JSONValue?, JSONValue?)
    try JSONReader.members(of: object) { (key, value) throws(Failure) in
        if key.equals(first) { result.0 = value.isNull ? nil : value }
        if let second, key.equals(second) { result.1 = value.isNull ? nil : value }
    }
    return result
}

private func location(
    _ options: JSONValue, _ name: StaticString, _ locationName: StaticString, _ formatName: StaticString
) throws(Failure) -> (JSONValue, Word) {
    let (location, format) = try members("Location", "Format", of: options, name)
    return (
        try string(required(location, locationName), locationName), try word(format, formatName, LocJob.format)
    )
}

private func list(_ list: JSONValue?, _ name: StaticString) throws(Failure) -> JSONValue? {
    guard let list else { return nil }
    guard list.kind == .array else { throw .invalidResponse("member \(name) is not a list") }
    guard list.isAllStrings else { throw .invalidResponse("member \(name) is not a list of strings") }
    return list
}

private func map(_ tags: JSONValue?) throws(Failure) -> JSONValue? {
    guard let tags else { return nil }
    guard tags.kind == .object else { throw .invalidResponse("member Tags is not an object") }
    if tags.count > Job.maximumTags {
        throw .invalidResponse("member Tags has more than \(Job.maximumTags) entries")
    }
    if tags.isAllStrings { return tags }
    try JSONReader.members(of: tags) { (_, value) throws(Failure) in
        guard value.kind == .string || value.isNull else {
            throw .invalidResponse("member Tags is not an object of strings")
        }
    }
    return tags
}
