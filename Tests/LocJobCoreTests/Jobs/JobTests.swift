import Foundation
import Testing

@testable import LocJob

extension JSONValue {
    fileprivate var elements: [String] {
        var result: [String] = []
        try? JSONReader.elements(of: self) { (value) throws(Failure) in result.append(value.string?.text ?? value.text.text) }
        return result
    }

}

extension JSONMembers {
    fileprivate var texts: [String] {
        buffer.map { "\($0.key.string?.text ?? "")=\($0.value.string?.text ?? $0.value.text.text)" }
    }
}

@Suite("Jobs")
struct JobTests {
    private func job<R>(_ body: String, _ look: (Job) throws -> R) throws -> R {
        try body.withView { try look(Job($0)) }
    }

    private func refusal(_ body: String, sourceLocation: SourceLocation = #_sourceLocation) -> String {
        body.withView { view in
            let failure = failure(sourceLocation: sourceLocation) { _ = try Job(view) }
            #expect(failure?.code == .invalidResponse, sourceLocation: sourceLocation)
            return failure?.message ?? ""
        }
    }

    @Test("have every member of the model")
    func everything() throws {
        try job(JobBody.full) { job in
            #expect(job.jobID.string?.text == "job-1")
            #expect(job.jobARN.string?.text == "arn:aws:geo:us-east-1:123456789012:job/job-1")
            #expect(job.name.string?.text == "a name")
            #expect(job.status.value == 4)
            #expect(job.status.text.string?.text == "Failed")
            #expect(job.action.value == 1)
            #expect(job.createdAt == Timestamp(seconds: 1_767_323_045, nanoseconds: 678_000_000))
            #expect(job.updatedAt == Timestamp(seconds: 1_767_323_100))
            #expect(job.endedAt == Timestamp(seconds: 1_767_326_400))
            #expect(job.executionRoleARN.string?.text == "arn:aws:iam::123456789012:role/r")
            #expect(job.inputLocation.string?.text == "s3://in/x.parquet")
            #expect(job.inputFormat.value == 1)
            #expect(job.outputLocation.string?.text == "s3://out/")
            #expect(job.outputFormat.value == 1)
            #expect(job.additionalFeatures.elements == ["Position", "CountrySpecificAttributes"])
            #expect(job.errorCode.value == 1)
            #expect(job.errorMessages.elements == ["first", "second"])
            #expect(job.tags.texts == ["key=value", "other="])
        }
    }

    @Test(
        "may lack every optional member, or have null for it",
        arguments: ["ActionOptions", "EndedAt", "Error", "Name", "Tags"])
    func optional(_ name: String) throws {
        for value in [nil, NSNull()] as [Any?] {
            try job(JobBody.with(name, value)) { job in
                switch name {
                case "ActionOptions": #expect(job.additionalFeatures.isNull)
                case "EndedAt": #expect(job.endedAt == nil)
                case "Error": #expect(job.errorCode.text.isNull && job.errorCode.value == 0 && job.errorMessages.isNull)
                case "Name": #expect(job.name.isNull)
                default: #expect(job.tags.count == 0)
                }
            }
        }
    }

    @Test(
        "may lack every optional member of an inner object, or have null for it",
        arguments: ["ActionOptions.ValidateAddress", "ActionOptions.ValidateAddress.AdditionalFeatures",
            "Error.Messages"])
    func innerOptional(_ path: String) throws {
        for value in [nil, NSNull()] as [Any?] {
            try job(JobBody.with(path, value)) { job in
                #expect(path.hasPrefix("Action") ? job.additionalFeatures.isNull : job.errorMessages.isNull)
            }
        }
    }

    static let required = [
        "Action", "CreatedAt", "ExecutionRoleArn", "InputOptions", "InputOptions.Format", "InputOptions.Location",
        "JobArn", "JobId", "OutputOptions",
        "OutputOptions.Format", "OutputOptions.Location", "Status", "UpdatedAt", "Error.Code",
    ]

