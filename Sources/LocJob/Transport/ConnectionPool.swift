/// Transfers that wait, with open connections, for the next call. A call takes one for itself alone; when
/// none waits, a new one is made, so no call ever waits for another.
final class ConnectionPool {
    private let client: ClientState
    private let lock = Lock()
    private var idle: [Transfer] = []

    init(_ client: ClientState) {
        self.client = client
        idle.reserveCapacity(min(client.configuration.maxConnections, 64))
    }

    var isUsable: Bool { lock.isUsable }

    func take() throws(Failure) -> Transfer {
        if let transfer = lock.withLock({ idle.popLast() }) { return transfer }
        return try Transfer.make(client)
    }

    /// The latest comes first again: its connection is the least likely to have been closed.
    func give(_ transfer: Transfer) {
        lock.withLock {
            if idle.count < client.configuration.maxConnections { idle.append(transfer) }
        }
    }
}
