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
    /// Strings and nulls; a name may come twice, and then the last one counts.
    let tags: JSONMembers

    /// Throws INVALID_RESPONSE, naming the member that is missing or of another type.
    init(_ body: ByteView) throws(Failure) {
        try self.init(body, tags: JSONMembers())
    }

    /// The same, with a list for the tags that an earlier job, which is gone, has used.
    init(_ body: ByteView, tags: JSONMembers) throws(Failure) {
        let found = try Members(body, tags)
        jobID = try string(required(found.jobID, "JobId"), "JobId")
        jobARN = try string(required(found.jobARN, "JobArn"), "JobArn")
        name = try found.name.map { value throws(Failure) in try string(value, "Name") }
        status = try word(found.status, "Status", LocJob.status)
        action = try word(found.action, "Action", LocJob.action)
        createdAt = try timestamp(required(found.createdAt, "CreatedAt"), "CreatedAt")
        updatedAt = try timestamp(required(found.updatedAt, "UpdatedAt"), "UpdatedAt")
        endedAt = try found.endedAt.map { value throws(Failure) in try timestamp(value, "EndedAt") }
        executionRoleARN = try string(required(found.roleARN, "ExecutionRoleArn"), "ExecutionRoleArn")
        let input = try found.input.members("InputOptions")
        guard let input else { throw .invalidResponse("member InputOptions is missing") }
        inputLocation = try string(required(input.first, "InputOptions.Location"), "InputOptions.Location")
        inputFormat = try word(input.second, "InputOptions.Format", LocJob.format)
        let output = try found.output.members("OutputOptions")
        guard let output else { throw .invalidResponse("member OutputOptions is missing") }
        outputLocation = try string(required(output.first, "OutputOptions.Location"), "OutputOptions.Location")
        outputFormat = try word(output.second, "OutputOptions.Format", LocJob.format)

        var options = Wanted(first: "AdditionalFeatures")
        if let action = try found.options.members("ActionOptions")?.first { try options.read(action) }
        additionalFeatures = try list(
            options.members("ActionOptions.ValidateAddress")?.first, "ActionOptions.ValidateAddress.AdditionalFeatures")

        let error = try found.error.members("Error")
        errorCode = try error.map { error throws(Failure) in try word(error.first, "Error.Code", jobError) }
        errorMessages = try list(error?.second, "Error.Messages")
        try found.checkTags()
        self.tags = tags
    }

    /// Where the job is in its life.
    var state: JobStatus { JobStatus(rawValue: status.value) ?? .unknown }

    /// How much of its error's texts a message is made of, which is cut before that.
    static let shownOfError = 4096

    /// The beginning of the first of the messages of its error.
    var firstErrorMessage: Bytes? {
        guard let errorMessages else { return nil }
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

// MARK: - Members

/// The members of the response, the last of each name; null is absent.
private struct Members {
    private(set) var jobID, jobARN, name, status, action, createdAt, updatedAt, endedAt, roleARN: JSONValue?
    private(set) var input = Wanted(first: "Location", second: "Format")
    private(set) var output = Wanted(first: "Location", second: "Format")
    private(set) var options = Wanted(first: "ValidateAddress")
    private(set) var error = Wanted(first: "Code", second: "Messages")
    private let tags: JSONMembers
    /// What the tags are in.
    private var tagObject: JSONValue?

    init(_ body: ByteView, _ tags: JSONMembers) throws(Failure) {
        self.tags = tags
        tags.removeAll()
        var (reader, walk) = try JSONReader.enter(document: body)
        while let key = try reader.nextKey(&walk) {
            try reader.pass(try read(key, reader, walk.place), &walk)
        }
        try reader.end(after: reader.object(walk))
    }

    private mutating func read(_ key: JSONValue, _ reader: JSONReader, _ place: Int) throws(Failure) -> JSONValue {
        if let plain = key.plain { return try read(plain, reader, place) }
        // No name that counts is so long.
        return try (key.string(characters: 100) ?? []).withView { name throws(Failure) in
            try read(name, reader, place)
        }
    }

    /// Reads the value of a member, which stands at `place`.
    private mutating func read(_ name: ByteView, _ reader: JSONReader, _ place: Int) throws(Failure) -> JSONValue {
        if name == "InputOptions" { return try input.read(reader, place) }
        if name == "OutputOptions" { return try output.read(reader, place) }
        if name == "ActionOptions" { return try options.read(reader, place) }
        if name == "Error" { return try error.read(reader, place) }
        if name == "Tags" { return try readTags(reader, place) }
        let value = try reader.value(at: place, depth: 1)
        take(name, value.isNull ? nil : value)
        return value
    }

    private mutating func take(_ name: ByteView, _ value: JSONValue?) {
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
        }
    }

    private mutating func readTags(_ reader: JSONReader, _ place: Int) throws(Failure) -> JSONValue {
        let tags = tags
        tags.removeAll()
        guard reader.isObject(at: place) else {
            let value = try reader.value(at: place, depth: 1)
            tagObject = value
            return value
        }
        var walk = try reader.enter(at: place, depth: 1)
        while let key = try reader.nextKey(&walk) {
            let value = try reader.value(at: walk.place, depth: 2)
            try reader.pass(value, &walk)
            if tags.count < Job.maximumTags { tags.append(JSONMember(key: key, value: value)) }
        }
        let object = reader.object(walk)
        tagObject = object
        return object
    }

    /// Throws when there are too many, or one is neither a string nor null.
    func checkTags() throws(Failure) {
        guard let tagObject, !tagObject.isNull else { return }
        guard tagObject.kind == .object else { throw .invalidResponse("member Tags is not an object") }
        if tagObject.count > Job.maximumTags {
            throw .invalidResponse("member Tags has more than \(Job.maximumTags) entries")
        }
        if tags.isExhausted { throw Failure(.outOfMemory, "no memory for a job's tags") }
        if tagObject.isAllStrings { return }
        for index in 0..<tags.count {
            guard let value = tags[index]?.value, value.kind == .string || value.isNull else {
                throw .invalidResponse("member Tags is not an object of strings")
            }
        }
    }
}

