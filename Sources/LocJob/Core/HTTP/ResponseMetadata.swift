/// boto3's ResponseMetadata (botocore: parsers.py, endpoint.py and retries/standard.py).
struct ResponseMetadata {
    /// Of the last response; 0 and empty when there was none.
    var status: Int
    var head: ByteView
    /// Requests sent.
    var attempts: Int
    var isMaxAttemptsReached: Bool
    var isRetryQuotaReached: Bool

    init(status: Int, head: ByteView, attempts: Int, isMaxAttemptsReached: Bool, isRetryQuotaReached: Bool) {
        self.status = status
        self.head = head
        self.attempts = attempts
        self.isMaxAttemptsReached = isMaxAttemptsReached
        self.isRetryQuotaReached = isRetryQuotaReached
    }

    /// Of no request.
    static var none: ResponseMetadata {
        ResponseMetadata(status: 0, head: .empty, attempts: 0, isMaxAttemptsReached: false, isRetryQuotaReached: false)
    }

    /// The service's id of the request, which its head tells.
    var requestID: ByteView? { HTTPResponse(status: status, head: head, body: .empty).requestID }

    var json: Bytes {
        var writer = JSONWriter()
        write(to: &writer)
        return writer.bytes
    }

    func write(to writer: inout JSONWriter) {
        let response = HTTPResponse(status: status, head: head, body: .empty)
        writer.object { writer in
            if let id = response.field("x-amzn-requestid") {
                writer.key("RequestId")
                writer.string(latin1(id))
            } else if let id = response.field("x-amz-request-id") {
                writer.key("RequestId")
                writer.string(latin1(id))
                writer.key("HostId")
                writer.string(latin1(response.field("x-amz-id-2") ?? .empty))
            }
            if status > 0 {
                writer.key("HTTPStatusCode")
                writer.number(Int64(status))
                writer.key("HTTPHeaders")
                writeFields(to: &writer)
            }
            if isMaxAttemptsReached {
                writer.key("MaxAttemptsReached")
                writer.raw("true")
            }
            if isRetryQuotaReached {
                writer.key("RetryQuotaReached")
                writer.raw("true")
            }
            writer.key("RetryAttempts")
            writer.number(Int64(max(attempts - 1, 0)))
        }
    }

    /// Names in lower case; values of fields that come more than once are joined by `, `.
    private func writeFields(to writer: inout JSONWriter) {
        var fields: [(name: Bytes, value: Bytes)] = []
        var lines = HTTPHead(head)
        while let (given, value) = lines.next() {
            let name = latin1(given).withView { $0.lowercased }
            let value = latin1(value)
            // A response has tens of fields; the driver bounds the head's length.
            if let known = fields.firstIndex(where: { $0.name == name }) {
                fields[known].value.append(", " as ByteView)
                fields[known].value.append(contentsOf: value)
            } else {
                fields.append((name, value))
            }
        }
        writer.object { writer in
            for field in fields {
                field.name.withView { writer.key($0) }
                writer.string(field.value)
            }
        }
    }
}
