// The fuzz target that plays a whole call with each way to get credentials: what the call asks for is
// answered with what comes next in the input.

/// Profiles, of which the first byte chooses one.
private let profiles: [StaticString] = [
    "aws_access_key_id = AKID\naws_secret_access_key = SECRET\n",
    "credential_process = /bin/program --with 'an argument'\n",
    "sso_session = corp\nsso_account_id = 123456789012\nsso_role_name = reader\n",
    "sso_start_url = https://old.example/start\nsso_region = us-east-1\nsso_account_id = 1\nsso_role_name = r\n",
    "login_session = arn:aws:iam::123456789012:user/me\n",
    "role_arn = arn:aws:iam::1:role/a\nsource_profile = base\nmfa_serial = device\nexternal_id = x\n",
    "role_arn = arn:aws:iam::1:role/a\nweb_identity_token_file = /token\n",
    "role_arn = arn:aws:iam::1:role/a\ncredential_source = EcsContainer\n",
    "role_arn = arn:aws:iam::1:role/a\ncredential_source = Ec2InstanceMetadata\n",
    "",
]
private let others: StaticString = """
    [sso-session corp]
    sso_start_url = https://corp.example/start
    sso_region = us-east-1
    [profile base]
    aws_access_key_id = AKID
    aws_secret_access_key = SECRET
    """

/// Takes the input apart: numbers, and pieces whose length stands before them.
private struct Input {
    private var rest: ByteView
    init(_ rest: ByteView) { self.rest = rest }

    var isEmpty: Bool { rest.isEmpty }

    mutating func byte() -> UInt8 {
        defer { rest = rest.from(1) }
        return rest[0]
    }

    mutating func piece() -> ByteView {
        let length = Int(byte()) | Int(byte()) << 8
        defer { rest = rest.from(length) }
        return rest.prefix(length)
    }
}

private func client(_ choice: UInt8) -> ClientState? {
    var settings = Settings()
    try? settings.set(.region, "us-east-1")
    var environment = Environment()
    environment.home = Bytes("/home/user")
    let profile = Int(choice & 0x0F) % profiles.count
    if choice & 0x10 != 0 { environment.set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/credentials") }
    if choice & 0x20 != 0 { environment.set("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/authorization") }
    if choice & 0x40 != 0 { try? settings.set(.retryMode, "adaptive") }
    var text = Bytes("[default]\n")
    text.append(ByteView(profiles[profile]))
    text.append(ByteView(others))
    guard let paths = try? SharedFiles.Paths(settings, environment),
        let files = try? SharedFiles(paths, config: .bytes(text), credentials: .absent)
    else { return nil }
    let platform = Platform(system: [], systemVersion: [], architecture: [])
    return (try? Configuration(settings, environment, files, platform)).map { ClientState($0) }
}

private let statuses = [200, 200, 200, 400, 401, 403, 404, 429, 500, 503]

private func response(_ input: inout Input) -> Answer {
    let status = statuses[Int(input.byte()) % statuses.count]
    let content = input.piece()
    let split = content.firstIndex(of: 0, from: 0) ?? 0
    let body = split == 0 ? content : content.from(split + 1)
    return .response(HTTPResponse(status: status, head: content.prefix(split), body: body), Timings())
}

/// What a driver that tells the truth may answer.
private func answer(_ action: Action, _ input: inout Input, _ now: inout Moment) -> Answer {
    let kind = input.byte()
    now.monotonic = Duration.sum(now.monotonic, Int64(kind & 0x0F) * 1_000_000_000)
    now.wallSeconds += Int64(kind & 0x0F)
    if kind == 0xFF { return .cancelled(Timings()) }
    if kind == 0xFE { return .deadline(Timings()) }
    let fails = kind & 0xF0 == 0xE0
    switch action {
    case .send:
        return fails ? .failed(Failure(.connectionLost, "lost"), Timings()) : response(&input)
    case .wait(let end):
        now.monotonic = max(end, now.monotonic)
        return .woke
    case .read:
        return .file(fails ? .absent : .bytes(input.piece().bytes))
    case .write(_, let contents):
        let isJSON = contents.withView { (try? JSONReader.document($0)) != nil }
        if !isJSON { fatalError("a token file that is no JSON") }
        return .written(fails ? Failure(.credentialsFailed, "full") : nil)
    case .run:
        if fails { return .ran(ProgramResult(status: nil, output: nil, errors: [], problem: "did not run")) }
        let (status, output, errors) = (input.byte(), input.piece().bytes, input.piece().bytes)
        return .ran(ProgramResult(status: Int32(status & 1), output: output, errors: errors, problem: ""))
    case .askMFA:
        return .mfaCode(fails ? nil : input.piece().bytes)
    case .askCaller, .finish:
        return .provided(nil)
    }
}

/// Two calls of one client: the second finds what the first has left.
func fuzzChain(_ script: ByteView) {
    var input = Input(script)
    guard let client = client(input.byte()), let jobID = try? JobID("job") else { return }
    let request = HTTPRequest()
    var now = Moment(monotonic: 0, wallSeconds: 1_790_000_000)
    for _ in 0..<2 {
        var call = ServiceCall(client, .getJob(jobID), timeout: nil, at: now, random: (1, 2))
        var action = call.start(at: now, request)
        var steps = 0
        while true {
            if case .finish(let outcome) = action {
                mustBeUTF8(outcome.message.bytes)
                mustBeUTF8(traceJSON(outcome.requests.attempts(outcome.metadata.requestID)))
                break
            }
            // With nothing left to say, every answer is an empty one: a call that still goes on would never end.
            steps += 1
            if steps > 2000 { fatalError("a call that does not end") }
            action = call.advance(answer(action, &input, &now), at: now, request)
        }
        mustBeUTF8(client.explanation)
    }
}