    @Test("that lack a required member are named by it", arguments: required)
    func missing(_ path: String) {
        #expect(refusal(JobBody.with(path, nil)).hasSuffix("member \(path) is missing"))
        #expect(refusal(JobBody.with(path, NSNull())).hasSuffix("member \(path) is missing"))
    }

    static let types: [(String, String)] = [
        ("Action", "string"), ("ExecutionRoleArn", "string"), ("InputOptions.Format", "string"),
        ("InputOptions.Location", "string"), ("JobArn", "string"), ("JobId", "string"),
        ("OutputOptions.Format", "string"), ("OutputOptions.Location", "string"), ("Status", "string"),
        ("Error.Code", "string"), ("Name", "string"), ("InputOptions", "object"),
        ("OutputOptions", "object"), ("ActionOptions", "object"), ("ActionOptions.ValidateAddress", "object"),
        ("Error", "object"), ("Tags", "object"),
        ("ActionOptions.ValidateAddress.AdditionalFeatures", "list"), ("Error.Messages", "list"),
        ("CreatedAt", "timestamp"), ("UpdatedAt", "timestamp"), ("EndedAt", "timestamp"),
    ]

    @Test("with a member of another type are named by it", arguments: types)
    func wrongType(_ path: String, _ type: String) {
        let values: [(String, Any)] = [("string", "text"), ("object", ["a": "b"]), ("list", ["a"]), ("number", 1.5),
            ("bool", true)]
        for (kind, value) in values where kind != type && !(type == "timestamp" && kind == "number") {
            let message = refusal(JobBody.with(path, value))
            #expect(message.contains("member \(path) is "), "\(kind): \(message)")
        }
    }

    @Test(
        "with a list of anything but strings are named by it",
        arguments: ["Error.Messages", "ActionOptions.ValidateAddress.AdditionalFeatures"])
    func lists(_ path: String) throws {
        for value in [1, true, NSNull(), ["a"], ["a": "b"]] as [Any] {
            #expect(refusal(JobBody.with(path, ["text", value])).contains("member \(path) is not a list of strings"))
        }
        try job(JobBody.with(path, [String]())) { job in
            #expect((path.hasPrefix("Error") ? job.errorMessages : job.additionalFeatures).elements == [])
        }
    }

    @Test("have times that may be written with escapes, but not at any length")
    func escapedTimes() throws {
        let body = JobBody.with("CreatedAt", "WHEN")
        func time(_ text: String) -> String { body.replacingOccurrences(of: "\"WHEN\"", with: "\"\(text)\"") }
        try job(time("\\u0032026-01-02T03:04:05.678Z")) {
            #expect($0.createdAt == Timestamp(seconds: 1_767_323_045, nanoseconds: 678_000_000))
        }
        let digits = String(repeating: "0", count: 1000)
        #expect(refusal(time("\\u0032026-01-02T03:04:05.\(digits)Z")).contains("member CreatedAt is not a timestamp"))
    }

