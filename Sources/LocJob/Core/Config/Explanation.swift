/// How a client is configured and where each setting came from, for people. It holds no secret.
struct Explanation {
    private struct Line {
        var name: ByteView
        var value: Text
        var source: Text
    }

    private var lines: [Line] = []

    /// What `resolver` found; throws as it does. The rest is what depends on more than one setting.
    init(
        _ resolver: Resolver, region: Sourced<Bytes>, maxAttempts: Int64, connectTimeout: Nanoseconds
    ) throws(Failure) {
        for setting in Setting.allCases {
            let found: Sourced<Bytes>?
            var standard: Text = "\(setting.row.standard)"
            switch setting {
            case .region: found = region
            case .endpointURL: found = try resolver.endpointURL()
            default: found = try resolver.value(setting)
            }
            if setting == .maxAttempts { standard = "\(maxAttempts)" }
            if setting == .connectTimeout { standard = "\(connectTimeout / 1_000_000)" }
            if let found {
                let value = Self.shown(found.value, setting)
                lines.append(Line(name: setting.name, value: value, source: found.source.text))
            } else {
                lines.append(Line(name: setting.name, value: standard, source: "default"))
            }
        }
    }

    private static func shown(_ value: Bytes, _ setting: Setting) -> Text {
        if case .secret = setting.row.kind { return "(hidden)" }
        // An endpoint with a password in it is refused before anything is explained.
        return "\(printable: value)"
    }

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            for line in lines {
                writer.key(line.name)
                writer.object { writer in
                    writer.key("value")
                    writer.string(line.value.bytes)
                    writer.key("source")
                    writer.string(line.source.bytes)
                }
            }
        }
    }
}

extension ClientState {
    /// `locjob_client_explain`'s object.
    var explanation: Bytes {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("version")
            writer.string(ByteView(Version.text))
            writer.key("settings")
            configuration.explanation.write(to: &writer)
            writer.key("endpoint")
            writer.string(configuration.endpoint.origin + configuration.endpoint.basePath)
            writer.key("credentials")
            configuration.credentialChain.explain(to: &writer)
            credentials.explain(to: &writer)
            if let last = lastRequest {
                writer.key("last_request")
                last.write(to: &writer)
            }
        }
        return writer.bytes
    }
}

/// What was signed last, without the token.
struct SignedRequest {
    var canonicalRequest: Bytes
    var stringToSign: Bytes

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.key("canonical_request")
            writer.string(canonicalRequest)
            writer.key("string_to_sign")
            writer.string(stringToSign)
        }
    }
}
