import Testing

@testable import LocJob

@Suite("The credentials of a client")
struct CredentialStoreTests {
    private let store = CredentialStore()
    private let old = Credentials.make("OLD")
    private let new = Credentials.make("NEW")
    private let failure = Failure(.credentialsFailed, "no luck")

    private func claim(at now: Int64, awaited: Int? = nil) -> String {
        switch store.claim(at: now, awaited: awaited) {
        case .use(let credentials): "use \(credentials.accessKeyID.text)"
        case .refresh(let isMandatory, _): isMandatory ? "must refresh" : "may refresh"
        case .wait(let number): "wait \(number)"
        case .failed(let failure): "failed \(failure.code)"
        }
    }

    private func hold(until expiration: Int64?) {
        _ = store.claim(at: 0, awaited: nil)
        store.succeed(FetchedCredentials(credentials: old, expiration: expiration), at: 0)
    }

    @Test("are fetched by one call while the others wait, and then used by all")
    func first() {
        #expect(claim(at: 0) == "must refresh")
        #expect(claim(at: 0) == "wait 0")
        #expect(claim(at: 0, awaited: 0) == "wait 0")
        store.succeed(FetchedCredentials(credentials: new, expiration: nil), at: 0)
        #expect(claim(at: 0, awaited: 0) == "use NEW")
    }

    @Test("that do not end are never refreshed")
    func endless() {
        hold(until: nil)
        #expect(claim(at: Int64.max) == "use OLD")
    }

    @Test(
        "are refreshed in time, and by force when the time is short",
        arguments: [
            (10_000 - 900, "use OLD"), (10_000 - 899, "may refresh"), (10_000 - 600, "may refresh"),
            (10_000 - 599, "must refresh"), (10_000, "must refresh"), (20_000, "must refresh"),
        ] as [(Int64, String)])
    func windows(_ now: Int64, _ expected: String) {
        hold(until: 10_000)
        #expect(claim(at: now) == expected)
    }

    @Test("are used while they live and another call refreshes, and no longer")
    func whileRefreshing() {
        hold(until: 10_000)
        #expect(claim(at: 9_500) == "must refresh")
        #expect(claim(at: 9_999) == "use OLD")
        #expect(claim(at: 10_000) == "wait 1")
    }

    @Test("go on after a refresh that failed ahead of time, and the provider is left alone for a minute")
    func failureAhead() {
        hold(until: 10_000)
        #expect(claim(at: 9_200) == "may refresh")
        #expect(store.fail(failure, at: 9_200) === old)
        #expect(claim(at: 9_259) == "use OLD")
        #expect(claim(at: 9_260) == "may refresh")
    }

    @Test("that ended are not used after a failed refresh, which fails those who waited and no others")
    func failureAtTheEnd() {
        hold(until: 10_000)
        #expect(claim(at: 10_000) == "must refresh")
        #expect(claim(at: 10_000) == "wait 1")
        #expect(store.fail(failure, at: 10_000) == nil)
        #expect(claim(at: 10_000, awaited: 1) == "failed credentialsFailed")
        #expect(claim(at: 10_000) == "must refresh")
    }

    @Test("of a short life are not fetched for every call")
    func shortLife() {
        hold(until: 300)
        #expect(claim(at: 59) == "use OLD")
        #expect(claim(at: 60) == "must refresh")
        #expect(claim(at: 299) == "use OLD")
    }

    @Test("are fetched by another call when the one that did so ended early")
    func released() {
        #expect(claim(at: 0) == "must refresh")
        #expect(claim(at: 0) == "wait 0")
        store.release(0)
        #expect(claim(at: 0, awaited: 0) == "must refresh")
    }

    @Test("are discarded when the service refuses them and there can be others")
    func discarding() {
        hold(until: 10_000)
        #expect(store.discard(old))
        #expect(claim(at: 0) == "must refresh")
        store.succeed(FetchedCredentials(credentials: new, expiration: nil), at: 0)
        #expect(!store.discard(new))
        #expect(claim(at: 0) == "use NEW")
    }

    @Test("are fetched by another call when a queue that nobody is inside has taken that on")
    func rest() {
        let store = CredentialStore()
        guard case .refresh(_, let number) = store.claim(at: 0, awaited: nil) else { return #expect(Bool(false)) }
        guard case .wait = store.claim(at: 100, awaited: nil) else { return #expect(Bool(false)) }
        store.rest(at: 100)
        store.rest(at: 103)
        guard case .wait = store.claim(at: 104, awaited: nil) else { return #expect(Bool(false)) }
        store.goOn()
        guard case .wait = store.claim(at: 106, awaited: nil) else { return #expect(Bool(false)) }
        store.rest(at: 106)
        guard case .refresh(_, let other) = store.claim(at: 111, awaited: nil) else { return #expect(Bool(false)) }
        #expect(!store.isOwned(number) && store.isOwned(other))
        store.release(number)
        #expect(store.isOwned(other))
        guard case .wait = store.claim(at: 300, awaited: nil) else { return #expect(Bool(false)) }
    }
}
