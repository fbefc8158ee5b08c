// A program in ordinary Swift, with a Swift runtime of its own, uses the library, which carries the few parts of
// the runtime that it needs inside: objects of either must never reach the other's functions. The header is
// imported as it stands.

final class Counter {
    nonisolated(unsafe) static var alive = 0
    init() { Counter.alive += 1 }
    deinit { Counter.alive -= 1 }
}

struct Failure: Error { let message: String }

func status(of job: String, _ client: OpaquePointer?) throws -> String {
    let result = locjob_get(client, job, nil)
    defer { locjob_free(result) }
    guard locjob_result_code(result) == LOCJOB_OK, let found = locjob_result_job(result) else {
        throw Failure(message: String(cString: locjob_result_message(result)))
    }
    return String(cString: found.pointee.status.text.data)
}

/// Strings, dictionaries, existentials, casts and reference counts of the host.
func work() -> Int {
    let counters = (0..<100).map { _ in Counter() }
    var words: [String: Any] = [:]
    for (index, counter) in counters.enumerated() { words["wörter \(index)"] = index % 2 == 0 ? counter : index }
    return words.values.reduce(0) { $0 + ($1 is Counter ? 1 : 0) }
}

var client: OpaquePointer?
let problem = locjob_client_new(nil, &client)
precondition(problem == nil, String(cString: locjob_result_message(problem)))

for _ in 0..<50 {
    let answer = try status(of: "whole", client)
    precondition(answer == "Failed", answer)
    precondition(work() == 50)
    precondition(Counter.alive == 0)
    do {
        _ = try status(of: "no-such-job", client)
        preconditionFailure("a job that is not there was found")
    } catch let failure as Failure {
        precondition(failure.message.contains("no-such-job"), failure.message)
    }
}

nonisolated(unsafe) let shared = client
let answers = await withTaskGroup(of: String.self) { group in
    for _ in 0..<20 { group.addTask { (try? status(of: "whole", shared)) ?? "nothing" } }
    var all: Set<String> = []
    for await answer in group { all.insert(answer) }
    return all
}
precondition(answers == ["Failed"], "\(answers)")
locjob_client_free(client)
print("done")
