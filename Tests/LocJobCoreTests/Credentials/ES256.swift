import Foundation
import Testing

/// Checks ES256 signatures with OpenSSL's own functions, which the library under test links: nothing of
/// lj_ec.c is between.
struct ES256 {
    private typealias NewMemory = @convention(c) (UnsafeRawPointer?, Int32) -> OpaquePointer?
    private typealias ReadKey = @convention(c) (OpaquePointer?, OpaquePointer?, OpaquePointer?, OpaquePointer?) -> OpaquePointer?
    private typealias NewContext = @convention(c) () -> OpaquePointer?
    private typealias Begin = @convention(c) (OpaquePointer?, OpaquePointer?, OpaquePointer?, OpaquePointer?, OpaquePointer?) -> Int32
    private typealias Verify = @convention(c) (OpaquePointer?, UnsafePointer<UInt8>, Int, UnsafePointer<UInt8>, Int) -> Int32
    private typealias Free = @convention(c) (OpaquePointer?) -> Void

    private static func function<F>(_ name: String, as type: F.Type) -> F {
        unsafeBitCast(dlsym(dlopen(nil, RTLD_NOW), name), to: type)
    }

    /// Whether a JWT is signed by the private key's other half.
    static func verifies(_ jwt: String, pem: String) -> Bool {
        let parts = jwt.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let signature = decode(String(parts[2])), signature.count == 64 else { return false }
        let key = key(pem)
        let context = function("EVP_MD_CTX_new", as: NewContext.self)()
        defer {
            function("EVP_PKEY_free", as: Free.self)(key)
            function("EVP_MD_CTX_free", as: Free.self)(context)
        }
        let hash = function("EVP_sha256", as: NewContext.self)()
        guard key != nil, function("EVP_DigestVerifyInit", as: Begin.self)(context, nil, hash, nil, key) == 1 else { return false }
        let message = Array("\(parts[0]).\(parts[1])".utf8)
        let der = der(signature)
        return function("EVP_DigestVerify", as: Verify.self)(context, der, der.count, message, message.count) == 1
    }

    private static func key(_ pem: String) -> OpaquePointer? {
        Array(pem.utf8).withUnsafeBytes { pem in
            let text = function("BIO_new_mem_buf", as: NewMemory.self)(pem.baseAddress, Int32(pem.count))
            defer { function("BIO_free_all", as: Free.self)(text) }
            return function("PEM_read_bio_PrivateKey", as: ReadKey.self)(text, nil, nil, nil)
        }
    }

    /// The last error in this thread's queue, 0 for none.
    static var lastError: UInt {
        function("ERR_peek_last_error", as: (@convention(c) () -> UInt).self)()
    }

    /// Leaves an error in the queue, as careless programs do.
    static func leaveError() { _ = key("no key") }

    static func clearErrors() { function("ERR_clear_error", as: (@convention(c) () -> Void).self)() }

    static func decode(_ text: String) -> [UInt8]? {
        var base64 = text.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
        while base64.count % 4 != 0 { base64 += "=" }
        return Data(base64Encoded: base64).map { [UInt8]($0) }
    }

    /// r and s as a DER sequence of two integers.
    private static func der(_ signature: [UInt8]) -> [UInt8] {
        func integer(_ number: ArraySlice<UInt8>) -> [UInt8] {
            var bytes = Array(number.drop { $0 == 0 })
            if bytes.first.map({ $0 > 127 }) ?? true { bytes.insert(0, at: 0) }
            return [2, UInt8(bytes.count)] + bytes
        }
        let body = integer(signature[..<32]) + integer(signature[32...])
        return [0x30, UInt8(body.count)] + body
    }
}
