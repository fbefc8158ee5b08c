// Two steps of a call by themselves, for signature.c and reading.c. Compiled into one module with the library's own
// sources, and as they are: its public functions do not have them.

import CCore
import CLocJob

/// Signs as ServiceCall does, with the key of the day in its cache.
private final class Signing {
    let credentials: Credentials
    let region: Bytes
    let host: Bytes
    let path: Bytes
    let keys = SigningKeyCache()
    let output = ByteBuffer()
    let scratch = ByteBuffer()
    let seconds: Int64

    init(credentials: Credentials, region: Bytes, host: Bytes, path: Bytes, seconds: Int64) {
        self.credentials = credentials
        self.region = region
        self.host = host
        self.path = path
        self.seconds = seconds
    }

    func sign() {
        output.removeAll()
        guard
            let signer = try? SigV4(
                credentials, region: region, service: Operation.signingName, seconds: seconds, keys: keys)
        else { return }
        host.withView { host in
            path.withView { path in
                signer.appendAuthorization(
                    SigV4.Parts(method: "GET", host: host, path: path), to: output, scratch: scratch)
            }
        }
    }
}

nonisolated(unsafe) private var signing: Signing?

private func view(_ text: UnsafePointer<CChar>) -> ByteView {
    ByteView(UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self), count: lj_length(text, 4096))
}

@_cdecl("steps_prepare_signature")
public func stepsPrepareSignature(
    _ accessKey: UnsafePointer<CChar>, _ secretKey: UnsafePointer<CChar>, _ token: UnsafePointer<CChar>,
    _ region: UnsafePointer<CChar>, _ host: UnsafePointer<CChar>, _ path: UnsafePointer<CChar>, _ seconds: Int64
) -> Int32 {
    guard
        let credentials = try? Credentials.make(
            .environment, accessKeyID: view(accessKey), secretAccessKey: view(secretKey), sessionToken: view(token))
    else { return 1 }
    signing = Signing(
        credentials: credentials, region: view(region).bytes, host: view(host).bytes, path: view(path).bytes,
        seconds: seconds)
    return 0
}

/// Makes the value of the Authorization header, and writes the signature at its end to `digits`.
@_cdecl("steps_make_signature")
public func stepsMakeSignature(_ digits: UnsafeMutablePointer<UInt8>) {
    guard let signing else { return }
    signing.sign()
    let value = signing.output.view
    lj_copy(digits, value.from(value.count - 64).base, 64)
    digits[64] = 0
}

/// Used again by each reading, as by a connection's.
nonisolated(unsafe) private let tags = JSONMembers()

/// Reads a response's body: a result with the job's struct and its JSON, which is released.
@_cdecl("reading_read")
public func readingRead(_ body: UnsafePointer<UInt8>, _ length: Int) -> Int32 {
    let body = ByteView(body, count: length)
    guard let job = try? Job(body, tags: tags) else { return 0 }
    let result = Result.handle(.success(job, nil, body, .none, Trace()), jobID: "benchmark-job")
    defer { locjob_free(result) }
    return locjob_result_job(result) != nil && locjob_result_json_length(result) > 0 ? 1 : 0
}
