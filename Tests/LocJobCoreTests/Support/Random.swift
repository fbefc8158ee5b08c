/// Random numbers that are the same in every run (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(max(limit, 1))) }

    mutating func bytes(upTo count: Int) -> [UInt8] {
        (0..<below(count + 1)).map { _ in UInt8(truncatingIfNeeded: next()) }
    }

    /// A seed text with a few bytes changed, removed, doubled, cut or spliced with another seed.
    mutating func mutation(of seeds: [[UInt8]], alphabet: [UInt8]) -> [UInt8] {
        var bytes = seeds[below(seeds.count)]
        for _ in 0...below(4) {
            let place = below(bytes.count + 1)
            switch below(7) {
            case 0 where place < bytes.count: bytes[place] = UInt8(truncatingIfNeeded: next())
            case 1 where place < bytes.count: bytes.remove(at: place)
            case 2: bytes.insert(alphabet[below(alphabet.count)], at: place)
            case 3: bytes.removeSubrange(place...)
            case 4:
                let other = seeds[below(seeds.count)]
                bytes.insert(contentsOf: other[below(other.count + 1)...], at: place)
            case 5 where place < bytes.count: bytes[place] = alphabet[below(alphabet.count)]
            case 6 where place < bytes.count: bytes.insert(contentsOf: bytes[place...].prefix(below(20)), at: place)
            default: bytes.append(alphabet[below(alphabet.count)])
            }
            if bytes.count > 4000 { bytes.removeSubrange(4000...) }
        }
        return bytes
    }
}
