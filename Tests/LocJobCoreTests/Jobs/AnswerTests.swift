import Testing

@testable import LocJob

@Suite("Answers")
struct AnswerTests {
    @Test("are reported in one line, without what they hold")
    func summaries() {
        var timings = Timings()
        timings.total = 1500
        let body = "hush".withView { HTTPResponse(status: 503, head: $0, body: $0) }
        #expect(Answer.response(body, timings).summary.text == "status 503 after 1500 us")
        #expect(Answer.failed(Failure(.connectionLost, "reset"), timings).summary.text == "reset")
        #expect(Answer.deadline(timings).summary.text == "deadline exceeded")
        #expect(Answer.cancelled(timings).summary.text == "cancelled")
        for answer in [Answer.woke, .file(.bytes(Bytes("hush"))), .mfaCode(Bytes("hush")), .provided(nil), .written(nil)] {
            #expect(answer.summary.text == "done")
        }
    }
}
