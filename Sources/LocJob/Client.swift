import CCore
import CPlatform

/// Configuration, shared state and connections: what is behind a `locjob_client`.
final class Client: Handled {
    static let kind: UInt64 = 0x2F96_B8D1_7A43_0CE5

    private(set) var state: ClientState
    private(set) var pool: ConnectionPool
    private var fork = lj_fork()
    let logger: Logger?
    let callbacks: Callbacks
    /// Signalled when the client is being released, to end the calls that still run.
    let closing: Event

    private init(_ configuration: Configuration, _ logger: Logger?, _ callbacks: Callbacks, _ closing: Event) {
        state = ClientState(configuration, seed: System.random.0)
        pool = ConnectionPool(state)
        self.logger = logger
        self.callbacks = callbacks
        self.closing = closing
        lj_fork_start(&fork)
    }

    deinit { renewInForkedChild() }

    /// In a forked child, gives up what its parent's threads may have left half done or locked, and the
    /// parent's connections: ending them from here would end them for the parent. What is given up is
    /// never freed.
    func renewInForkedChild() {
        guard lj_fork_enter(&fork) != 0 else { return }
        Handle.leak(state)
        Handle.leak(pool)
        state = ClientState(state.configuration, seed: System.random.0)
        pool = ConnectionPool(state)
        lj_fork_leave(&fork)
    }

    /// Reads environment and files, and throws what is wrong with them.
    ///
    /// Not an initialiser: in Embedded Swift an object whose initialiser throws is not freed (6.3.1).
    static func make(_ settings: Settings, _ logger: Logger?, _ callbacks: Callbacks) throws(Failure) -> Client {
        guard lj_curl_start() == 0 else { throw Failure(.internalError, "libcurl could not be initialised") }
        let environment = settings.usesEnvironment ? System.environment : Environment()
        var files = SharedFiles()
        if settings.usesEnvironment {
            let paths = try SharedFiles.Paths(settings, environment)
            files = try SharedFiles(
                paths, config: System.read(paths.config), credentials: System.read(paths.credentials))
        }
        guard let closing = Event.make() else { throw Failure(.outOfMemory, "no descriptor for a client") }
        func configure(_ settings: Settings, instanceRegion: Bytes?) throws(Failure) -> Configuration {
            try Configuration(
                settings, environment, files, System.platform, hasCallerProvider: callbacks.credentials != nil,
                instanceRegion: instanceRegion)
        }
        var region: Bytes?
        if let metadata = try Resolver(settings, environment, files).instanceRegionSettings {
            // Any Region will do to have a client that can ask.
            let asking = try configure(settings, instanceRegion: Bytes("us-east-1"))
            region = Client(asking, logger, callbacks, closing).instanceRegion(metadata)
        }
        let configuration = try configure(settings, instanceRegion: region)
        if let bundle = configuration.caBundle, withCString(bundle, { lj_file_kind($0) }) < 0 {
            throw Failure(.invalidFile, "ca_bundle \(quoted: bundle) cannot be read")
        }
        for warning in configuration.warnings { logger?.warn(warning) }
        let client = Client(configuration, logger, callbacks, closing)
        guard client.state.isUsable, client.pool.isUsable else { throw Failure(.outOfMemory, "no memory for a client") }
        return client
    }

    /// Makes a result for the caller of an outcome, while what that borrows is there.
    typealias Finish = (Outcome) -> OpaquePointer?

    /// One call of the service from beginning to end.
    func call(
        _ operation: Operation, timeout: Nanoseconds?, _ cancellation: Event?, finish: Finish
    ) -> OpaquePointer? {
        let call = makeCall(operation, timeout: timeout, isPaced: state.configuration.pacesAll, hasTurn: false)
        return run(call, Cancellation(self, cancellation), finish)
    }

    /// A call that is to be run.
    func makeCall(_ operation: Operation, timeout: Nanoseconds?, isPaced: Bool, hasTurn: Bool) -> ServiceCall {
        ServiceCall(
            state, operation, timeout: timeout, at: System.now, random: System.random, traceID: traceID,
            isPaced: isPaced, hasTurn: hasTurn)
    }

    private func run(_ call: consuming ServiceCall, _ cancellation: Cancellation, _ finish: Finish) -> OpaquePointer? {
        do throws(Failure) {
            let transfer = try pool.take()
            let outcome = BlockingDriver(self, transfer, cancellation).run(&call)
            let result = finish(outcome)
            pool.give(transfer)
            return result
        } catch {
            return finish(.failure(error))
        }
    }

