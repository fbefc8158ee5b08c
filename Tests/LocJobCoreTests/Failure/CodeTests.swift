import Testing

@testable import LocJob

@Suite("Codes")
struct CodeTests {
    /// The enumerators of `locjob_code` as the public header has them.
    static let header: [String: Int32] = {
        let text = try! Repository.text("include/locjob.h")
        let body = text[text.range(of: "enum {\n    LOCJOB_OK")!.lowerBound...].prefix { $0 != "}" }
        var constants: [String: Int32] = [:]
        for match in body.matches(of: /(LOCJOB_[A-Z_]+)\s*=\s*(\d+)/) { constants[String(match.1)] = Int32(match.2)! }
        return constants
    }()

    @Test("have the name and number of a constant in the header", arguments: Code.allCases)
    func inHeader(_ code: Code) {
        #expect(Self.header[code.name.text] == code.rawValue)
    }

    @Test("are there for each constant of the header")
    func complete() {
        #expect(Self.header.count == Code.allCases.count)
        for (name, number) in Self.header {
            #expect(Code(rawValue: number)?.name.text == name)
        }
    }

    @Test("rise in the order they are listed")
    func order() {
        let numbers = Code.allCases.map(\.rawValue)
        #expect(numbers == numbers.sorted())
        #expect(Set(numbers).count == numbers.count)
    }

    @Test("have a phrase of their own, and a name without prefix", arguments: Code.allCases)
    func texts(_ code: Code) {
        #expect(!code.text.text.isEmpty)
        #expect(!code.text.text.contains("LOCJOB"))
        #expect("LOCJOB_" + code.shortName.text == code.name.text)
        #expect(Code.allCases.filter { $0.text.text == code.text.text }.count == 1)
    }

    @Test(
        "say whether the same call may well succeed later",
        arguments: [
            (Code.throttled, true), (.serverError, true), (.connectionLost, true), (.deadlineExceeded, true),
            (.invalidResponse, true),
            (.certificateRejected, false), (.responseTooLarge, false), (.notFound, false), (.accessDenied, false),
            (.cancelled, false),
            (.ok, false), (.noCredentials, false), (.invalidJobID, false),
        ])
    func retryable(_ code: Code, _ isRetryable: Bool) {
        #expect(code.isRetryable == isRetryable)
    }
}

@Suite("The version")
struct VersionTests {
    @Test("is that of the header, whole and in parts")
    func header() throws {
        let text = try Repository.text("include/locjob.h")
        let whole = try #require(text.firstMatch(of: /#define LOCJOB_VERSION "([0-9.]+)"/)).1
        let parts = try ["MAJOR", "MINOR", "PATCH"].map { part in
            try #require(text.firstMatch(of: try Regex("#define LOCJOB_VERSION_\(part) ([0-9]+)",
                as: (Substring, Substring).self))).1
        }
        #expect(Version.text.text == whole)
        #expect(parts.joined(separator: ".") == whole)
    }
}
