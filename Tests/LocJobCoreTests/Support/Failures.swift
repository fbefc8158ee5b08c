import Testing

@testable import LocJob

/// The failure of `body`; records an issue when it does not fail.
func failure(
    sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) -> (code: Code, message: String)? {
    do {
        try body()
    } catch let failure as Failure {
        return (failure.code, failure.message.text)
    } catch {
        Issue.record(error, sourceLocation: sourceLocation)
        return nil
    }
    Issue.record("no failure", sourceLocation: sourceLocation)
    return nil
}

extension Failure: CustomStringConvertible {
    public var description: String { "\(code): \(message.text)" }
}