    @Test("have tags of strings, a bounded number of them")
    func tags() throws {
        #expect(refusal(JobBody.with("Tags", ["a": 1])).contains("member Tags is not an object of strings"))
        #expect(refusal(JobBody.with("Tags", ["a": ["b"]])).contains("member Tags is not an object of strings"))
        try job(JobBody.with("Tags", ["a": NSNull()])) { #expect($0.tags.texts == ["a=null"]) }
        try job(JobBody.with("Tags", [String: String]())) { #expect($0.tags.texts == []) }
        let many = Dictionary(uniqueKeysWithValues: (0...Job.maximumTags).map { ("k\($0)", "v") })
        #expect(refusal(JobBody.with("Tags", many)).contains("Tags"))
        try job(JobBody.with("Tags",
            many.filter { $0.key != "k0" })) { #expect($0.tags.texts.count == Job.maximumTags) }
    }

    @Test(
        "have words with numbers, 0 for words that are new",
        arguments: [
            ("Status", "Pending", 1), ("Status", "Running", 2), ("Status", "Completed", 3), ("Status", "Failed", 4),
            ("Status", "Cancelling", 5), ("Status", "Cancelled", 6),
            ("Status", "Paused", 0), ("Status", "pending", 0), ("Status", "", 0), ("Status", "Pending ", 0),
            ("Status", "Pending Running", 0), ("Action", "ValidateAddress", 1), ("Action", "Other", 0),
            ("InputOptions.Format", "Parquet", 1), ("InputOptions.Format", "CSV", 0),
            ("OutputOptions.Format", "Parquet", 1), ("OutputOptions.Format", "CSV", 0),
            ("Error.Code", "ValidationError", 1), ("Error.Code", "InternalServerError", 2), ("Error.Code", "New", 0),
        ] as [(String, String, Int32)])
    func words(_ path: String, _ text: String, _ number: Int32) throws {
        try job(JobBody.with(path, text)) { job in
            let word: Word? =
                switch path {
                case "Status": job.status
                case "Action": job.action
                case "InputOptions.Format": job.inputFormat
                case "OutputOptions.Format": job.outputFormat
                default: job.errorCode
                }
            #expect(word?.value == number)
            #expect(word?.text.string?.text == text)
        }
    }

    @Test(
        "have features with numbers",
        arguments: [("Position", 1), ("CountrySpecificAttributes", 2), ("Other", 0)] as [(String, Int32)])
    func features(_ name: String, _ number: Int32) throws {
        try "\"\(name)\"".withView { view in
            let word = Job.feature(try JSONReader.document(view))
            #expect(word.value == number)
            #expect(word.text.string?.text == name)
        }
    }

    @Test("may have words and names with escapes")
    func escapes() throws {
        let body = JobBody.full.replacing("\"Failed\"", with: "\"\\u0046ailed\"").replacing("\"JobId\"",
            with: "\"\\u004aobId\"")
        try job(body) { job in
            #expect(job.status.value == 4)
            #expect(job.jobID.string?.text == "job-1")
        }
    }

    @Test("take the last of members that come twice")
    func duplicates() throws {
        func twice(_ member: String) -> String { String(JobBody.full.dropLast()) + ",\(member)}" }
        try job(twice("\"Status\":\"Completed\"")) { #expect($0.status.value == 3) }
        try job(twice("\"Name\":null")) { #expect($0.name.isNull) }
        try job(twice("\"InputOptions\":{\"Location\":\"a\",\"Location\":\"b\",\"Format\":\"Parquet\"}")) {
            #expect($0.inputLocation.string?.text == "b")
        }
        #expect(refusal(twice("\"JobId\":null")).contains("member JobId is missing"))
    }

    @Test("keep what this version does not know")
    func unknown() throws {
        try job(JobBody.with("Novelty", ["x": [1, 2.5, NSNull()]])) { #expect($0.status.value == 4) }
    }

    @Test(
        "are not described by anything else",
        arguments: ["", " ", "{}", "null", "[]", "\"\"", "1", "true", "<html></html>", "{", "{\"JobId\":\"x\"",
            "\u{FEFF}{}", "{}x"])
    func others(_ body: String) {
        _ = refusal(body)
    }

    @Test("cut anywhere are none, and never a crash")
    func truncated() {
        let full = JobBody.full
        for length in 0..<full.utf8.count { _ = refusal(String(decoding: full.utf8.prefix(length),
            as: Unicode.UTF8.self)) }
    }

    @Test("with text behind, a byte order mark or bytes that are no UTF-8 are none")
    func dirty() {
        _ = refusal(JobBody.full + "x")
        _ = refusal("\u{FEFF}" + JobBody.full)
        for bytes in [[0xFF], [0xC3, 0x28]] as [Bytes] {
            let place = Array(JobBody.full.utf8).firstIndex(of: UInt8(ascii: "a"))!
            var body = Array(JobBody.full.utf8)
            body.insert(contentsOf: bytes, at: place)
            body.withExactView { view in #expect(failure { _ = try Job(view) }?.code == .invalidResponse) }
        }
    }
}
