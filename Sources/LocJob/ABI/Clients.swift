import CCore
import CLocJob
import CPlatform

// Section "Client" of the header.

@_cdecl("locjob_client_new") @implementation
public func locjob_client_new(
    _ config: OpaquePointer!, _ client: UnsafeMutablePointer<OpaquePointer?>!
) -> OpaquePointer! {
    entry {
        client?.pointee = nil
        do throws(Failure) {
            guard let client else { throw Failure(.invalidArgument, "no place for the client: it is NULL") }
            let known = Handle.object(config, Config.self)
            if config != nil, known == nil { throw Failure(.invalidArgument, "the config is none, or was released") }
            guard let handle = Handle.retain(try makeClient(known)) else {
                throw Failure(.outOfMemory, "no memory for a client")
            }
            client.pointee = handle
            return nil
        } catch {
            return Result.handle(.failure(error), jobID: .empty)
        }
    }
}

@_cdecl("locjob_client_free") @implementation
public func locjob_client_free(_ client: OpaquePointer!) {
    entry {
        Handle.object(client, Client.self)?.closing.signal()
        Handle.release(client, Client.self)
    }
}

@_cdecl("locjob_client_explain") @implementation
public func locjob_client_explain(_ client: OpaquePointer!) -> OpaquePointer! {
    entry {
        do throws(Failure) {
            let client = try chosenClient(client)
            return Result.handle(.explanation(client.state.explanation), jobID: .empty)
        } catch {
            return Result.handle(.failure(error), jobID: .empty)
        }
    }
}

/// The client behind a pointer; for NULL the client of the process.
func chosenClient(_ client: OpaquePointer?) throws(Failure) -> Client {
    let chosen: Client
    if let client {
        guard let given = Handle.object(client, Client.self) else {
            throw Failure(.invalidArgument, "the client is none, or was released")
        }
        chosen = given
    } else {
        chosen = try defaultClient()
    }
    chosen.renewInForkedChild()
    return chosen
}

private func makeClient(_ config: Config?) throws(Failure) -> Client {
    if let failure = config?.failure { throw failure }
    return try Client.make(config?.settings ?? Settings(), config?.logger, config?.callbacks ?? Callbacks())
}

/// The client of calls that name none: made at the first use that succeeds, never released.
private func defaultClient() throws(Failure) -> Client {
    if let known = Handle.object(OpaquePointer(lj_default_client()), Client.self) { return known }
    let client = try makeClient(nil)
    // Another thread may have been faster; then its client is the one.
    guard let handle = Handle.retain(client) else { throw Failure(.outOfMemory, "no memory for a client") }
    let winner = OpaquePointer(lj_set_default_client(UnsafeMutableRawPointer(handle)))
    if winner != handle { Handle.release(handle, Client.self) }
    return Handle.object(winner, Client.self) ?? client
}
