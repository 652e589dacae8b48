internal import CCurl
package import Domain
package import Routes

/// Asks a subscriber's server for its certificate: a connection and a handshake, and nothing is sent. Apart from the
/// sends, so that these pay nothing for it.
package enum CertificateProbe {
    package enum Finding: Sendable, Equatable {
        case ends(WallTime)
        /// OpenSSL does not accept it: libcurl's words.
        case refused(String)
        /// Not reached, or not asked: the sends tell.
        case unknown
    }

    /// Waits for the network; at most the subscriber's own connect timeout and the handshake's.
    package static func look(at subscriber: SubscriberConfig, under policy: AddressPolicy) -> Finding {
        guard subscriber.url.isSecure else { return .unknown }
        // The same handle as a send's, so the same authorities, client certificate and judge of addresses.
        let transfer = Transfer(to: subscriber, under: policy)
        return withExtendedLifetime(transfer) {
            let easy = transfer.easy
            _ = headgate_set_string(easy, CURLOPT_URL, subscriber.url.text)
            _ = headgate_set_long(easy, CURLOPT_CONNECT_ONLY, 1)
            _ = headgate_set_long(easy, CURLOPT_CERTINFO, 1)
            let code = curl_easy_perform(easy)
            guard code == CURLE_OK else {
                return code == CURLE_PEER_FAILED_VERIFICATION
                    ? .refused(String(cString: curl_easy_strerror(code))) : .unknown
            }
            var found: UnsafeMutableRawPointer?
            _ = headgate_get_pointer(easy, CURLINFO_CERTINFO, &found)
            guard let chain = found?.assumingMemoryBound(to: curl_certinfo.self).pointee, chain.num_of_certs > 0 else {
                return .unknown
            }
            return end(in: chain.certinfo[0]).map { .ends($0) } ?? .unknown
        }
    }

    /// Of the first certificate of the chain, the server's own: `Expire date:Nov 21 13:00:00 2027 GMT`.
    private static func end(in list: UnsafeMutablePointer<curl_slist>?) -> WallTime? {
        var next = list
        while let entry = next?.pointee {
            let text = String(cString: entry.data)
            if text.hasPrefix("Expire date:") { return time(text.dropFirst("Expire date:".utf8.count)) }
            next = entry.next
        }
        return nil
    }

    /// As OpenSSL prints it (ASN1_TIME_print), always in GMT.
    static func time(_ text: some StringProtocol) -> WallTime? {
        let seconds = curl_getdate(String(text), nil)
        return seconds < 0 ? nil : WallTime(seconds: Int64(seconds))
    }
}
