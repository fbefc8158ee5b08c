import CCore

// The path of a SigV4 canonical request.

extension ByteBuffer {
    /// Appends the canonical form of a path that is percent-encoded already: dot segments and doubled
    /// slashes removed, every segment encoded once more, as for every service but S3 (botocore: auth.py,
    /// SigV4Auth._normalize_url_path).
    func append(canonicalPath path: ByteView) {
        guard Self.needsNormalizing(path) else {
            append(percentEncoded: path, keepsSlash: true)
            return
        }
        let segments = Self.normalizedSegments(path)
        for segment in segments {
            append(UInt8(ascii: "/"))
            append(percentEncoded: segment)
        }
        if segments.isEmpty || path[path.count - 1] == UInt8(ascii: "/") { append(UInt8(ascii: "/")) }
    }

    /// Whether the path may have an empty segment, `.` or `..`, or does not begin with a slash. Ours never
    /// does; a custom endpoint's may.
    private static func needsNormalizing(_ path: ByteView) -> Bool {
        guard path[0] == UInt8(ascii: "/"), let base = path.base else { return true }
        var place = 0
        while place < path.count {
            place &+= lj_find(base + place, path.count &- place, UInt8(ascii: "/")) &+ 1
            if path[place] == UInt8(ascii: "/") || path[place] == UInt8(ascii: ".") { return true }
        }
        return false
    }

    /// RFC 3986, section 5.2.4, on segments.
    private static func normalizedSegments(_ path: ByteView) -> [ByteView] {
        var segments: [ByteView] = []
        var start = 0
        while start <= path.count {
            let end = path.firstIndex(of: UInt8(ascii: "/"), from: start) ?? path.count
            let segment = path.slice(start, end)
            if segment == ".." {
                _ = segments.popLast()
            } else if segment != ".", !segment.isEmpty {
                segments.append(segment)
            }
            start = end + 1
        }
        return segments
    }
}
