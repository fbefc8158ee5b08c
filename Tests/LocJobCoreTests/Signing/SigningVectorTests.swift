import Foundation
import Testing

@testable import LocJob

@Suite("Signature Version 4")
struct SigningVectorTests {
    struct Row: Decodable, Sendable, CustomTestStringConvertible {
        var name, region, service, time, access_key_id, secret_access_key: String
        var session_token: String?
        var scheme, authority, path, canonical_request, string_to_sign, authorization: String

        var testDescription: String { name }

        var seconds: Int64 {
            let parts = time.utf8.filter { $0 >= 0x30 && $0 <= 0x39 }.map { Int64($0 - 0x30) }
            func number(_ range: Range<Int>) -> Int64 { parts[range].reduce(0) { $0 * 10 + $1 } }
            return CivilDate(
                year: number(0..<4), month: number(4..<6), day: number(6..<8), hour: number(8..<10),
                    minute: number(10..<12),
                second: number(12..<14))!.secondsSince1970
        }

        var credentials: Credentials { .make(access_key_id, secret_access_key, session_token) }

        func signer() throws -> SigV4 {
            try SigV4(
                credentials, region: Array(text: region), service: service == "geo" ? "geo" : "service",
                    seconds: seconds,
                keys: SigningKeyCache())
        }

        /// The host as an endpoint of this scheme and authority has it.
        var host: Bytes {
            let region = try! Region(Sourced(value: Bytes("us-east-1"), source: .none))
            let custom = Sourced(value: Array(text: "\(scheme)://\(authority)"), source: Source.none)
            return try! Endpoint(region: region, custom: custom, isFIPS: Sourced(value: false, source: .none), isDualStack: Sourced(value: false, source: .none),
                hasHostPrefix: false).authority
        }
    }

    static let rows = Repository.rows("signing/requests.json", of: Row.self)

    @Test("makes the canonical request of other clients", arguments: rows)
    func canonicalRequest(_ row: Row) throws {
        let signer = try row.signer()
        let buffer = ByteBuffer()
        row.path.withView { path in
            row.host.withView { host in
                signer.appendCanonicalRequest(SigV4.Parts(method: "GET", host: host, path: path), to: buffer)
            }
        }
        #expect(buffer.text == row.canonical_request)
    }

    @Test("makes the string to sign of other clients", arguments: rows)
    func stringToSign(_ row: Row) throws {
        let signer = try row.signer()
        let buffer = ByteBuffer()
        row.canonical_request.withView { signer.appendStringToSign($0, to: buffer) }
        #expect(buffer.text == row.string_to_sign)
    }

    @Test("makes the authorization of other clients", arguments: rows)
    func authorization(_ row: Row) throws {
        let signer = try row.signer()
        let output = ByteBuffer()
        let scratch = ByteBuffer()
        scratch.append("left over" as ByteView)
        row.path.withView { path in
            row.host.withView { host in
                let parts = SigV4.Parts(method: "GET", host: host, path: path)
                signer.appendAuthorization(parts, to: output, scratch: scratch)
            }
        }
        #expect(output.text == row.authorization)
    }

    @Test("agrees with the signatures that AWS has published")
    func published() {
        let byName = Dictionary(uniqueKeysWithValues: Self.rows.map { ($0.name, $0.authorization.suffix(64)) })
        #expect(byName["get-vanilla"] == "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")
        #expect(byName["get-unreserved"] == "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f")
    }
}

extension Credentials {
    static func make(_ id: String = "AKID", _ secret: String = "SECRET", _ token: String? = nil) -> Credentials {
        id.withView { id in
            secret.withView { secret in
                guard let token else {
                    return try! .make(.code, accessKeyID: id, secretAccessKey: secret, sessionToken: nil)
                }
                return token.withView { try! .make(.code, accessKeyID: id, secretAccessKey: secret, sessionToken: $0) }
            }
        }
    }
}
