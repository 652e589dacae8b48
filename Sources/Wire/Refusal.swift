/// Why a request is refused before any handler saw it whole. Each has one status; after each the connection is closed.
package enum Refusal: Int, Error, Sendable, CaseIterable {
    case badRequestLine
    case badTarget
    case badVersion
    case unsupportedMethod
    case requestLineTooLong
    case bareLineFeed
    case badField
    case foldedField
    case headTooLarge
    case tooManyFields
    case tooManyConnectionOptions
    case badHost
    case badContentLength
    case badTransferCoding
    case unsupportedTransferCoding
    case ambiguousLength
    case badExpectation
    case badChunk
    case badTrailer
    case trailersTooLarge
    case bodyTooLarge
    case incompleteRequest
    case headTooSlow
    case bodyTooSlow
    case outOfMemory

    package var status: Status {
        switch self {
        case .badRequestLine, .badTarget, .bareLineFeed, .badField, .foldedField, .badHost, .badContentLength,
            .badTransferCoding, .ambiguousLength, .badChunk, .badTrailer, .incompleteRequest,
            .tooManyConnectionOptions:
            .badRequest
        case .badVersion: .versionNotSupported
        case .unsupportedMethod, .unsupportedTransferCoding: .notImplemented
        case .requestLineTooLong: .uriTooLong
        case .headTooLarge, .tooManyFields, .trailersTooLarge: .fieldsTooLarge
        case .badExpectation: .expectationFailed
        case .bodyTooLarge: .contentTooLarge
        case .headTooSlow, .bodyTooSlow: .requestTimeout
        case .outOfMemory: .serviceUnavailable
        }
    }

    /// For the sender's eyes: names the rule, repeats nothing of the request.
    package var text: StaticString {
        switch self {
        case .badRequestLine: "malformed request line"
        case .badTarget: "malformed request target"
        case .badVersion: "HTTP version not supported; use HTTP/1.1"
        case .unsupportedMethod: "method not implemented"
        case .requestLineTooLong: "request line too long"
        case .bareLineFeed: "line not ended by CRLF"
        case .badField: "malformed header field"
        case .foldedField: "folded header field"
        case .headTooLarge: "header fields too large"
        case .tooManyFields: "too many header fields"
        case .tooManyConnectionOptions: "too many connection options"
        case .badHost: "missing, repeated or invalid Host"
        case .badContentLength: "repeated or invalid Content-Length"
        case .badTransferCoding: "invalid Transfer-Encoding"
        case .unsupportedTransferCoding: "transfer coding not implemented"
        case .ambiguousLength: "both Content-Length and Transfer-Encoding"
        case .badExpectation: "expectation not supported"
        case .badChunk: "malformed chunk"
        case .badTrailer: "malformed trailer"
        case .trailersTooLarge: "trailers too large"
        case .bodyTooLarge: "body too large"
        case .incompleteRequest: "request ended too early"
        case .headTooSlow: "request head not received in time"
        case .bodyTooSlow: "request body not received in time"
        case .outOfMemory: "too many requests in progress"
        }
    }
}
