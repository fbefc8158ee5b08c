import Testing

@testable import LocJob

@Suite("Credentials of a process")
struct ProcessProviderTests {
    static let good = #"{"Version": 1, "AccessKeyId": "AKID", "SecretAccessKey": "hush", "SessionToken": "hush-token", "Expiration": "2099-01-01T00:00:00Z"}"#

    private func sourced(_ command: String) -> Sourced<Bytes> {
        Sourced(value: Array(text: command), source: .file(key: Bytes("credential_process"), path: Bytes("/home/me/.aws/config"), line: 7))
    }

    private func play(_ command: String = "tool --secret hush") throws -> FetchPlay {
        try FetchPlay(try ProcessProvider.make(sourced(command)))
    }

    private func run(
        status: Int32? = 0, _ output: String? = good, errors: String = "", problem: Text = "", _ command: String = "tool --secret hush"
    ) throws -> FetchPlay.Step {
        let play = try play(command)
        _ = play.start()
        return play.answer(.ran(ProgramResult(status: status, output: output.map { Array(text: $0) }, errors: Array(text: errors), problem: problem)))
    }

    @Test("come from a program and its words")
    func command() throws {
        #expect(try play("/opt/tool --profile 'my profile' $HOME").start().runs == ["/opt/tool", "--profile", "my profile", "$HOME"])
    }

    @Test("come from no command that is none", arguments: ["", "  ", "'hush", "hush\\", "\"\" x", "hush\u{0}x"])
    func badCommand(_ command: String) {
        let failure = failure { _ = try ProcessProvider.make(sourced(command)) }
        #expect(failure?.code == .invalidSetting)
        #expect(failure?.message.contains("credential_process in \"/home/me/.aws/config\" line 7") == true)
        #expect(failure?.message.contains("hush") == false)
    }

    @Test("have the features of a profile's process, or others")
    func features() throws {
        #expect(try run().fetched?.credentials.featureIDs.text == "v,w")
        let play = try FetchPlay(try ProcessProvider.make(sourced("x"), featureIDs: Bytes("o,w")))
        _ = play.start()
        let step = play.answer(.ran(ProgramResult(status: 0, output: Array(text: Self.good), errors: [], problem: "")))
        #expect(step.fetched?.credentials.featureIDs.text == "o,w")
        #expect(step.fetched?.credentials.origin == .process)
    }

    struct Row: Decodable, Sendable, CustomTestStringConvertible {
        struct Meaning: Decodable, Sendable, Equatable {
            var access_key_id, secret_access_key: String
            var session_token: String?
            var expiration: Int64?
        }

        var text: String
        var means: Meaning?
        var here: String?
        var testDescription: String { String(text.prefix(100)) }
    }

    @Test("are what botocore reads from what it wrote", arguments: Repository.rows("credentials/process/documents.json", of: Row.self))
    func documents(_ row: Row) throws {
        let step = try run(row.text)
        let means = step.fetched.map { fetched in
            Row.Meaning(
                access_key_id: fetched.credentials.accessKeyID.text, secret_access_key: fetched.credentials.secretAccessKey.view.text,
                session_token: fetched.credentials.sessionToken?.view.text, expiration: fetched.expiration)
        }
        #expect(means == row.means)
        guard row.means == nil else { return }
        #expect(step.failure?.code == .credentialsFailed)
        #expect(step.message.hasPrefix("credential process: "))
        #expect(!step.message.contains("SECRET"))
        #expect(step.message.utf8.count < 1000)
    }

    @Test("fail with what it said when it ended badly")
    func status() throws {
        let step = try run(status: 3, errors: "\n first line\r\n second\tline\n")
        #expect(step.failure?.code == .credentialsFailed)
        #expect(step.message == "credential process: \"tool\" (credential_process in \"/home/me/.aws/config\" line 7) ended with status 3: first line   second line")
    }

    @Test("fail without anything said", arguments: ["", " \n"])
    func silent(_ errors: String) throws {
        #expect(try run(status: 255, errors: errors).message.hasSuffix("ended with status 255"))
    }

    @Test("fail with a bounded part of what it said")
    func bounded() throws {
        let step = try run(status: 1, errors: String(repeating: "東", count: 2000))
        #expect(step.message.utf8.count < 700)
        #expect(step.message.hasSuffix("…"))
    }

    @Test("fail with what was wrong", arguments: ["cannot be run: there is no such program", "was ended by signal 9", "was ended: it took more than 60 s"])
    func problems(_ problem: String) throws {
        let step = try run(status: nil, errors: "why", problem: Text(Array(text: problem)))
        #expect(step.failure?.code == .credentialsFailed)
        #expect(step.message.hasSuffix("\(problem): why"))
        #expect(step.message.contains("\"tool\""))
        #expect(!step.message.contains("hush"))
    }

    @Test("fail without a status, without output, and with too much of it")
    func nothing() throws {
        #expect(try run(status: nil).failure?.code == .credentialsFailed)
        #expect(try run(nil).message.contains("wrote more than is read"))
        #expect(try run(" \n").message.contains("wrote nothing"))
    }

    @Test("never count when the program ended badly")
    func goodOutputBadStatus() throws {
        let step = try run(status: 1)
        #expect(step.failure?.code == .credentialsFailed)
        #expect(!step.message.contains("hush"))
    }

    @Test("take no answer that they did not ask for")
    func unasked() throws {
        let play = try play()
        _ = play.start()
        #expect(play.answer(.woke).failure?.code == .internalError)
    }

    @Test("survive any bytes")
    func anyBytes() throws {
        var random = SeededRandom(13)
        for _ in 0..<2000 {
            let play = try play()
            _ = play.start()
            let bytes = random.mutation(of: [Array(text: Self.good)], alphabet: Array(text: "{}[]\",:\\u0a"))
            let step = play.answer(.ran(ProgramResult(status: 0, output: bytes, errors: bytes, problem: "")))
            #expect(step.fetched != nil || step.failure?.code == .credentialsFailed)
        }
    }
}
