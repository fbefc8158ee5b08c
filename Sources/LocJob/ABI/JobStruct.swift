import CCore
import CLocJob

// Section "The job" of the header: a job as the C struct.

extension Arena {
    /// The job with everything that it points to; nil while measuring.
    mutating func job(_ job: Job) -> UnsafeMutablePointer<locjob_job>? {
        let place = room(locjob_job.self, count: 1)
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
        result.additional_features = features(job)
        result.additional_feature_count = job.additionalFeatureCount
        result.error_code = word(job.errorCode)
        result.error_messages = messages(job)
        result.error_message_count = job.errorMessageCount
        (result.tags, result.tag_count) = tags(job)
        place?.initialize(to: result)
        return place
    }

    private mutating func word(_ word: Word?) -> locjob_enum {
        locjob_enum(value: word?.value ?? 0, reserved: 0, text: string(word?.text))
    }

    private func timestamp(_ timestamp: Timestamp?) -> locjob_timestamp {
        guard let timestamp else { return locjob_timestamp(seconds: 0, nanoseconds: 0, present: 0) }
        return locjob_timestamp(seconds: timestamp.seconds, nanoseconds: timestamp.nanoseconds, present: 1)
    }

    private mutating func features(_ job: Job) -> UnsafePointer<locjob_enum>? {
        guard let list = job.additionalFeatures else { return nil }
        let place = room(locjob_enum.self, count: job.additionalFeatureCount)
        var index = 0
        each(list) { arena, value in
            let word = arena.word(Job.feature(value))
            place?[index] = word
            index &+= 1
        }
        return UnsafePointer(place)
    }

    private mutating func messages(_ job: Job) -> UnsafePointer<locjob_string>? {
        guard let list = job.errorMessages else { return nil }
        let place = room(locjob_string.self, count: job.errorMessageCount)
        var index = 0
        each(list) { arena, value in
            let text = arena.string(value)
            place?[index] = text
            index &+= 1
        }
        return UnsafePointer(place)
    }

    /// The elements of a list that was found to be valid when the job was read.
    private mutating func each(_ list: JSONValue, _ body: (inout Arena, JSONValue) -> Void) {
        do throws(Failure) {
            try JSONReader.elements(of: list) { value throws(Failure) in body(&self, value) }
        } catch {}
    }

    /// A name that comes again replaces the value of the first, as in Python's dictionaries; a null value
    /// is no tag. While measuring, the count is the most it can be.
    private mutating func tags(_ job: Job) -> (UnsafePointer<locjob_tag>?, Int) {
        guard let object = job.tags else { return (nil, 0) }
        let place = room(locjob_tag.self, count: job.tagCount)
        var count = 0
        do throws(Failure) {
            try JSONReader.members(of: object) { (key, value) throws(Failure) in
                let tag = locjob_tag(key: string(key), value: string(value.kind == .string ? value : nil))
                guard let place else { return }
                let known = Self.index(of: tag.key, in: place, count)
                if tag.value.data == nil {
                    guard let known else { return }
                    count &-= 1
                    for i in known..<count { place[i] = place[i + 1] }
                } else {
                    place[known ?? count] = tag
                    if known == nil { count &+= 1 }
                }
            }
        } catch {}
        return (UnsafePointer(place), count)
    }

    /// Tags are a thousand at most (Job.maximumTags).
    private static func index(of key: locjob_string, in tags: UnsafeMutablePointer<locjob_tag>, _ count: Int) -> Int? {
        for i in 0..<count where tags[i].key.length == key.length {
            if lj_equal(tags[i].key.data, key.data, key.length) != 0 { return i }
        }
        return nil
    }
}
