/// The credential providers in the AWS CLI's order (botocore: credentials.py, create_credential_resolver).
/// The first that is configured answers; a configured provider that cannot answer ends the chain with its
/// error.
struct CredentialChain {
    /// What became of a provider when the client was configured.
    enum State {
        case configured(any CredentialProvider)
        /// Configured, but not as it must be.
        case failed(Failure)
        /// Why it does not apply.
        case absent(Text)
    }

    private(set) var steps: [(origin: CredentialOrigin, state: State)] = []

    /// Throws OUT_OF_MEMORY: a chain without what memory lacked for would stay so.
    init(_ resolver: Resolver, _ region: Region, hasCallerProvider: Bool) throws(Failure) {
        if hasCallerProvider {
            steps.append((.code, .configured(CallerProvider())))
            return
        }
        let plan = CredentialPlan(resolver: resolver, region: region)
        for origin in CredentialOrigin.allCases {
            do throws(Failure) {
                switch try plan.provider(origin) {
                case .provider(let provider): steps.append((origin, .configured(provider)))
                case .absent(let reason): steps.append((origin, .absent(reason)))
                }
            } catch {
                if error.code == .outOfMemory { throw error }
                steps.append((origin, .failed(error)))
            }
        }
    }

    /// The fetch of the first provider that is configured. Throws NO_CREDENTIALS, for `none` to complete,
    /// when none is.
    func makeFetch() throws(Failure) -> any CredentialFetch {
        for step in steps {
            switch step.state {
            case .configured(let provider): return provider.makeFetch()
            case .failed(let failure): throw failure
            case .absent: continue
            }
        }
        throw Failure(.noCredentials, "")
    }

    /// NO_CREDENTIALS with what each provider lacks, the last one asked included.
    func none(_ failure: Failure) -> Failure {
        let last: Text = failure.message.bytes.isEmpty ? "" : "; \(failure.message)"
        return Failure(.noCredentials, "no credentials: \(absences)\(last)")
    }

    /// Each provider that does not apply, and why.
    private var absences: Text {
        var text: Text = ""
        for step in steps {
            guard case .absent(let reason) = step.state else { continue }
            text = text.bytes.isEmpty ? "\(step.origin.name): \(reason)" : "\(text); \(step.origin.name): \(reason)"
        }
        return text
    }

    func explain(to writer: inout JSONWriter) {
        writer.array { writer in
            for step in steps {
                writer.object { writer in
                    writer.key("provider")
                    writer.string(ByteView(step.origin.name))
                    writer.key("state")
                    switch step.state {
                    case .configured:
                        writer.string("configured")
                    case .failed(let failure):
                        writer.string("failed")
                        writer.key("reason")
                        writer.string(failure.message.bytes)
                    case .absent(let reason):
                        writer.string("absent")
                        writer.key("reason")
                        writer.string(reason.bytes)
                    }
                }
            }
        }
    }
}
