/// An error response, read as botocore reads it (parsers.py, RestJSONParser), except that the
/// `x-amzn-errortype` header always counts and that a body which is no JSON object is a message like any
/// other text.
struct ServiceError {
    var code: Code
    /// The service's word, such as `ResourceNotFoundException`; the status as text when it gave none.
    var name: Bytes
    var message: Bytes = []
    /// Members that the model gives its errors, as JSON text; empty when there is none. Reason and
    /// FieldList are ValidationException's.
    var modelledMessage: Bytes = []
    var reason: Bytes = []
    var fieldList: Bytes = []
    var retry: RetryClass

    /// How much of a body that is no JSON stands as the message.
    private static let bodyLimit = 1000
    /// How long texts and lists may be; what is longer is cut or left out. What the service sends is far
    /// below, and an error is put together in memory whose exhaustion would end the process.
    private static let textLimit = 65_536
    private static let nameLimit = 256

    /// Whether there is memory for what is made of a response's texts, in its several shapes.
    static func hasMemory(for response: HTTPResponse) -> Bool {
        // What is short fits into what a process has left over.
        response.body.count < 1024 || LocJob.hasMemory(16 &* min(response.body.count, 6 &* textLimit))
    }

    init(_ response: HTTPResponse, mode: RetryMode) {
        var body = Body()
        var isObject = false
        do throws(Failure) {
            try JSONReader.object(response.body) { (key, value) throws(Failure) in body.take(key, value) }
            isObject = true
        } catch {
            body = Body()
        }
        name = Self.name(response, body)
        if isObject {
            message = Self.cut(body.message ?? [], Self.textLimit)
        } else if !Self.isGeneric(response) {
            message.append(lossy: response.body.prefix(characters: Self.bodyLimit))
        }
        if Self.isGeneric(response) { message = httpReasonPhrase(response.status).bytes }
        retry = name.withView { RetryClass(status: response.status, errorCode: $0, mode: mode) }
        code = name.withView { Self.code($0, response.status) }
        if name.withView({ ServiceErrorName.isModelled($0) }), let message = body.lowerMessage,
            message.kind == .string
        {
            modelledMessage = Self.json(message)
        }
        if code == .validationError {
            reason = body.reason.map { Self.json($0) } ?? []
            fieldList = body.fieldList.map { Self.fieldList($0) } ?? []
        }
    }

    /// An empty body or a page of HTML with a status from 500 on comes from a proxy or balancer, not from
    /// the service.
    private static func isGeneric(_ response: HTTPResponse) -> Bool {
        let body = response.body.trimmed
        return response.status >= 500 && (body.isEmpty || body.hasPrefix("<html>"))
    }

    private static func name(_ response: HTTPResponse, _ body: Body) -> Bytes {
        let given = response.field("x-amzn-errortype").map { latin1($0) } ?? body.code ?? body.type ?? []
        let cut = given.withView { given in
            let end = given.firstIndex(of: UInt8(ascii: ":")) ?? given.count
            let start = given.prefix(end).lastIndex(of: UInt8(ascii: "#")).map { $0 + 1 } ?? 0
            return given.slice(start, end).trimmed.bytes
        }
        return cut.isEmpty ? Text("\(response.status)").bytes : Self.cut(cut, nameLimit)
    }

    private static func cut(_ text: Bytes, _ limit: Int) -> Bytes {
        text.count <= limit ? text : text.withView { $0.prefix(characters: limit).bytes }
    }

    private static func json(_ value: JSONValue) -> Bytes { value.text.count <= textLimit ? value.text.bytes : [] }

    private static func code(_ name: ByteView, _ status: Int) -> Code {
        if ServiceErrorName.isThrottling(name, status: status) { return .throttled }
        if name == "ResourceNotFoundException" { return .notFound }
        if name == "ValidationException" { return .validationError }
        if name == "AccessDeniedException" { return .accessDenied }
        if ServiceErrorName.isAuthentication(name) { return .authenticationFailed }
        return status >= 500 || name == "InternalServerException" ? .serverError : .serviceError
    }

    /// `[{"name": …, "message": …}]` with the names that boto3 gives its members.
    private static func fieldList(_ list: JSONValue) -> Bytes {
        guard list.text.count <= textLimit else { return [] }
        var writer = JSONWriter()
        writer.array { writer in
            try? JSONReader.elements(of: list) { (field) throws(Failure) in
                writer.object { writer in
                    for (key, name) in [("name", "Name"), ("message", "Message")] as [(ByteView, ByteView)] {
                        var value: JSONValue?
                        try? JSONReader.members(of: field) { (candidate, given) throws(Failure) in
                            if candidate.equals(key) { value = given.isNull ? nil : given }
                        }
                        if let value {
                            writer.key(name)
                            writer.raw(value.text)
                        }
                    }
                }
            }
        }
        return writer.bytes
    }

    /// The error as one line.
    var text: Text {
        message.isEmpty ? "\(printable: name)" : "\(printable: name): \(printable: message)"
    }
}

/// The members of an error's body that count; the last of each name.
private struct Body {
    var lowerMessage, upperMessage, lowerCode, upperCode, typeName: JSONValue?
    var reason, fieldList: JSONValue?

    mutating func take(_ key: JSONValue, _ value: JSONValue) {
        if key.equals("message") {
            lowerMessage = value
        } else if key.equals("Message") {
            upperMessage = value
        } else if key.equals("code") {
            lowerCode = value
        } else if key.equals("Code") {
            upperCode = value
        } else if key.equals("__type") {
            typeName = value
        } else if key.equals("reason") {
            reason = value.kind == .string ? value : nil
        } else if key.equals("fieldList") {
            fieldList = value.kind == .array ? value : nil
        }
    }

    var message: Bytes? { text(lowerMessage) ?? text(upperMessage) }
    var code: Bytes? { text(lowerCode) ?? text(upperCode) }
    var type: Bytes? { text(typeName) }

    /// A string's value; a number as it stands, as some gateways send codes.
    private func text(_ value: JSONValue?) -> Bytes? {
        guard let value else { return nil }
        if value.kind == .number { return value.text.bytes }
        // Cut before it is decoded: an escape is six bytes at the most, and its character one at the least.
        return value.text.count <= 6 * 65_536 ? value.string : value.text.slice(1, 65_536).bytes
    }
}
