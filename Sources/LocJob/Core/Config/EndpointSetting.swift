// Where a custom endpoint comes from (botocore: configprovider.py, ConfiguredEndpointProvider).

extension Resolver {
    /// Code; then, unless configured endpoints are to be ignored: the variable of this service, the
    /// variable of all services, the profile's `services` section, the profile. An empty value counts as
    /// none.
    func endpointURL() throws(Failure) -> Sourced<Bytes>? {
        if let code = try value(.endpointURL) { return code }
        return try configuredEndpoint(of: "location", "AWS_ENDPOINT_URL_LOCATION")
    }

    /// What environment and profile say of a service, by its name in `services` sections and its variable.
    func configuredEndpoint(of service: ByteView, _ variable: ByteView) throws(Failure) -> Sourced<Bytes>? {
        if try flag(.ignoreConfiguredEndpointURLs).value { return nil }
        if let found = self.variable([variable, "AWS_ENDPOINT_URL"]) { return found }
        return try serviceEndpoint(service) ?? profileEndpoint()
    }

    private func serviceEndpoint(_ service: ByteView) throws(Failure) -> Sourced<Bytes>? {
        guard let name = profile?.entry("services") else { return nil }
        guard let section = files.services(name.value) else {
            throw Failure(
                .invalidSetting, "\(name.source.text) names [services \(printable: name.value)], which is not there")
        }
        guard let block = section.entry(service) else { return nil }
        // Not as if there were none: requests would go to AWS instead.
        if block.nested.isEmpty {
            throw Failure(.invalidSetting, "\(block.source.text) has no settings below it, such as endpoint_url")
        }
        let named = block.nested.last { $0.key.equals("endpoint_url") }
        guard let entry = named, !entry.value.isEmpty else { return nil }
        return Sourced(value: entry.value, source: .file(key: entry.key, path: block.path, line: entry.line))
    }

    private func profileEndpoint() -> Sourced<Bytes>? {
        guard let entry = profile?.entry("endpoint_url"), !entry.value.isEmpty else { return nil }
        return Sourced(value: entry.value, source: entry.source)
    }
}
