@testable import LocJob

extension Configuration {
    /// The credentials of a chain whose provider needs nothing from outside.
    func staticCredentials() throws(Failure) -> Credentials {
        let context = FetchContext(
            now: Moment(monotonic: 0, wallSeconds: 0), request: HTTPRequest(), client: ClientState(self), random: 0)
        do throws(Failure) {
            guard case .done(let fetched) = try credentialChain.makeFetch().start(context) else {
                throw Failure(.internalError, "the provider asks for something")
            }
            return fetched.credentials
        } catch {
            throw error.code == .noCredentials ? credentialChain.none(error) : error
        }
    }
}
