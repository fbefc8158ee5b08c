/// Where a job is in its life: `pending`, `running`, then `completed`, `failed`, or `cancelling` and
/// `cancelled` (service model, JobStatus). The numbers are those of the public header.
enum JobStatus: Int32, Sendable {
    /// A word that this version does not know, or none yet.
    case unknown = 0
    case pending = 1
    case running = 2
    case completed = 3
    case failed = 4
    case cancelling = 5
    case cancelled = 6

    init(_ word: ByteView) {
        if word == "Pending" {
            self = .pending
        } else if word == "Running" {
            self = .running
        } else if word == "Completed" {
            self = .completed
        } else if word == "Failed" {
            self = .failed
        } else if word == "Cancelling" {
            self = .cancelling
        } else {
            self = word == "Cancelled" ? .cancelled : .unknown
        }
    }

    /// The service's word.
    var name: StaticString {
        switch self {
        case .unknown: "unknown"
        case .pending: "Pending"
        case .running: "Running"
        case .completed: "Completed"
        case .failed: "Failed"
        case .cancelling: "Cancelling"
        case .cancelled: "Cancelled"
        }
    }

    /// A job never leaves this status.
    var isFinal: Bool { self == .completed || self == .failed || self == .cancelled }
}
