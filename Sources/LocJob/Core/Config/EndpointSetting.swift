// Where a custom endpoint comes from (botocore: configprovider.py, ConfiguredEndpointProvider).

extension Resolver {
    /// Code; then, unless configured endpoints are to be ignored: the variable of this service, the
    /// variable of all services, the profile's `services` section, the profile. An empty value counts as
    /// none.
    func endpointURL() throws(Failure) -> Sourced<Bytes>? {
        if let code = try value(.endpointURL) { return code }
        if try flag(.ignoreConfiguredEndpointURLs).value { return nil }
        for name in ["AWS_ENDPOINT_URL_LOCATION", "AWS_ENDPOINT_URL"] as [ByteView] {
            if let value = environment.value(name) { return Sourced(value: value, source: .variable(name)) }
        }
        return try serviceEndpoint() ?? profileEndpoint()
    }

    private func serviceEndpoint() throws(Failure) -> Sourced<Bytes>? {
        guard let name = profile?.entry("services") else { return nil }
        guard let section = files.services(name.value) else {
            throw Failure(.invalidSetting, "\(name.source.text) names [services \(printable: name.value)], which is not there")
        }
        guard let block = section.entry("location"), let entry = block.nested.last(where: { $0.key.equals("endpoint_url") }),
            !entry.value.isEmpty
        else { return nil }
        return Sourced(value: entry.value, source: .file(key: entry.key, path: block.path, line: entry.line))
    }

    private func profileEndpoint() -> Sourced<Bytes>? {
        guard let entry = profile?.entry("endpoint_url"), !entry.value.isEmpty else { return nil }
        return Sourced(value: entry.value, source: entry.source)
    }
}
