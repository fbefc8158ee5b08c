/// What went wrong: the one error type of the core.
struct Failure: Error {
    var code: Code
    /// One line for people: names the thing, never a secret.
    var message: Text

    init(_ code: Code, _ message: Text) {
        self.code = code
        self.message = message
    }

    static var cancelled: Failure { Failure(.cancelled, "the call was cancelled") }

    static func invalidResponse(_ message: Text) -> Failure {
        Failure(.invalidResponse, Text("invalid response: \(message)"))
    }
}
