import CPlatform

/// Transfers that wait, with open connections, for the next call. A call takes one for itself alone; when
/// none waits, a new one is made, so no call ever waits for another.
final class ConnectionPool {
    private let configuration: Configuration
    private let lock = Lock()
    private var idle: [Transfer] = []
    /// Connections belong to the process that opened them.
    private var processID = lj_process_id()

    init(_ configuration: Configuration) {
        self.configuration = configuration
        idle.reserveCapacity(min(configuration.maxConnections, 64))
    }

    deinit { leaveParentsBehind() }

    func take() throws(Failure) -> Transfer {
        if let transfer = lock.withLock({ leaveParentsBehind(); return idle.popLast() }) { return transfer }
        return try Transfer.make(configuration)
    }

    /// The latest comes first again: its connection is the least likely to have been closed.
    func give(_ transfer: Transfer) {
        lock.withLock {
            leaveParentsBehind()
            if idle.count < configuration.maxConnections { idle.append(transfer) }
        }
    }

    /// In a forked child, gives up the parent's connections without closing them: a TLS farewell from here
    /// would end the parent's.
    private func leaveParentsBehind() {
        let current = lj_process_id()
        guard current != processID else { return }
        processID = current
        for transfer in idle { Handle.leak(transfer) }
        idle.removeAll()
    }
}
