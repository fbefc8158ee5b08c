/// Credentials that are there already: keys in code, in the environment or in a profile.
final class StaticProvider: CredentialProvider {
    private let credentials: Credentials
    private let expiration: Sourced<Int64>?

    /// `expiration` is when they end, in seconds since 1970, where something says so.
    init(_ credentials: Credentials, expiration: Sourced<Int64>? = nil) {
        self.credentials = credentials
        self.expiration = expiration
    }

    var origin: CredentialOrigin { credentials.origin }

    func makeFetch() -> any CredentialFetch { StaticFetch(credentials, expiration) }
}

private final class StaticFetch: CredentialFetch {
    private let credentials: Credentials
    private let expiration: Sourced<Int64>?

    init(_ credentials: Credentials, _ expiration: Sourced<Int64>?) {
        self.credentials = credentials
        self.expiration = expiration
    }

    func start(_ context: FetchContext) throws(Failure) -> FetchStep {
        if let expiration, expiration.value <= context.now.wallSeconds {
            throw credentials.origin.failure("the keys have ended, as \(expiration.source.text) says")
        }
        return .done(FetchedCredentials(credentials: credentials, expiration: expiration?.value))
    }

    func resume(_ answer: Answer, _ context: FetchContext) throws(Failure) -> FetchStep {
        throw Failure(.internalError, "an answer that nobody asked for")
    }
}
