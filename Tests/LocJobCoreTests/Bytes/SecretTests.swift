import Testing

@testable import LocJob

@Suite("Secrets")
struct SecretTests {
    @Test("are copied", arguments: ["", "s", "a secret\0with a NUL"])
    func copying(_ text: String) throws {
        let secret = try text.withView { try Secret.make($0) }
        #expect(secret.view.text == text)
    }
}
