/// The body of a request to STS: `Action=…&Version=2011-06-15&…`, in botocore's order (serialize.py,
/// QuerySerializer; credentials.py, BaseAssumeRoleCredentialFetcher).
struct STSForm {
    let action: StaticString
    /// Wiped when it goes.
    let text = ByteBuffer()

    /// `options` are left out where they are nil. `proof` is what the caller shows to be let in.
    init(
        _ action: StaticString, _ role: STSRole, at now: Moment, options: [(name: ByteView, value: Bytes?)],
        proof: (name: ByteView, value: ByteView)?
    ) {
        self.action = action
        text.append("Action=" as ByteView)
        text.append(ByteView(action))
        text.append("&Version=2011-06-15" as ByteView)
        let given = role.sessionName.flatMap { $0.isEmpty ? nil : $0 }
        if let given { add("RoleSessionName", given) }
        for (name, value) in options {
            if let value { add(name, value) }
        }
        add("RoleArn", role.arn)
        if given == nil { add("RoleSessionName", Text("locjob-session-\(now.wallSeconds)").bytes) }
        if let proof { add(proof.name, proof.value) }
    }

    private func add(_ name: ByteView, _ value: Bytes) { value.withView { add(name, $0) } }

    private func add(_ name: ByteView, _ value: ByteView) {
        text.append(UInt8(ascii: "&"))
        text.append(name)
        text.append(UInt8(ascii: "="))
        text.append(formEncoded: value)
    }
}

extension ByteBuffer {
    /// Percent-encoding with a plus sign for a space (WHATWG URL, "application/x-www-form-urlencoded"; Python's
    /// urllib.parse.quote_plus, which leaves `~` alone).
    func append(formEncoded view: ByteView) {
        var start = 0
        while let space = view.firstIndex(of: UInt8(ascii: " "), from: start) {
            append(percentEncoded: view.slice(start, space))
            append(UInt8(ascii: "+"))
            start = space + 1
        }
        append(percentEncoded: view.from(start))
    }
}
