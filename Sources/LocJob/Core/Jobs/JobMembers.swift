/// The members of the description of a job, the last of each name; null is absent. They borrow its text.
struct JobMembers {
    private(set) var jobID = JSONValue.absent, jobARN = JSONValue.absent, name = JSONValue.absent
    private(set) var status = JSONValue.absent, action = JSONValue.absent, roleARN = JSONValue.absent
    private(set) var createdAt = JSONValue.absent, updatedAt = JSONValue.absent, endedAt = JSONValue.absent
    /// Location and Format.
    private(set) var input = JobMemberPair(), output = JobMemberPair()
    /// ValidateAddress.
    private(set) var options = JobMemberPair()
    /// Code and Messages.
    private(set) var error = JobMemberPair()
    /// What the tags are in.
    private var tagObject = JSONValue.absent

    mutating func read(_ body: ByteView, _ tags: JSONMembers) throws(Failure) {
        tags.removeAll()
        var (reader, walk) = try JSONReader.enter(document: body)
        while let key = try reader.nextKey(&walk) {
            try reader.pass(try read(JobMemberName(key), reader, walk.place, tags), &walk)
        }
        try reader.end(after: reader.object(walk))
    }

    /// Reads the value of a member, which stands at `place`.
    @inline(never)
    private mutating func read(
        _ name: JobMemberName, _ reader: JSONReader, _ place: JSONReader.Place, _ tags: JSONMembers
    ) throws(Failure) -> JSONValue {
        switch name {
        case .inputOptions: return try input.read(reader, place, .location, .format)
        case .outputOptions: return try output.read(reader, place, .location, .format)
        case .actionOptions: return try options.read(reader, place, .validateAddress)
        case .error: return try error.read(reader, place, .code, .messages)
        case .tags: return try read(tags, reader, place)
        default: break
        }
        let value = try reader.value(at: place, depth: 1)
        switch name {
        case .jobID: jobID = value
        case .jobARN: jobARN = value
        case .name: self.name = value
        case .status: status = value
        case .action: action = value
        case .createdAt: createdAt = value
        case .updatedAt: updatedAt = value
        case .endedAt: endedAt = value
        case .roleARN: roleARN = value
        default: break
        }
        return value
    }

    private mutating func read(
        _ tags: JSONMembers, _ reader: JSONReader, _ place: JSONReader.Place
    ) throws(Failure) -> JSONValue {
        tags.removeAll()
        let start = reader.start(at: place)
        guard reader.isObject(at: start) else {
            tagObject = try reader.value(at: start, depth: 1)
            return tagObject
        }
        var walk = try reader.enter(at: start, depth: 1)
        while let key = try reader.nextKey(&walk) {
            let value = try reader.value(at: walk.place, depth: 2)
            try reader.pass(value, &walk)
            tags.append(JSONMember(key: key, value: value), limit: Job.maximumTags)
        }
        tagObject = reader.object(walk)
        return tagObject
    }

    /// Throws when there are too many, or one is neither a string nor null.
    func check(_ tags: JSONMembers) throws(Failure) {
        if tagObject.isNull { return }
        guard tagObject.kind == .object else { throw .invalidResponse("member Tags is not an object") }
        if tagObject.count > Job.maximumTags {
            throw .invalidResponse("member Tags has more than \(Job.maximumTags) entries")
        }
        if tags.isExhausted { throw Failure(.outOfMemory, "no memory for a job's tags") }
        if tagObject.isAllStrings { return }
        for tag in tags.buffer where tag.value.kind != .string && !tag.value.isNull {
            throw .invalidResponse("member Tags is not an object of strings")
        }
    }
}

/// The names of a job's members (service model, GetJobResponse), and of those of its members.
enum JobMemberName {
    case jobID, jobARN, name, status, action, createdAt, updatedAt, endedAt, roleARN
    case inputOptions, outputOptions, location, format
    case actionOptions, validateAddress, additionalFeatures
    case error, code, messages
    case tags
    /// One that does not count.
    case other

    @inline(never)
    init(_ key: JSONValue) {
        if let plain = key.plain {
            self.init(plain)
        } else {
            // No name that counts is so long.
            self = (key.string(characters: 100) ?? []).withView { JobMemberName($0) }
        }
    }

    /// By its length first: few have the same.
    @inline(__always)
    private init(_ text: ByteView) {
        switch text.count {
        case 4: self = text == "Name" ? .name : text == "Tags" ? .tags : text == "Code" ? .code : .other
        case 5: self = text == "JobId" ? .jobID : text == "Error" ? .error : .other
        case 6:
            if text == "JobArn" {
                self = .jobARN
            } else if text == "Status" {
                self = .status
            } else {
                self = text == "Action" ? .action : text == "Format" ? .format : .other
            }
        case 7: self = text == "EndedAt" ? .endedAt : .other
        case 8: self = text == "Location" ? .location : text == "Messages" ? .messages : .other
        case 9: self = text == "CreatedAt" ? .createdAt : text == "UpdatedAt" ? .updatedAt : .other
        case 12: self = text == "InputOptions" ? .inputOptions : .other
        case 13: self = text == "ActionOptions" ? .actionOptions : text == "OutputOptions" ? .outputOptions : .other
        case 15: self = text == "ValidateAddress" ? .validateAddress : .other
        case 16: self = text == "ExecutionRoleArn" ? .roleARN : .other
        case 18: self = text == "AdditionalFeatures" ? .additionalFeatures : .other
        default: self = .other
        }
    }
}

/// One or two members that are wanted of an object: the last of each name; null is absent.
struct JobMemberPair {
    private var object = JSONValue.absent
    private(set) var first = JSONValue.absent
    private(set) var second = JSONValue.absent

    /// Reads the object, or what else stands there.
    mutating func read(
        _ reader: JSONReader, _ place: JSONReader.Place, _ firstName: JobMemberName, _ secondName: JobMemberName? = nil
    ) throws(Failure) -> JSONValue {
        (first, second) = (.absent, .absent)
        let start = reader.start(at: place)
        guard reader.isObject(at: start) else {
            object = try reader.value(at: start, depth: 1)
            return object
        }
        var walk = try reader.enter(at: start, depth: 1)
        while let key = try reader.nextKey(&walk) {
            let value = try reader.value(at: walk.place, depth: 2)
            try reader.pass(value, &walk)
            let name = JobMemberName(key)
            if name == firstName { first = value }
            if name == secondName { second = value }
        }
        object = reader.object(walk)
        return object
    }

    /// The same of a value that was read before, and one member.
    mutating func read(_ value: JSONValue, _ name: JobMemberName) throws(Failure) {
        object = value
        var found = JSONValue.absent
        try JSONReader.members(of: value) { (key, value) throws(Failure) in
            if JobMemberName(key) == name { found = value }
        }
        first = found
    }

    /// Whether the object is there; throws INVALID_RESPONSE when it is none.
    func isThere(_ name: StaticString) throws(Failure) -> Bool {
        if object.isNull { return false }
        guard object.kind == .object else { throw .invalidResponse("member \(name) is not an object") }
        return true
    }
}
