internal import CCurl
internal import Crypto
internal import Domain
internal import Glibc
internal import Net
internal import Signatures

/// One fetch by libcurl: https alone, no redirect, no proxy of the environment, an answer of bounded size in bounded time,
/// and every address judged when it is dialled.
final class KeyTransfer {
    enum Purpose {
        /// Of a key; the answer that waits for its issuer's certificate, when that is what is fetched.
        case key(KeyRequest, answer: [UInt8]?)
        case confirmation(Confirmation)
    }

    enum End {
        case answer(status: Int, [UInt8], maxAge: TimeSpan?)
        case failed(String)
    }

    let easy: UnsafeMutableRawPointer
    let purpose: Purpose
    let started: MonotonicTime
    private let policy: AddressPolicy
    private var lines: UnsafeMutablePointer<curl_slist>?
    private var route: UnsafeMutablePointer<curl_slist>?
    private var answer: [UInt8] = []
    private var isTooLarge = false
    private var isBlocked = false

    /// - Parameter url: https, or http for the certificate of an issuer, which proves itself.
    init?(_ purpose: Purpose, url: String, settings: KeySettings, at now: MonotonicTime) {
        guard let easy = curl_easy_init() else { return nil }
        self.easy = easy
        self.purpose = purpose
        started = now
        policy = AddressPolicy(allowsPrivate: settings.allowsPrivate || settings.via != nil)
        let isIssuer = if case .key(_, _?) = purpose { true } else { false }
        configure(url, settings, protocols: isIssuer ? "http,https" : "https")
        guard isIssuer || url.hasPrefix("https://") else { return nil }
        if case .key(let request, nil) = purpose { ask(request) }
        listen()
    }

    deinit {
        // First: until then libcurl reads the lists and calls back.
        curl_easy_cleanup(easy)
        curl_slist_free_all(lines)
        curl_slist_free_all(route)
    }

    static func of(_ easy: UnsafeMutableRawPointer) -> KeyTransfer? {
        var context: UnsafeMutableRawPointer?
        _ = headgate_get_pointer(easy, CURLINFO_PRIVATE, &context)
        return from(context)
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> KeyTransfer? {
        context.map { Unmanaged<KeyTransfer>.fromOpaque($0).takeUnretainedValue() }
    }

    // MARK: Before

    private func configure(_ url: String, _ settings: KeySettings, protocols: String) {
        _ = headgate_set_string(easy, CURLOPT_PROTOCOLS_STR, protocols)
        _ = headgate_set_string(easy, CURLOPT_URL, url)
        _ = headgate_set_long(easy, CURLOPT_NOSIGNAL, 1)
        _ = headgate_set_long(easy, CURLOPT_FOLLOWLOCATION, 0)
        _ = headgate_set_string(easy, CURLOPT_PROXY, "")
        _ = headgate_set_long(easy, CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        _ = headgate_set_long(easy, CURLOPT_HTTP09_ALLOWED, 0)
        _ = headgate_set_long(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
        // The end of a fetch does not wait for the resolver: that would stop all fetches.
        _ = headgate_set_long(easy, CURLOPT_QUICK_EXIT, 1)
        _ = headgate_set_long(easy, CURLOPT_TIMEOUT_MS, Int(Limits.keyFetchTime.milliseconds))
        _ = headgate_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, Int(Limits.keyConnectTime.milliseconds))
        _ = headgate_set_long(easy, CURLOPT_SSL_VERIFYPEER, 1)
        _ = headgate_set_long(easy, CURLOPT_SSL_VERIFYHOST, 2)
        _ = headgate_set_long(easy, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let file = settings.authorities { _ = headgate_set_authorities(easy, file) }
        if let via = settings.via {
            // Any host and port; the name that has to be proven stays that of the URL.
            route = curl_slist_append(nil, "::\(via.text)")
            _ = headgate_connect_to(easy, route)
        }
    }

    private func ask(_ request: KeyRequest) {
        for field in request.source.fields { field.value.withBytes { append("\(field.name): ", $0) } }
        if let body = request.body {
            append("Content-Type: application/json", UnsafeRawBufferPointer(start: nil, count: 0))
            _ = headgate_set_long(easy, CURLOPT_POST, 1)
            // libcurl copies as many bytes as it was told before.
            body.withBytes { bytes in
                _ = headgate_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bytes.count))
                _ = headgate_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, bytes.baseAddress)
            }
        }
        append("Accept: application/json, */*", UnsafeRawBufferPointer(start: nil, count: 0))
        _ = headgate_set_list(easy, lines)
    }

