/// What the User-Agent says of the machine; from the driver.
struct Platform {
    /// Such as `linux`.
    var system: Bytes
    var systemVersion: Bytes
    /// Such as `x86_64`.
    var architecture: Bytes

    init(system: Bytes, systemVersion: Bytes, architecture: Bytes) {
        self.system = system
        self.systemVersion = systemVersion
        self.architecture = architecture
    }
}

enum Version {
    /// The library's version, the same as LOCJOB_VERSION of the header.
    static let text: StaticString = "0.1.0"
}

/// The User-Agent in the form that the AWS SDKs share (botocore: useragent.py).
struct UserAgent {
    private let start: Bytes
    private let end: Bytes

    init(_ platform: Platform, retryMode: RetryMode, isCustomEndpoint: Bool, environmentName: Bytes?, appID: Bytes?) {
        var start = Bytes("locjob/")
        start.append(ByteView(Version.text))
        start.append(" ua/2.1 os/" as ByteView)
        start.append(userAgentToken: platform.system)
        start.append(UInt8(ascii: "#"))
        start.append(userAgentToken: platform.systemVersion)
        start.append(" md/arch#" as ByteView)
        start.append(userAgentToken: platform.architecture)
        start.append(" lang/swift" as ByteView)
        if let environmentName {
            start.append(" exec-env/" as ByteView)
            start.append(userAgentToken: environmentName)
        }
        start.append(" m/" as ByteView)
        start.append(retryMode.featureID)
        if isCustomEndpoint { start.append(",N" as ByteView) }
        self.start = start
        var end = Bytes(" cfg/retry-mode#")
        end.append(retryMode.name)
        if let appID {
            end.append(" app/" as ByteView)
            end.append(userAgentToken: appID)
        }
        self.end = end
    }

    /// Writes the whole value; where the credentials come from is among the features.
    func write(_ credentials: Credentials?, to buffer: ByteBuffer) {
        buffer.append(start)
        if let credentials {
            buffer.append(UInt8(ascii: ","))
            buffer.append(credentials.featureIDs)
        }
        buffer.append(end)
    }
}

extension Array where Element == UInt8 {
    /// Characters that a User-Agent component cannot hold become dashes.
    fileprivate mutating func append(userAgentToken text: Bytes) {
        text.withView { text in
            var index = 0
            while index < text.count {
                let byte = text[index]
                let isAllowed = byte.isLetter || byte.isDigit || ("!#$%&'*+-.^_`|~," as ByteView).contains(byte)
                append(isAllowed ? byte : UInt8(ascii: "-"))
                index += Swift.max(UTF8.sequenceLength(text, at: index), 1)
            }
        }
    }
}
