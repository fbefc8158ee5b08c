@testable import LocJob

/// As a result tells them.
extension Outcome {
    /// Empty when there is none.
    var requestID: Bytes { requestIDField.map { latin1($0) } ?? [] }

    /// The requests that were sent, in order.
    var trace: [Attempt] { requests.attempts(metadata.requestID) }
}
