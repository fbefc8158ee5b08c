import Foundation
import Testing

@testable import LocJob

/// What another client retries, by mode, code and status.
private struct Classification: Decodable {
    var statuses: [Int]
    var cost: [String: Int64]
    var table: [String: [String: [String: String]]]

    static let stored = try! JSONDecoder().decode(
        Classification.self, from: Data(contentsOf: Repository.fixtures.appending(path: "retry/classification.json")))
}

@Suite("What is retried")
struct RetryClassTests {
    private static let codes = Classification.stored.table["standard"]!.keys.sorted()

    private static func name(_ kind: RetryClass) -> String {
        switch kind {
        case .none: "none"
        case .transient: "transient"
        case .throttling: "throttling"
        }
    }

    @Test("in standard mode", arguments: codes)
    func standard(_ code: String) throws {
        let rows = try #require(Classification.stored.table["standard"]?[code])
        for status in Classification.stored.statuses {
            let given = code.isEmpty ? "\(status)" : code
            let kind = given.withView { RetryClass(status: status, errorCode: $0, mode: .standard) }
            #expect(Self.name(kind) == rows["\(status)"] ?? "none", "status \(status)")
        }
    }

    @Test("in legacy mode", arguments: codes)
    func legacy(_ code: String) throws {
        let rows = try #require(Classification.stored.table["legacy"]?[code])
        for status in Classification.stored.statuses {
            let given = code.isEmpty ? "\(status)" : code
            let kind = given.withView { RetryClass(status: status, errorCode: $0, mode: .legacy) }
            #expect((kind != .none) == (rows["\(status)"] != nil), "status \(status)")
        }
    }

    @Test("costs what it costs other clients")
    func costs() {
        let quota = RetryQuota()
        #expect(quota.acquire(.transient) == Classification.stored.cost["transient"])
        #expect(quota.acquire(.throttling) == Classification.stored.cost["throttling"])
    }

    @Test(
        "names the errors of clocks among those of authentication",
        arguments: [
            "RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture", "InvalidSignatureException",
            "SignatureDoesNotMatch", "AuthFailure",
        ])
    func skew(_ name: String) {
        name.withView {
            #expect(ServiceErrorName.isClockSkew($0))
            #expect(ServiceErrorName.isAuthentication($0))
        }
    }

    @Test(
        "takes no other error for one of the clock",
        arguments: ["", "ExpiredToken", "AccessDeniedException", "requesttimetooskewed", "AuthFailure2", "403"])
    func noSkew(_ name: String) {
        name.withView { #expect(!ServiceErrorName.isClockSkew($0)) }
    }
}
