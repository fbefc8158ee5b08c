/// Transfers that wait, with open connections, for the next call. A call takes one for itself alone; when
/// none waits, a new one is made, so no call ever waits for another.
final class ConnectionPool {
    private let configuration: Configuration
    private let lock = Lock()
    private var idle: [Transfer] = []

    init(_ configuration: Configuration) {
        self.configuration = configuration
        idle.reserveCapacity(min(configuration.maxConnections, 64))
    }

    var isUsable: Bool { lock.isUsable }

    func take() throws(Failure) -> Transfer {
        if let transfer = lock.withLock({ idle.popLast() }) { return transfer }
        return try Transfer.make(configuration)
    }

    /// The latest comes first again: its connection is the least likely to have been closed.
    func give(_ transfer: Transfer) {
        lock.withLock {
            if idle.count < configuration.maxConnections { idle.append(transfer) }
        }
    }
}
