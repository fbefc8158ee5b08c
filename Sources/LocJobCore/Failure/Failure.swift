/// What went wrong: the one error type of the core.
public struct Failure: Error {
    public var code: Code
    /// One line for people: names the thing, never a secret.
    public var message: Text

    public init(_ code: Code, _ message: Text) {
        self.code = code
        self.message = message
    }

    static func invalidResponse(_ message: Text) -> Failure {
        Failure(.invalidResponse, Text("invalid response: \(message)"))
    }
}