    private func append(_ text: String, _ value: UnsafeRawBufferPointer) {
        let line = text + String(decoding: value, as: UTF8.self)
        lines = curl_slist_append(lines, line) ?? lines
    }

    private func listen() {
        // `deinit` cleans the handle up first, so curl never outlives self.
        let context = Unmanaged.passUnretained(self).toOpaque()
        _ = headgate_set_pointer(easy, CURLOPT_PRIVATE, context)
        _ = headgate_on_body(
            easy,
            { bytes, size, count, context in
                let taken = UnsafeRawBufferPointer(start: bytes, count: size * count)
                return KeyTransfer.from(context)?.take(taken) == true ? size * count : 0
            }, context)
        _ = headgate_on_open_socket(
            easy, { context, _, address in KeyTransfer.from(context)?.dial(address) ?? CURL_SOCKET_BAD }, context)
        // A kept connection may have been dialled under a more lenient policy.
        _ = headgate_before_request(
            easy,
            { context, address, _, _, _ in
                KeyTransfer.from(context)?.permits(reused: address) == true ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
            }, context)
    }

    // MARK: Callbacks of curl

    private func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        isTooLarge = isTooLarge || answer.count + bytes.count > Limits.keyAnswerBytes
        guard !isTooLarge else { return false }
        answer += bytes
        return true
    }

    private func dial(_ address: UnsafeMutablePointer<curl_sockaddr>?) -> curl_socket_t {
        let peer = address.flatMap { address in
            withUnsafePointer(to: &address.pointee.addr) { IPAddress($0) }
        }
        guard let address, let peer, policy.refusal(of: peer) == nil else {
            isBlocked = true
            return CURL_SOCKET_BAD
        }
        let kind = address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
        return socket(address.pointee.family, kind, address.pointee.protocol)
    }

    private func permits(reused address: UnsafeMutablePointer<CChar>?) -> Bool {
        let peer = address.flatMap { IPAddress(text: String(cString: $0)) }
        if let peer, policy.refusal(of: peer) == nil { return true }
        isBlocked = true
        return false
    }

    // MARK: After

    func end(_ code: CURLcode) -> End {
        if isTooLarge { return .failed("answered more than \(Limits.keyAnswerBytes) bytes") }
        if isBlocked, code != CURLE_OK {
            return .failed("its address is private or special; keys: { allowPrivate: true } permits private ones")
        }
        guard code == CURLE_OK else { return .failed(String(cString: curl_easy_strerror(code))) }
        var status = 0
        _ = headgate_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
        if (300..<400).contains(status) { return .failed("answered \(status): redirects are not followed") }
        return .answer(status: status, answer, maxAge: maxAge)
    }

    /// RFC 9111 section 5.2.2.1; nil when there is none, or it says that nothing is kept.
    private var maxAge: TimeSpan? {
        var header: UnsafeMutablePointer<curl_header>?
        guard curl_easy_header(easy, "Cache-Control", 0, UInt32(CURLH_HEADER), -1, &header) == CURLHE_OK,
            let text = header?.pointee.value.map({ String(cString: $0).lowercased() })
        else { return nil }
        for part in text.split(whereSeparator: { $0 == "," || $0 == " " }) where part.hasPrefix("max-age=") {
            return Int64(part.dropFirst(8)).map { .seconds(min(max($0, 0), 1 << 30)) }
        }
        return nil
    }
}
