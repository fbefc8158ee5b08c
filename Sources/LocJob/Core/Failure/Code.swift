/// How a call ended. The numbers are those of `locjob_code` in the public header, for ever.
enum Code: Int32, CaseIterable, Sendable {
    case ok = 0

    case invalidArgument = 1
    case invalidJobID = 2
    case outOfMemory = 3
    case internalError = 4
    case busy = 5
    case unknownTag = 6

    case unknownSetting = 10
    case invalidSetting = 11
    case invalidFile = 12
    case profileNotFound = 13
    case noRegion = 14
    case invalidEndpoint = 15

    case noCredentials = 20
    case partialCredentials = 21
    case credentialsFailed = 22

    case resolveFailed = 30
    case connectFailed = 31
    case proxyFailed = 32
    case tlsFailed = 33
    case certificateRejected = 34
    case connectionLost = 35
    case connectTimeout = 36
    case readTimeout = 37
    case invalidResponse = 38
    case responseTooLarge = 39

    case deadlineExceeded = 40
    case cancelled = 41

    case validationError = 50
    case accessDenied = 51
    case notFound = 52
    case throttled = 53
    case serverError = 54
    case authenticationFailed = 55
    case serviceError = 56

    case jobFailed = 60
    case jobCancelled = 61
}

extension Code {
    /// The one table of codes: the constant's name, what it means, and whether the same call may well
    /// succeed later.
    private var entry: (name: StaticString, text: StaticString, isRetryable: Bool) {
        switch self {
        case .ok: ("LOCJOB_OK", "success", false)
        case .invalidArgument: ("LOCJOB_INVALID_ARGUMENT", "invalid argument", false)
        case .invalidJobID: ("LOCJOB_INVALID_JOB_ID", "invalid job id", false)
        case .outOfMemory: ("LOCJOB_OUT_OF_MEMORY", "out of memory", true)
        case .internalError: ("LOCJOB_INTERNAL_ERROR", "internal error", false)
        case .busy: ("LOCJOB_BUSY", "queue used by another thread", true)
        case .unknownTag: ("LOCJOB_UNKNOWN_TAG", "unknown tag", false)
        case .unknownSetting: ("LOCJOB_UNKNOWN_SETTING", "unknown setting", false)
        case .invalidSetting: ("LOCJOB_INVALID_SETTING", "invalid setting", false)
        case .invalidFile: ("LOCJOB_INVALID_FILE", "unreadable or malformed configuration file", false)
        case .profileNotFound: ("LOCJOB_PROFILE_NOT_FOUND", "profile not found", false)
        case .noRegion: ("LOCJOB_NO_REGION", "no Region configured", false)
        case .invalidEndpoint: ("LOCJOB_INVALID_ENDPOINT", "invalid endpoint", false)
        case .noCredentials: ("LOCJOB_NO_CREDENTIALS", "no credentials found", false)
        case .partialCredentials: ("LOCJOB_PARTIAL_CREDENTIALS", "incomplete credentials", false)
        case .credentialsFailed: ("LOCJOB_CREDENTIALS_FAILED", "credential provider failed", false)
        case .resolveFailed: ("LOCJOB_RESOLVE_FAILED", "host name could not be resolved", true)
        case .connectFailed: ("LOCJOB_CONNECT_FAILED", "could not connect", true)
        case .proxyFailed: ("LOCJOB_PROXY_FAILED", "proxy failed", true)
        case .tlsFailed: ("LOCJOB_TLS_FAILED", "TLS failed", true)
        case .certificateRejected: ("LOCJOB_CERTIFICATE_REJECTED", "server certificate rejected", false)
        case .connectionLost: ("LOCJOB_CONNECTION_LOST", "connection lost", true)
        case .connectTimeout: ("LOCJOB_CONNECT_TIMEOUT", "connecting took too long", true)
        case .readTimeout: ("LOCJOB_READ_TIMEOUT", "reading took too long", true)
        case .invalidResponse: ("LOCJOB_INVALID_RESPONSE", "invalid response", true)
        case .responseTooLarge: ("LOCJOB_RESPONSE_TOO_LARGE", "response too large", false)
        case .deadlineExceeded: ("LOCJOB_DEADLINE_EXCEEDED", "deadline exceeded", true)
        case .cancelled: ("LOCJOB_CANCELLED", "cancelled", false)
        case .validationError: ("LOCJOB_VALIDATION_ERROR", "request refused as invalid", false)
        case .accessDenied: ("LOCJOB_ACCESS_DENIED", "access denied", false)
        case .notFound: ("LOCJOB_NOT_FOUND", "job not found", false)
        case .throttled: ("LOCJOB_THROTTLED", "too many requests", true)
        case .serverError: ("LOCJOB_SERVER_ERROR", "error inside the service", true)
        case .authenticationFailed: ("LOCJOB_AUTHENTICATION_FAILED", "authentication failed", false)
        case .serviceError: ("LOCJOB_SERVICE_ERROR", "error response", false)
        case .jobFailed: ("LOCJOB_JOB_FAILED", "job failed", false)
        case .jobCancelled: ("LOCJOB_JOB_CANCELLED", "job was cancelled", false)
        }
    }

    var name: StaticString { entry.name }
    var text: StaticString { entry.text }
    var isRetryable: Bool { entry.isRetryable }

    /// The name without `LOCJOB_`: what stands for a service's error code when there is none.
    var shortName: ByteView { ByteView(name).from(7) }
}
