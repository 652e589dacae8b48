internal import CCurl
internal import Domain

/// What libcurl and our own callbacks saw of a transfer that ended.
struct TransferEnd {
    var code: CURLcode
    var status: Int32
    var isBlocked: Bool
    var isTooLarge: Bool
    var isDoubtful: Bool
    /// Ended by us when libcurl was about to send the request again.
    var isRepeated = false
    /// Down to the empty line after its fields.
    var isHeadWhole: Bool
    /// The whole request had been handed to the kernel.
    var wasSent: Bool
}

extension Outcome {
    /// A refused dial counts only when no other address of the name was to be had.
    ///
    /// CURLE_OK alone is no success, and a 2xx alone is none either: an answer that was cut off still shows its 200.
    init(_ end: TransferEnd) {
        if end.isBlocked, end.code == CURLE_COULDNT_CONNECT || end.code == CURLE_ABORTED_BY_CALLBACK {
            self = .blocked
        } else if end.isTooLarge {
            self = .tooLarge
        } else if end.isDoubtful {
            self = .protocol
        } else if end.isRepeated, end.code == CURLE_ABORTED_BY_CALLBACK {
            self = .reset
        } else {
            self = Self.byCode(end)
        }
    }

    private static func byCode(_ end: TransferEnd) -> Outcome {
        switch end.code {
        case CURLE_OK:
            guard end.isHeadWhole else { return .reset }
            return (200..<300).contains(end.status) ? .ok : .http
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: return .dns
        case CURLE_COULDNT_CONNECT: return .connect
        case CURLE_OPERATION_TIMEDOUT: return end.wasSent ? .timeoutAfterSend : .timeoutBeforeSend
        case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_PEER_FAILED_VERIFICATION,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_PINNEDPUBKEYNOTMATCH,
            CURLE_SSL_INVALIDCERTSTATUS,
            CURLE_SSL_ENGINE_INITFAILED, CURLE_USE_SSL_FAILED, CURLE_SSL_CLIENTCERT:
            return .tls
        case CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_SSL_SHUTDOWN_FAILED: return .reset
        case CURLE_FILESIZE_EXCEEDED, CURLE_OUT_OF_MEMORY: return .tooLarge  // the latter: one header line over 100 KiB
        default: return .protocol
        }
    }
}
