import Testing

@testable import LocJob

/// A driver that plays a script for a fetch of credentials.
final class STSConversation {
    /// A request as it would have gone out.
    struct Sent {
        var method: String
        var url: String
        var fields: [(name: String, value: String)]
        var body: String
        var isDirect: Bool

        subscript(name: String) -> String? { fields.first { $0.name == name }?.value }
    }

    let client: ClientState
    let fetch: any CredentialFetch
    var now = Moment(monotonic: 1_000_000_000, wallSeconds: Conversation.wallSeconds)
    private let request = HTTPRequest()
    private let memory = Memory()
    private var random = SeededRandom(3)

    init(_ provider: any CredentialProvider, _ settings: [String: String] = [:]) throws {
        client = try .make(settings)
        fetch = provider.makeFetch()
    }

    private var context: FetchContext {
        FetchContext(now: now, request: request, client: client, random: random.next())
    }

    func start() throws -> FetchStep { try fetch.start(context) }

    func answer(_ answer: Answer) throws -> FetchStep { try fetch.resume(answer, context) }

    /// Hands over a response, whose memory ends with the call.
    func respond(_ status: Int, _ body: String, _ fields: [String] = []) throws -> FetchStep {
        let head = Array(text: (["HTTP/1.1 \(status) X"] + fields + ["", ""]).joined(separator: "\r\n"))
        return try head.withExactView { head in
            try Array(text: body).withExactView { body in
                try answer(.response(HTTPResponse(status: status, head: head, body: body), Timings()))
            }
        }
    }

    func fail(_ code: Code) throws -> FetchStep { try answer(.failed(Failure(code, "it failed"), Timings())) }

    /// Lets the pause go by that the fetch asked for.
    func wake(_ step: FetchStep, sourceLocation: SourceLocation = #_sourceLocation) throws -> FetchStep {
        guard case .wait(let until) = step else {
            Issue.record("the fetch does not wait but: \(step)", sourceLocation: sourceLocation)
            return step
        }
        #expect(until >= now.monotonic, sourceLocation: sourceLocation)
        now.monotonic = until
        return try answer(.woke)
    }

    func sent(_ step: FetchStep, sourceLocation: SourceLocation = #_sourceLocation) throws -> Sent {
        guard case .send = step else {
            Issue.record("the fetch does not send but: \(step)", sourceLocation: sourceLocation)
            throw Failure(.internalError, "no request")
        }
        let fields = (0..<request.fieldCount).map { index in
            let parts = request.field(index).text.split(separator: ": ", maxSplits: 1)
            return (name: String(parts[0]), value: parts.count > 1 ? String(parts[1]) : "")
        }
        return Sent(
            method: request.method.text, url: request.url.text, fields: fields, body: request.body.view.text,
            isDirect: request.isDirect)
    }

    /// An answer of STS.
    static func answer(
        _ action: String = "AssumeRole", _ id: String? = "ASIAEXAMPLE", secret: String? = "secret", token: String? = "token",
        expiration: String? = "2026-11-24T07:07:08Z"
    ) -> String {
        func element(_ name: String, _ value: String?) -> String { value.map { "      <\(name)>\($0)</\(name)>\n" } ?? "" }
        return """
            <\(action)Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
              <\(action)Result>
                <AssumedRoleUser>
                  <AssumedRoleId>AROA:me</AssumedRoleId>
                  <Arn>arn:aws:sts::123456789012:assumed-role/r/me</Arn>
                </AssumedRoleUser>
                <Credentials>
            \(element("AccessKeyId", id))\(element("SecretAccessKey", secret))\(element("SessionToken", token))\(element("Expiration", expiration))
                </Credentials>
              </\(action)Result>
              <ResponseMetadata>
                <RequestId>c6104cbe-af31-11e0-8154-cbc7ccf896c7</RequestId>
              </ResponseMetadata>
            </\(action)Response>
            """
    }

    static func error(_ code: String, _ message: String) -> String {
        """
        <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
          <Error>
            <Type>Sender</Type>
            <Code>\(code)</Code>
            <Message>\(message)</Message>
          </Error>
          <RequestId>4b1e5b5c-1111</RequestId>
        </ErrorResponse>
        """
    }
}

extension FetchStep {
    var fetched: FetchedCredentials? {
        if case .done(let fetched) = self { fetched } else { nil }
    }

    var waitsUntil: Nanoseconds? {
        if case .wait(let until) = self { until } else { nil }
    }
}

extension STSRole {
    static let arn = "arn:aws:iam::123456789012:role/r"

    static func make(
        _ arn: String = STSRole.arn, name: String? = nil, features: String = "o,n", region: String = "us-east-1",
        custom: String? = nil, isLegacy: Bool = false
    ) throws -> STSRole {
        STSRole(
            endpoint: try STSEndpoint(
                region: Region(Sourced(value: Array(text: region), source: .none)),
                custom: custom.map { Sourced(value: Array(text: $0), source: .none) },
                isFIPS: Sourced(value: false, source: .none), isDualStack: Sourced(value: false, source: .none),
                isLegacy: isLegacy),
            arn: Array(text: arn), sessionName: name.map { Array(text: $0) }, featureIDs: Array(text: features))
    }
}
