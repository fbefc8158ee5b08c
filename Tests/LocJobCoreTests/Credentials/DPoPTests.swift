import Testing

@testable import LocJob

@Suite("A DPoP proof")
struct DPoPTests {
    struct Row: Decodable, Sendable, CustomTestStringConvertible {
        var pem: [String]
        var url: String
        var iat: Int64
        var jti: String
        var jwt: String

        var testDescription: String { jti }

        /// The proof's id as the bits that make it.
        var bits: (UInt64, UInt64) { (0, UInt64(jti.suffix(12), radix: 16) ?? 0) }
    }

    static let rows = Repository.rows("credentials/login/dpop.json", of: Row.self)

    private func proof(_ row: Row, pem: String, id: (UInt64, UInt64)? = nil) throws -> String {
        let buffer = ByteBuffer()
        buffer.append("before" as ByteView)
        let key = try pem.withView { try DPoPKey.make(pem: $0) }
        try row.url.withView { try key.appendProof(url: $0, at: row.iat, id: id ?? row.bits, to: buffer) }
        #expect(buffer.text.hasPrefix("before"))
        return String(buffer.text.dropFirst(6))
    }

    @Test("says what botocore's says, from either form of the key", arguments: rows, [0, 1])
    func contents(_ row: Row, _ form: Int) throws {
        let parts = try proof(row, pem: row.pem[form]).split(separator: ".")
        #expect(parts.count == 3)
        #expect(parts.prefix(2) == row.jwt.split(separator: ".").prefix(2))
    }

    @Test("is signed by its key", arguments: rows, [0, 1])
    func signature(_ row: Row, _ form: Int) throws {
        let jwt = try proof(row, pem: row.pem[form])
        #expect(ES256.verifies(jwt, pem: row.pem[0]))
        #expect(ES256.verifies(row.jwt, pem: row.pem[0]), "botocore's own")
        #expect(!ES256.verifies(jwt, pem: Self.rows[row.iat == Self.rows[0].iat ? 1 : 0].pem[0]), "another key")
        #expect(!ES256.verifies(jwt.replacingOccurrences(".", "x."), pem: row.pem[0]), "another text")
    }

    @Test("is signed with numbers of 32 bytes however small they are")
    func padding() throws {
        // One in 128 signatures has a number that begins with a zero byte.
        for id in 0..<600 {
            let jwt = try proof(Self.rows[0], pem: Self.rows[0].pem[0], id: (UInt64(id), 1))
            guard jwt.split(separator: ".").last?.count == 86, id % 20 > 0 || ES256.verifies(jwt, pem: Self.rows[0].pem[0])
            else {
                Issue.record("\(jwt)")
                return
            }
        }
    }

    @Test("has an id that is a random UUID")
    func id() throws {
        let jwt = try proof(Self.rows[0], pem: Self.rows[0].pem[0], id: (.max, .max))
        let payload = ES256.decode(String(jwt.split(separator: ".")[1])).map { $0.text }
        #expect(payload?.contains(#""jti":"ffffffff-ffff-4fff-bfff-ffffffffffff""#) == true)
    }

    struct BadKey: Decodable, Sendable, CustomTestStringConvertible {
        var name: String
        var pem: String

        var testDescription: String { name }
    }

    @Test("needs a private key on P-256", arguments: Repository.rows("credentials/login/bad-keys.json", of: BadKey.self))
    func badKeys(_ key: BadKey) {
        ES256.clearErrors()
        let failure = failure { _ = try key.pem.withView { try DPoPKey.make(pem: $0) } }
        let isOther = ["P-384", "secp256k1", "RSA"].contains(key.name)
        #expect(failure?.code == .credentialsFailed)
        #expect(failure?.message == (isOther ? "it is no key on the curve P-256" : "it is no private key in PEM"))
        #expect(ES256.lastError == 0)
    }

    @Test("leaves the errors of others in OpenSSL's queue")
    func errorQueue() throws {
        ES256.clearErrors()
        ES256.leaveError()
        let before = ES256.lastError
        #expect(before != 0)
        _ = failure { _ = try "no key".withView { try DPoPKey.make(pem: $0) } }
        _ = try proof(Self.rows[0], pem: Self.rows[0].pem[0])
        #expect(ES256.lastError == before)
        ES256.clearErrors()
    }

    @Test("comes of no key that was tampered with, or of one that still signs")
    func mutations() {
        var random = SeededRandom(11)
        let seeds = Self.rows.flatMap { $0.pem.map { Array(text: $0) } }
        for _ in 0..<2000 {
            let pem = random.mutation(of: seeds, alphabet: Array(text: "-BEGIN\n \rM=0/+"))
            let key = try? pem.withExactView { try DPoPKey.make(pem: $0) }
            let buffer = ByteBuffer()
            try? key?.appendProof(url: "https://x", at: 0, id: (0, 0), to: buffer)
        }
        #expect(ES256.lastError == 0)
    }
}

extension String {
    fileprivate func replacingOccurrences(_ text: Character, _ other: String) -> String {
        firstIndex(of: text).map { self[..<$0] + other + self[index(after: $0)...] } ?? self
    }
}