/// One or two members that are wanted of an object: the last of each name; null is absent.
private struct Wanted {
    private let firstName: ByteView
    private let secondName: ByteView
    private var object: JSONValue?
    private(set) var first: JSONValue?
    private(set) var second: JSONValue?

    init(first: ByteView, second: ByteView = .empty) {
        firstName = first
        secondName = second
    }

    /// Reads the object, or what else stands there.
    mutating func read(_ reader: JSONReader, _ place: Int) throws(Failure) -> JSONValue {
        (first, second) = (nil, nil)
        let value = try reader.value(at: place, depth: 1) { (key, value) throws(Failure) in take(key, value) }
        object = value
        return value
    }

    /// The same of a value that was read before.
    mutating func read(_ value: JSONValue) throws(Failure) {
        object = value
        try JSONReader.members(of: value) { (key, value) throws(Failure) in take(key, value) }
    }

    private mutating func take(_ key: JSONValue, _ value: JSONValue) {
        if key.equals(firstName) {
            first = value.isNull ? nil : value
        } else if !secondName.isEmpty, key.equals(secondName) {
            second = value.isNull ? nil : value
        }
    }

    /// Nil when the object is absent; throws INVALID_RESPONSE when it is none.
    func members(_ name: StaticString) throws(Failure) -> (first: JSONValue?, second: JSONValue?)? {
        guard let object, !object.isNull else { return nil }
        guard object.kind == .object else { throw .invalidResponse("member \(name) is not an object") }
        return (first, second)
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
    } else if value.text.count < 1000, let text = value.string {
        // With escapes, and of a length that a time may have.
        timestamp = text.withView { Timestamp(text: $0) }
    }
    guard let timestamp else { throw .invalidResponse("member \(name) is not a timestamp") }
    return timestamp
}

private func list(_ list: JSONValue?, _ name: StaticString) throws(Failure) -> JSONValue? {
    guard let list else { return nil }
    guard list.kind == .array else { throw .invalidResponse("member \(name) is not a list") }
    guard list.isAllStrings else { throw .invalidResponse("member \(name) is not a list of strings") }
    return list
}
