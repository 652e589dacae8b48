internal import CCurl
internal import Crypto
internal import Domain
internal import Routes

extension SubscriberConfig {
    /// Sets all that does not change from one delivery to the next. Everything that libcurl would do on its own account is
    /// switched off: redirects, proxies and credentials from the environment, cookies, decoding, signals.
    ///
    /// - Parameter isKnown: whether it goes to a place that may see the credentials.
    func configure(_ easy: EasyHandle, isKnown: Bool) {
        _ = headgate_set_long(easy, CURLOPT_POST, 1)
        _ = headgate_set_long(easy, CURLOPT_NOSIGNAL, 1)
        _ = headgate_set_long(easy, CURLOPT_FOLLOWLOCATION, 0)
        _ = headgate_set_string(easy, CURLOPT_PROTOCOLS_STR, "http,https")
        _ = headgate_set_string(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
        _ = headgate_set_string(easy, CURLOPT_PROXY, "")
        _ = headgate_set_long(easy, CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        _ = headgate_set_long(easy, CURLOPT_HTTP09_ALLOWED, 0)
        _ = headgate_set_long(easy, CURLOPT_TCP_NODELAY, 1)
        _ = headgate_set_long(easy, CURLOPT_DNS_CACHE_TIMEOUT, 30)
        // The end of a send does not wait for the resolver: that would stop all sends of this loop.
        _ = headgate_set_long(easy, CURLOPT_QUICK_EXIT, 1)
        _ = headgate_set_long(easy, CURLOPT_TIMEOUT_MS, Int(retry.timeout.milliseconds))
        _ = headgate_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, Int(retry.connectTimeout.milliseconds))
        _ = headgate_set_long(easy, CURLOPT_BUFFERSIZE, Self.receiveBuffer)
        _ = headgate_set_long(easy, CURLOPT_UPLOAD_BUFFERSIZE, Self.sendBuffer)
        trust(easy)
        if isKnown {
            prove(easy)
            authorize(easy)
        }
    }

    /// A delivery goes to the URL that it was accepted for. What the subscriber's credentials, headers and client certificate
    /// are for is the origin of the present one: scheme, host and port.
    func knows(_ url: String) -> Bool {
        if url == self.url.text { return true }
        guard case .success(let other) = SubscriberURL.read(url, policy: .routeFile) else { return false }
        return (other.isSecure, other.host, other.port) == (self.url.isSecure, self.url.host, self.url.port)
    }

    /// Answers are short; libcurl's defaults of 16 and 64 KiB a handle would be the largest part of a lane's memory.
    private static let receiveBuffer = 2048
    private static let sendBuffer = 16 << 10

    private func trust(_ easy: EasyHandle) {
        _ = headgate_set_long(easy, CURLOPT_SSL_VERIFYPEER, 1)
        _ = headgate_set_long(easy, CURLOPT_SSL_VERIFYHOST, 2)
        _ = headgate_set_long(easy, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let file = tls.authorities { _ = headgate_set_authorities(easy, file) }
    }

    private func prove(_ easy: EasyHandle) {
        if let file = tls.certificate { _ = headgate_set_string(easy, CURLOPT_SSLCERT, file) }
        if let file = tls.key { _ = headgate_set_string(easy, CURLOPT_SSLKEY, file) }
    }

    private func authorize(_ easy: EasyHandle) {
        switch credentials {
        case .none: break
        case .basic(let user, let password):
            _ = headgate_set_long(easy, CURLOPT_HTTPAUTH, HEADGATE_AUTH_BASIC)
            _ = headgate_set_string(easy, CURLOPT_USERNAME, user)
            withText(of: password) { _ = headgate_set_string(easy, CURLOPT_PASSWORD, $0) }
        case .bearer(let token):
            _ = headgate_set_long(easy, CURLOPT_HTTPAUTH, HEADGATE_AUTH_BEARER)
            withText(of: token) { _ = headgate_set_string(easy, CURLOPT_XOAUTH2_BEARER, $0) }
        }
    }

    /// The secret as a C string, for libcurl to copy; our copy is gone when the call is over.
    private func withText(of secret: Secret, _ body: (UnsafePointer<CChar>) -> Void) {
        secret.withBytes { bytes in
            withUnsafeTemporaryAllocation(byteCount: bytes.count + 1, alignment: 1) { text in
                text.copyMemory(from: bytes)
                text[bytes.count] = 0
                text.withMemoryRebound(to: CChar.self) { if let base = $0.baseAddress { body(base) } }
                text.initializeMemory(as: UInt8.self, repeating: 0)
            }
        }
    }
}
