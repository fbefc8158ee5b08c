/// The phrases of status codes from 500 on (RFC 9110, section 15.6, and the IANA registry), which stand
/// for a message when a response has none, as in boto3.
func httpReasonPhrase(_ status: Int) -> ByteView {
    switch status {
    case 500: "Internal Server Error"
    case 501: "Not Implemented"
    case 502: "Bad Gateway"
    case 503: "Service Unavailable"
    case 504: "Gateway Timeout"
    case 505: "HTTP Version Not Supported"
    case 506: "Variant Also Negotiates"
    case 507: "Insufficient Storage"
    case 508: "Loop Detected"
    case 510: "Not Extended"
    case 511: "Network Authentication Required"
    default: ""
    }
}
