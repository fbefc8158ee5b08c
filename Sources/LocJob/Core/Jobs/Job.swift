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
    /// A list of strings, each known to be one.
    let additionalFeatures: JSONValue?
    let additionalFeatureCount: Int
    let errorCode: Word?
    /// A list of strings.
    let errorMessages: JSONValue?
    let errorMessageCount: Int
    /// An object of strings; a name may come twice, and then the last one counts.
    let tags: JSONValue?
    let tagCount: Int

    /// Throws INVALID_RESPONSE, naming the member that is missing or of another type.
    init(_ body: ByteView) throws(Failure) {
        var members = Members()
        try JSONReader.object(body) { (key, value) throws(Failure) in members.take(key, value) }

        jobID = try string(required(members.jobID, "JobId"), "JobId")
        jobARN = try string(required(members.jobARN, "JobArn"), "JobArn")
        name = try members.name.map { value throws(Failure) in try string(value, "Name") }
        status = try word(members.status, "Status", statuses)
        action = try word(members.action, "Action", actions)
        createdAt = try timestamp(required(members.createdAt, "CreatedAt"), "CreatedAt")
        updatedAt = try timestamp(required(members.updatedAt, "UpdatedAt"), "UpdatedAt")
        endedAt = try members.endedAt.map { value throws(Failure) in try timestamp(value, "EndedAt") }
        executionRoleARN = try string(required(members.roleARN, "ExecutionRoleArn"), "ExecutionRoleArn")
        (inputLocation, inputFormat) = try location(
            required(members.input, "InputOptions"), "InputOptions", "InputOptions.Location", "InputOptions.Format")
        (outputLocation, outputFormat) = try location(
            required(members.output, "OutputOptions"), "OutputOptions", "OutputOptions.Location",
            "OutputOptions.Format")

        let options = try member("ValidateAddress", of: members.options, "ActionOptions")
        additionalFeatures = try member("AdditionalFeatures", of: options, "ActionOptions.ValidateAddress")
        additionalFeatureCount = try count(
            strings: additionalFeatures, "ActionOptions.ValidateAddress.AdditionalFeatures")

        let code = try member("Code", of: members.error, "Error")
        errorCode = try members.error.map { _ throws(Failure) in try word(code, "Error.Code", jobErrors) }
        errorMessages = try member("Messages", of: members.error, "Error")
        errorMessageCount = try count(strings: errorMessages, "Error.Messages")

        tags = members.tags
        tagCount = try count(tags: tags)
    }

    /// The number of an additional feature's name.
    static func feature(_ name: JSONValue) -> Word { Word(value: number(name, features), text: name) }
}

// MARK: - Words (service model, enums); each one's number is its place in the list, from 1

private let statuses: StaticString = "Pending Running Completed Failed Cancelling Cancelled "
private let actions: StaticString = "ValidateAddress "
private let formats: StaticString = "Parquet "
private let features: StaticString = "Position CountrySpecificAttributes "
private let jobErrors: StaticString = "ValidationError InternalServerError "

private func number(_ word: JSONValue, _ list: StaticString) -> Int32 {
    var rest = ByteView(list)
    var place: Int32 = 1
    while let end = rest.firstIndex(of: UInt8(ascii: " ")) {
        if word.equals(rest.prefix(end)) { return place }
        rest = rest.from(end + 1)
        place &+= 1
    }
    return 0
}

// MARK: - Members

/// The members of the response, the last of each name; null is absent.
private struct Members {
    var jobID, jobARN, name, status, action, createdAt, updatedAt, endedAt, roleARN: JSONValue?
    var input, output, options, error, tags: JSONValue?

    mutating func take(_ key: JSONValue, _ given: JSONValue) {
        let value = given.isNull ? nil : given
        if key.equals("JobId") {
            jobID = value
        } else if key.equals("JobArn") {
            jobARN = value
        } else if key.equals("Name") {
            name = value
        } else if key.equals("Status") {
            status = value
        } else if key.equals("Action") {
            action = value
        } else if key.equals("CreatedAt") {
            createdAt = value
        } else if key.equals("UpdatedAt") {
            updatedAt = value
        } else if key.equals("EndedAt") {
            endedAt = value
        } else if key.equals("ExecutionRoleArn") {
            roleARN = value
        } else if key.equals("InputOptions") {
            input = value
        } else if key.equals("OutputOptions") {
            output = value
        } else if key.equals("ActionOptions") {
            options = value
        } else if key.equals("Error") {
            error = value
        } else if key.equals("Tags") {
            tags = value
        }
    }
}

private func required(_ value: JSONValue?, _ name: StaticString) throws(Failure) -> JSONValue {
    guard let value else { throw .invalidResponse("member \(name) is missing") }
    return value
}

private func string(_ value: JSONValue, _ name: StaticString) throws(Failure) -> JSONValue {
    guard value.kind == .string else { throw .invalidResponse("member \(name) is not a string") }
    return value
}

private func word(_ value: JSONValue?, _ name: StaticString, _ list: StaticString) throws(Failure) -> Word {
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

/// A member of an object, the last of its name; nil when either is absent.
private func member(
    _ name: ByteView, of object: JSONValue?, _ objectName: StaticString
) throws(Failure) -> JSONValue? {
    guard let object else { return nil }
    guard object.kind == .object else { throw .invalidResponse("member \(objectName) is not an object") }
    var result: JSONValue?
    try JSONReader.members(of: object) { (key, value) throws(Failure) in
        if key.equals(name) { result = value.isNull ? nil : value }
    }
    return result
}

private func location(
    _ options: JSONValue, _ name: StaticString, _ locationName: StaticString, _ formatName: StaticString
) throws(Failure) -> (JSONValue, Word) {
    let location = try required(member("Location", of: options, name), locationName)
    return (try string(location, locationName), try word(member("Format", of: options, name), formatName, formats))
}

private func count(strings list: JSONValue?, _ name: StaticString) throws(Failure) -> Int {
    guard let list else { return 0 }
    guard list.kind == .array else { throw .invalidResponse("member \(name) is not a list") }
    var count = 0
    try JSONReader.elements(of: list) { value throws(Failure) in
        guard value.kind == .string else { throw .invalidResponse("member \(name) is not a list of strings") }
        count &+= 1
    }
    return count
}

private func count(tags: JSONValue?) throws(Failure) -> Int {
    guard let tags else { return 0 }
    guard tags.kind == .object else { throw .invalidResponse("member Tags is not an object") }
    var count = 0
    try JSONReader.members(of: tags) { (_, value) throws(Failure) in
        guard value.kind == .string || value.isNull else {
            throw .invalidResponse("member Tags is not an object of strings")
        }
        count &+= 1
    }
    if count > Job.maximumTags { throw .invalidResponse("member Tags has more than \(Job.maximumTags) entries") }
    return count
}
