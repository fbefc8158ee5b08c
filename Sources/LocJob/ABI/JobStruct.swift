import CCore
import CLocJob

extension Job {
    /// What `makeStruct` takes of an arena at the most.
    func structBound(_ body: ByteView) -> Int {
        Arena.bound(locjob_job.self, count: 1) + Arena.bound(UInt8.self, count: body.count)
            + Arena.bound(locjob_enum.self, count: additionalFeatures.count)
            + Arena.bound(locjob_string.self, count: errorMessages.count)
            + Arena.bound(locjob_tag.self, count: tags.count)
    }

    /// The C struct with everything that it points to; `body` is what the job was read from.
    func makeStruct(_ body: ByteView, in arena: inout Arena) -> UnsafePointer<locjob_job>? {
        guard let place = arena.room(locjob_job.self, count: 1), let from = body.base,
            let strings = arena.room(UInt8.self, count: body.count)
        else { return nil }
        lj_copy(strings, from, body.count)
        var maker = JobStruct(copy: TextCopy(from: from, to: strings), arena: arena)
        place.initialize(to: maker.make(self))
        arena = maker.arena
        return UnsafePointer(place)
    }
}

/// Section "The job" of the header: makes the C struct of a job.
///
/// Its strings live in a copy of the JSON text, each in its own place there: the closing quotation mark
/// becomes the NUL, and a value with escapes, which is never longer than its text, is written over it.
private struct JobStruct {
    let copy: TextCopy
    var arena: Arena

    mutating func make(_ job: Job) -> locjob_job {
        var result = locjob_job()
        result.job_id = string(job.jobID)
        result.job_arn = string(job.jobARN)
        result.name = string(job.name)
        result.status = word(job.status)
        result.action = word(job.action)
        result.created_at = timestamp(job.createdAt)
        result.updated_at = timestamp(job.updatedAt)
        result.ended_at = timestamp(job.endedAt)
        result.execution_role_arn = string(job.executionRoleARN)
        result.input_location = string(job.inputLocation)
        result.input_format = word(job.inputFormat)
        result.output_location = string(job.outputLocation)
        result.output_format = word(job.outputFormat)
        (result.additional_features, result.additional_feature_count) = features(job.additionalFeatures)
        result.error_code = word(job.errorCode)
        (result.error_messages, result.error_message_count) = messages(job.errorMessages)
        (result.tags, result.tag_count) = tags(job.tags)
        return result
    }

    private func string(_ value: JSONValue) -> locjob_string { copy.string(value) }

    private func word(_ word: Word) -> locjob_enum {
        locjob_enum(value: word.value, reserved: 0, text: string(word.text))
    }

    private func timestamp(_ timestamp: Timestamp?) -> locjob_timestamp {
        guard let timestamp else { return locjob_timestamp(seconds: 0, nanoseconds: 0, present: 0) }
        return locjob_timestamp(seconds: timestamp.seconds, nanoseconds: timestamp.nanoseconds, present: 1)
    }

    private mutating func features(_ list: JSONValue) -> (UnsafePointer<locjob_enum>?, Int) {
        elements(list, locjob_enum.self) { maker, value in maker.word(Job.feature(value)) }
    }

    private mutating func messages(_ list: JSONValue) -> (UnsafePointer<locjob_string>?, Int) {
        elements(list, locjob_string.self) { maker, value in maker.string(value) }
    }

    /// A list of strings, which the job is known to have as such.
    private mutating func elements<Element>(
        _ list: JSONValue, _: Element.Type, _ element: (JobStruct, JSONValue) -> Element
    ) -> (UnsafePointer<Element>?, Int) {
        guard list.kind == .array, let place = arena.room(Element.self, count: list.count) else { return (nil, 0) }
        var count = 0
        do throws(Failure) {
            try JSONReader.elements(of: list) { value throws(Failure) in
                guard count < list.count else { return }
                (place + count).initialize(to: element(self, value))
                count &+= 1
            }
        } catch {}
        return (UnsafePointer(place), count)
    }

    /// A name that comes again replaces the value of the first, as in Python's dictionaries; a null value
    /// is no tag.
    private mutating func tags(_ tags: JSONMembers) -> (UnsafePointer<locjob_tag>?, Int) {
        guard tags.count > 0, let place = arena.room(locjob_tag.self, count: tags.count) else { return (nil, 0) }
        var count = 0
        // Names whose mark has not been met are new.
        var met: UInt64 = 0
        for member in tags.buffer {
            let tag = locjob_tag(key: copy.string(member.key), value: copy.string(member.value))
            // There are no more than members that came before.
            (place + count).initialize(to: tag)
            // An escaped name may be any other's equal.
            let mark = member.key.hasEscapes ? ~0 : Self.mark(of: member.key.text)
            let known = met & mark == 0 ? nil : Self.index(of: tag.key, in: place, count)
            met |= mark
            if tag.value.data == nil {
                guard let known else { continue }
                count &-= 1
                for i in known..<count { place[i] = place[i + 1] }
            } else if let known {
                place[known] = tag
            } else {
                count &+= 1
            }
        }
        return (UnsafePointer(place), count)
    }

    /// One bit of 64, the same for names that are written alike.
    @inline(__always)
    private static func mark(of name: ByteView) -> UInt64 {
        let ending = UInt64(name[name.count &- 2]) &* 7 &+ UInt64(name[name.count &- 3]) &* 13
        return 1 << ((ending &+ UInt64(name.count)) & 63)
    }

    /// Tags are a thousand at most (Job.maximumTags).
    private static func index(of key: locjob_string, in tags: UnsafeMutablePointer<locjob_tag>, _ count: Int) -> Int? {
        guard let name = key.data else { return nil }
        // Names are most often different at their ends; behind an empty one's is its NUL.
        let last = max(key.length &- 1, 0)
        for i in 0..<count where tags[i].key.length == key.length {
            guard let other = tags[i].key.data, other[last] == name[last] else { continue }
            if lj_equal(other, name, key.length) != 0 { return i }
        }
        return nil
    }
}

/// Where the strings of a JSON text are in its copy.
private struct TextCopy {
    let from: UnsafePointer<UInt8>
    let to: UnsafeMutablePointer<UInt8>

    /// Ends the string's value there with a NUL; NULL for what is no string.
    @inline(__always)
    func string(_ value: JSONValue) -> locjob_string {
        guard value.kind == .string else { return locjob_string(data: nil, length: 0) }
        let place = to + (value.base - from) + 1
        let length = value.hasEscapes ? value.writeString(to: place) : value.text.count &- 2
        place[length] = 0
        return locjob_string(data: UnsafeRawPointer(place).assumingMemoryBound(to: CChar.self), length: length)
    }
}