    /// A wait for the end of a job, as `call`.
    func wait(_ jobID: JobID, timeout: Nanoseconds?, _ event: Event?, finish: Finish) -> OpaquePointer? {
        let cancellation = Cancellation(self, event)
        let poller = Poller(state, random: System.random.0)
        poller.add(
            jobID, tag: 0, isWatching: false, timeout: timeout ?? state.configuration.waitTimeout, at: System.now)
        if !cancellation.isSignalled, let ended = state.endedJobs.find(jobID) {
            return ended.withOutcome { finish($0.ofWait) }
        }
        while true {
            var hasEnded = true
            var result: OpaquePointer?
            switch poller.next(at: System.now) {
            case .look(let look, let timeout):
                let call = makeCall(look.operation, timeout: timeout, isPaced: true, hasTurn: true)
                result = run(call, cancellation) { outcome in
                    state.endedJobs.remember(jobID, outcome)
                    poller.settle(look, LookAnswer(outcome), at: System.now)
                    guard let end = poller.takeDeliveries().first else {
                        hasEnded = false
                        return nil
                    }
                    return finish(end.failure.map { .failure($0) } ?? outcome.ofWait)
                }
            case .sleep(let end):
                if let end = poller.takeDeliveries().first {
                    let failure = end.failure ?? Failure(.internalError, "a wait that ended for no reason")
                    result = finish(.failure(failure))
                } else if case .cancelled = cancellation.sleep(until: end, deadline: Duration.never) {
                    result = finish(.failure(.cancelled))
                } else {
                    hasEnded = false
                }
            }
            if hasEnded { return result }
        }
    }
}

extension Client {
    /// Answers what a call asks for besides the network, the time and other programs.
    func answer(_ action: Action) -> Answer {
        switch action {
        case .read(let path): .file(System.read(path))
        case .write(let path, let contents): .written(System.write(path, contents))
        case .askMFA(let serial): .mfaCode(callbacks.mfaCode(serial))
        case .askCaller: .provided(callbacks.provide())
        case .send, .wait, .run, .finish: .failed(Failure(.internalError, "a step that is not the client's"), Timings())
        }
    }
}

extension Client {
    /// The Region of the machine; nil when it does not tell.
    private func instanceRegion(_ settings: InstanceMetadataSettings) -> Bytes? {
        do throws(Failure) {
            let transfer = try pool.take()
            var fetch = InstanceRegionFetch(settings, state.configuration.userAgent)
            var step = try fetch.start(transfer.request)
            while true {
                switch step {
                case .send:
                    let answer = BlockingDriver(self, transfer, Cancellation(self, nil)).send(deadline: Duration.never)
                    step = try fetch.resume(answer, transfer.request)
                case .done(let region):
                    return region
                }
            }
        } catch {
            logger?.debug("no Region of the machine: \(error.message)")
            return nil
        }
    }

    /// Of the AWS Lambda invocation under way. The one variable that is read at each call: the runtime
    /// changes it from invocation to invocation.
    private var traceID: Bytes? {
        guard state.configuration.tracesInvocations, let value = lj_environment_value("_X_AMZN_TRACE_ID") else {
            return nil
        }
        let view = ByteView(text: value)
        return view.isEmpty ? nil : view.bytes
    }
}

/// The caller's function for reports.
final class Logger {
    private let function: @convention(c) (UnsafeMutableRawPointer?, Int32, UnsafePointer<CChar>?) -> Void
    private let user: UnsafeMutableRawPointer?
    private let level: Int32

    init(
        _ function: @escaping @convention(c) (UnsafeMutableRawPointer?, Int32, UnsafePointer<CChar>?) -> Void,
        _ user: UnsafeMutableRawPointer?, level: Int32
    ) {
        self.function = function
        self.user = user
        self.level = level
    }

    static let warning: Int32 = 1
    static let debug: Int32 = 2

    func warn(_ message: Text) { report(Self.warning, message) }

    func debug(_ message: @autoclosure () -> Text) {
        if level >= Self.debug { report(Self.debug, message()) }
    }

    private func report(_ level: Int32, _ message: Text) {
        guard level <= self.level else { return }
        withCString(message.bytes) { function(user, level, $0) }
    }
}
