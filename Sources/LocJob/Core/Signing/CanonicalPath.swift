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

    /// Whether the path has an empty segment, `.` or `..`, or does not begin with a slash. Ours never
    /// does; a custom endpoint's may.
    private static func needsNormalizing(_ path: ByteView) -> Bool {
        guard path[0] == UInt8(ascii: "/") else { return true }
        var start = 1
        while let end = path.firstIndex(of: UInt8(ascii: "/"), from: start) {
            if isDots(path.slice(start, end)) || end == start { return true }
            start = end + 1
        }
        return isDots(path.from(start))
    }

    private static func isDots(_ segment: ByteView) -> Bool { segment == "." || segment == ".." }

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
