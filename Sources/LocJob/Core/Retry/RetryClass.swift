/// Whether and as what an error is retried.
enum RetryClass {
    case none, transient, throttling

    /// What the service's answer calls for.
    init(status: Int, errorCode: ByteView, mode: RetryMode) {
        switch mode {
        case .standard, .adaptive: self.init(standard: status, errorCode)
        case .legacy: self.init(legacy: status, errorCode)
        }
    }

    /// botocore: retries/standard.py
    private init(standard status: Int, _ code: ByteView) {
        if ServiceErrorName.isThrottling(code, status: status) {
            self = .throttling
        } else if ServiceErrorName.isTransient(code) {
            self = .transient
        } else {
            switch status {
            case 500, 502, 503, 504: self = .transient
            default: self = .none
            }
        }
    }

    /// botocore: data/_retry.json
    private init(legacy status: Int, _ code: ByteView) {
        switch status {
        case 400: self = ServiceErrorName.isLegacyThrottling(code) ? .throttling : .none
        case 429: self = .throttling
        case 500, 502, 503, 504, 509: self = .transient
        default: self = .none
        }
    }
}

/// The service's words for its errors.
enum ServiceErrorName {
    /// Errors of too many requests: by name at any status, by status 429 unless the model has another
    /// word for the name.
    static func isThrottling(_ code: ByteView, status: Int) -> Bool {
        (status == 429 && !isModelled(code))
            || oneOf(
                code,
                [
                    "ThrottlingException", "Throttling", "ThrottledException", "RequestThrottledException",
                    "TooManyRequestsException", "ProvisionedThroughputExceededException",
                    "TransactionInProgressException", "RequestLimitExceeded", "BandwidthLimitExceeded",
                    "LimitExceededException", "RequestThrottled", "SlowDown", "PriorRequestNotComplete",
                    "EC2ThrottledException",
                ])
    }

    static func isLegacyThrottling(_ code: ByteView) -> Bool {
        oneOf(
            code,
            [
                "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException",
                "ProvisionedThroughputExceededException",
            ])
    }

    /// InternalServerException is the one error that the model marks as retryable without its being a
    /// matter of rate.
    static func isTransient(_ code: ByteView) -> Bool {
        oneOf(code, ["RequestTimeout", "RequestTimeoutException", "InternalServerException"])
    }

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

    /// Errors of credentials that were good once, or are not known yet.
    static func isExpiredCredentials(_ code: ByteView) -> Bool {
        oneOf(code, ["ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"])
    }

    /// Errors of keys, tokens and signatures.
    static func isAuthentication(_ code: ByteView) -> Bool {
        isClockSkew(code) || isExpiredCredentials(code)
            || oneOf(
                code,
                [
                    "InvalidToken", "MissingAuthenticationToken",
                    "MissingAuthenticationTokenException", "IncompleteSignature",
                    "IncompleteSignatureException", "InvalidAccessKeyId", "NotAuthorized",
                ])
    }
}

private func oneOf(_ text: ByteView, _ names: [ByteView]) -> Bool {
    for name in names where name == text { return true }
    return false
}
