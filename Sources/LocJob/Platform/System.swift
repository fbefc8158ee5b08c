import CCore
import CPlatform

/// What the core is handed of the world: clocks, random bits, environment, files.
enum System {
    static var now: Moment {
        Moment(monotonic: lj_monotonic_ns(), wallSeconds: lj_wall_seconds())
    }

    /// 128 random bits.
    static var random: (UInt64, UInt64) {
        var bits: (UInt64, UInt64) = (0, 0)
        withUnsafeMutablePointer(to: &bits) {
            $0.withMemoryRebound(to: UInt64.self, capacity: 2) { lj_random($0) }
        }
        return bits
    }

    /// A copy of the environment variables; none in a set-uid program.
    static var environment: Environment {
        var environment = Environment()
        var place = lj_environment()
        while let entry = place?.pointee {
            let view = ByteView(text: entry)
            if let equals = view.firstIndex(of: UInt8(ascii: "=")) {
                environment.set(view.prefix(equals), view.from(equals + 1))
            }
            place = place?.successor()
        }
        environment.home = environment.value("HOME") ?? passwordEntryHome
        return environment
    }

    private static var passwordEntryHome: Bytes? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { buffer in
            guard let base = buffer.baseAddress, lj_home_directory(base, buffer.count) == 0 else { return nil }
            return ByteView(text: base).bytes
        }
    }

    static var platform: Platform {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { room in
            guard let base = room.baseAddress else {
                return Platform(system: [], systemVersion: [], architecture: [])
            }
            lj_system(base, base + 128, 128)
            return Platform(
                system: Bytes("linux"), systemVersion: ByteView(text: base).bytes,
                architecture: ByteView(text: base + 128).bytes)
        }
    }

    /// Larger than any configuration file that people have.
    private static let largestFile = 4_194_304

    static func read(_ path: Bytes?) -> FileContents {
        guard let path else { return .absent }
        var data: UnsafeMutablePointer<UInt8>?
        var length = 0
        var reason: UnsafePointer<CChar>?
        let outcome = withCString(path) { lj_read_file($0, largestFile, &data, &length, &reason) }
        defer { lj_release(data) }
        switch outcome {
        case Int32(LJ_FILE_READ): return .bytes(ByteView(data, count: length).bytes)
        case Int32(LJ_FILE_ABSENT): return .absent
        case Int32(LJ_FILE_DENIED): return .denied
        default: return .unreadable(Text(reason.map { ByteView(text: $0).bytes } ?? []))
        }
    }

    /// Writes a file that only its owner can read, whole or not at all, and makes its folder where that is
    /// missing. Nil when it is written.
    static func write(_ path: Bytes, _ contents: Bytes) -> Failure? {
        var reason: UnsafePointer<CChar>?
        let outcome = withCString(path) { path in
            contents.withUnsafeBufferPointer { lj_write_file(path, $0.baseAddress, $0.count, &reason) }
        }
        if outcome == 0 { return nil }
        let why = reason.map { ByteView(text: $0) } ?? .empty
        return Failure(.credentialsFailed, "\(quoted: path) cannot be written: \(why)")
    }
}

extension ByteView {
    /// NUL-terminated text of C.
    init(text: UnsafePointer<CChar>) {
        let length = lj_length(text, Int.max)
        self.init(UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self), count: length)
    }
}

/// Lends bytes as NUL-terminated text. What stands behind a NUL inside is not seen.
func withCString<R>(_ bytes: Bytes, _ body: (UnsafePointer<CChar>) -> R) -> R {
    var terminated = bytes
    terminated.append(0)
    return terminated.withUnsafeBufferPointer { buffer in
        buffer.withMemoryRebound(to: CChar.self) { text in
            // safe: the array holds at least the NUL
            body(text.baseAddress!)
        }
    }
}
