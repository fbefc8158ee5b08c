/// Credentials that are there already: keys in code, in the environment or in a profile.
final class StaticProvider: CredentialProvider {
    private let credentials: Credentials

    init(_ credentials: Credentials) { self.credentials = credentials }

    var origin: CredentialOrigin { credentials.origin }

    func makeFetch() -> any CredentialFetch { StaticFetch(credentials) }
}

private final class StaticFetch: CredentialFetch {
    private let credentials: Credentials

    init(_ credentials: Credentials) { self.credentials = credentials }

    func start(_ context: FetchContext) throws(Failure) -> FetchStep {
        .done(FetchedCredentials(credentials: credentials, expiration: nil))
    }

    func resume(_ answer: Answer, _ context: FetchContext) throws(Failure) -> FetchStep {
        throw Failure(.internalError, "an answer that nobody asked for")
    }
}
