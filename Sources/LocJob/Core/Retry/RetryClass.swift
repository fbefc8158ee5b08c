/// Whether and as what an error is retried.
enum RetryClass {
    case none, transient, throttling

    /// What the service's answer calls for (botocore: retries/standard.py; for the legacy mode
    /// data/_retry.json, whose statuses are wider).
    init(status: Int, errorCode: ByteView, mode: RetryMode) {
        if Self.isThrottling(errorCode) {
            self = .throttling
        } else if Self.isTransient(errorCode) {
            self = .transient
        } else if status == 429 {
            // The model decides for the errors that it knows.
            let isModelled = ServiceErrorName.isModelled(errorCode)
            self = isModelled && mode == .standard ? .none : .throttling
        } else {
            switch status {
            case 500, 502, 503, 504: self = .transient
            case 509: self = mode == .legacy ? .transient : .none
            default: self = .none
            }
        }
    }

    private static func isThrottling(_ code: ByteView) -> Bool {
        oneOf(
            code,
            [
                "ThrottlingException", "Throttling", "ThrottledException", "RequestThrottledException",
                "TooManyRequestsException", "ProvisionedThroughputExceededException",
                "TransactionInProgressException", "RequestLimitExceeded", "BandwidthLimitExceeded",
                "LimitExceededException", "RequestThrottled", "SlowDown", "PriorRequestNotComplete",
                "EC2ThrottledException",
            ])
    }

    private static func isTransient(_ code: ByteView) -> Bool {
        oneOf(code, ["RequestTimeout", "RequestTimeoutException", "InternalServerException"])
    }
}

/// The service's words for its errors.
enum ServiceErrorName {
    /// The errors that the model lists for GetJob.
    static func isModelled(_ code: ByteView) -> Bool {
        oneOf(
            code,
            [
                "InternalServerException", "ResourceNotFoundException", "AccessDeniedException",
                "ValidationException", "ThrottlingException",
            ])
    }

    /// Errors of a clock that is off.
    static func isClockSkew(_ code: ByteView) -> Bool {
        oneOf(
            code,
            [
                "RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture", "InvalidSignatureException",
                "SignatureDoesNotMatch", "AuthFailure",
            ])
    }

    /// Errors of keys, tokens and signatures.
    static func isAuthentication(_ code: ByteView) -> Bool {
        isClockSkew(code)
            || oneOf(
                code,
                [
                    "UnrecognizedClientException", "InvalidClientTokenId", "ExpiredToken",
                    "ExpiredTokenException", "InvalidToken", "MissingAuthenticationToken",
                    "MissingAuthenticationTokenException", "IncompleteSignature",
                    "IncompleteSignatureException", "InvalidAccessKeyId", "NotAuthorized",
                ])
    }
}

private func oneOf(_ text: ByteView, _ names: [ByteView]) -> Bool {
    for name in names where name == text { return true }
    return false
}
