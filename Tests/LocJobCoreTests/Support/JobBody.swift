import Foundation

/// Bodies of GetJob responses.
enum JobBody {
    static var members: [String: Any] {
        [
            "Action": "ValidateAddress",
            "ActionOptions": ["ValidateAddress": ["AdditionalFeatures": ["Position", "CountrySpecificAttributes"]]],
            "CreatedAt": "2026-01-02T03:04:05.678Z",
            "EndedAt": "2026-01-02T04:00:00Z",
            "Error": ["Code": "ValidationError", "Messages": ["first", "second"]],
            "ExecutionRoleArn": "arn:aws:iam::123456789012:role/r",
            "InputOptions": ["Location": "s3://in/x.parquet", "Format": "Parquet"],
            "JobArn": "arn:aws:geo:us-east-1:123456789012:job/job-1",
            "JobId": "job-1",
            "Name": "a name",
            "OutputOptions": ["Location": "s3://out/", "Format": "Parquet"],
            "Status": "Failed",
            "Tags": ["key": "value", "other": ""],
            "UpdatedAt": "2026-01-02T03:05:00Z",
        ]
    }

    static var full: String { text(members) }

    /// A job with members replaced, or with nil removed. A path goes into nested objects: `Error.Code`.
    static func with(_ path: String, _ value: Any?) -> String {
        text(replacing(members, path.split(separator: ".").map(String.init), value))
    }

    private static func replacing(_ object: [String: Any], _ path: [String], _ value: Any?) -> [String: Any] {
        var object = object
        let key = path[0]
        if path.count == 1 {
            object[key] = value
        } else {
            object[key] = replacing(object[key] as? [String: Any] ?? [:], Array(path.dropFirst()), value)
        }
        return object
    }

    private static func text(_ object: [String: Any]) -> String {
        let data = try! JSONSerialization.data(withJSONObject: object,
            options: [.sortedKeys, .withoutEscapingSlashes])
        return String(decoding: data, as: Unicode.UTF8.self)
    }
}
