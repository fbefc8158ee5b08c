/// Where an attempt's time went: microseconds from its start, 0 for what did not happen.
struct Timings {
    var lookup: Int64 = 0
    var connect: Int64 = 0
    var tls: Int64 = 0
    var firstByte: Int64 = 0
    var total: Int64 = 0

    init() {}
}
