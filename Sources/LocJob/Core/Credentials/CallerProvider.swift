/// The caller's own provider of credentials: a function set in code, which comes before the whole chain.
final class CallerProvider: CredentialProvider {
    let origin = CredentialOrigin.code

    func makeFetch() -> any CredentialFetch { CallerFetch() }
}

private final class CallerFetch: CredentialFetch {
    func start(_ context: FetchContext) throws(Failure) -> FetchStep { .askCaller }

    func resume(_ answer: Answer, _ context: FetchContext) throws(Failure) -> FetchStep {
        guard case .provided(let given) = answer, let fetched = given else {
            throw Failure(.credentialsFailed, "the credentials provider set in code gave none")
        }
        if let expiration = fetched.expiration, expiration <= context.now.wallSeconds {
            throw Failure(.credentialsFailed, "the credentials provider set in code gave expired ones")
        }
        return .done(fetched)
    }
}
