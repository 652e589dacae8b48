extension Refusal {
    /// For metrics and the log.
    package var name: String {
        switch self {
        case .badRequestLine: "bad-request-line"
        case .badTarget: "bad-target"
        case .badVersion: "bad-version"
        case .unsupportedMethod: "unsupported-method"
        case .requestLineTooLong: "request-line-too-long"
        case .bareLineFeed: "bare-line-feed"
        case .badField: "bad-field"
        case .foldedField: "folded-field"
        case .headTooLarge: "head-too-large"
        case .tooManyFields: "too-many-fields"
        case .tooManyConnectionOptions: "too-many-connection-options"
        case .badHost: "bad-host"
        case .badContentLength: "bad-content-length"
        case .badTransferCoding: "bad-transfer-coding"
        case .unsupportedTransferCoding: "unsupported-transfer-coding"
        case .ambiguousLength: "ambiguous-length"
        case .badExpectation: "bad-expectation"
        case .badChunk: "bad-chunk"
        case .badTrailer: "bad-trailer"
        case .trailersTooLarge: "trailers-too-large"
        case .bodyTooLarge: "body-too-large"
        case .incompleteRequest: "incomplete"
        case .headTooSlow: "head-too-slow"
        case .bodyTooSlow: "body-too-slow"
        case .outOfMemory: "out-of-memory"
        }
    }
}
