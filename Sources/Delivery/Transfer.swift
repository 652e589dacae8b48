internal import CCurl
internal import Domain
internal import Glibc
internal import Ledgers
internal import Net
internal import Routes

/// One libcurl easy handle and all that a send needs beside it: header lines, the answer, the judge of dialled
/// addresses. Configured once for a destination and used again for its deliveries, so that a send sets little more than
/// a body and headers. Lives on its loop's thread.
final class Transfer {
    let easy: EasyHandle
    let headers = HeaderLines()
    private(set) var answer = Answer()
    private let policy: AddressPolicy
    /// It bears the subscriber's credentials, headers and client certificate.
    let isKnown: Bool
    private var url = ""
    private var isClear = true
    /// Parsed once: libcurl would parse a text for every send.
    private let parsedURL = curl_url()
    private var isBlocked = false
    private var lacksSocket = false
    /// A connection that others had used ended under the request, before a byte of an answer; libcurl would send it again.
    private var isRepeated = false
    /// As the handle is set: it uses no kept connection.
    private var dialsAnew = false
    /// The attempt that just ended was on a kept connection, which ended before a byte of an answer. A connection that was
    /// dialled for a send is no such one, though others may have joined it (HTTP/2).
    private(set) var wasStale = false
    /// Where libcurl says why it failed, in words for people.
    private let words = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    /// Told of every socket that is opened.
    weak var multi: CurlMulti?

    /// What is being sent: keeps the body's bytes alive while libcurl reads them in place.
    private(set) var delivery: ClaimedDelivery?
    private(set) var startedAt = WallTime(seconds: 0)
    private(set) var started = MonotonicTime(nanoseconds: 0)
    /// Most sends go to the address of the one before.
    private var lastPeer: (text: String, address: IPAddress?) = ("", nil)

    init(to subscriber: SubscriberConfig, under policy: AddressPolicy, isKnown: Bool = true) {
        guard let easy = curl_easy_init() else { preconditionFailure("libcurl has no memory for an easy handle") }
        self.easy = easy
        self.policy = policy
        self.isKnown = isKnown
        subscriber.configure(easy, isKnown: isKnown)
        _ = headgate_set_pointer(easy, CURLOPT_ERRORBUFFER, words)
        // `deinit` cleans the handle up first, so curl never outlives self.
        let context = Unmanaged.passUnretained(self).toOpaque()
        _ = headgate_set_pointer(easy, CURLOPT_PRIVATE, context)
        _ = headgate_on_header(
            easy,
            { bytes, size, count, context in
                Transfer.from(context)?.took(field: bytes, size * count) == true ? size * count : 0
            }, context)
        _ = headgate_on_body(
            easy,
            { bytes, size, count, context in
                Transfer.from(context)?.took(body: bytes, size * count) == true ? size * count : 0
            }, context)
        _ = headgate_on_open_socket(
            easy, { context, _, address in Transfer.from(context)?.dial(address) ?? CURL_SOCKET_BAD }, context)
        _ = headgate_on_progress(
            easy,
            { context, _, _, _, sent in Transfer.from(context)?.tookTurn(sent) == false ? 1 : 0 }, context)
        _ = headgate_before_request(
            easy,
            { context, address, _, _, _ in
                Transfer.from(context)?.mayRequest(of: address) == true ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
            }, context)
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_url_cleanup(parsedURL)
        words.deallocate()
    }

    static func from(_ context: UnsafeMutableRawPointer?) -> Transfer? {
        context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }

    /// The transfer that a finished easy handle belongs to.
    static func of(_ easy: EasyHandle) -> Transfer? {
        var context: UnsafeMutableRawPointer?
        _ = headgate_get_pointer(easy, CURLINFO_PRIVATE, &context)
        return from(context)
    }

    /// Takes the delivery; `headers` must hold its lines. The handle is then ready for the multi handle.
    func prepare(_ delivery: ClaimedDelivery, dialsAnew: Bool = false, at wall: WallTime, _ now: MonotonicTime) {
        self.delivery = delivery
        (startedAt, started) = (wall, now)
        (isBlocked, lacksSocket, isRepeated) = (false, false, false)
        words.pointee = 0
        if dialsAnew != self.dialsAnew {
            self.dialsAnew = dialsAnew
            _ = headgate_set_long(easy, CURLOPT_FRESH_CONNECT, dialsAnew ? 1 : 0)
        }
        if url != delivery.url {
            url = delivery.url
            // Judged when configured. What libcurl cannot read must fail the send, not go where the last one went.
            // CURLOPT_DISALLOW_USERNAME_IN_URL is not asked about a URL that was read before.
            if curl_url_set(parsedURL, CURLUPART_URL, url, UInt32(CURLU_DISALLOW_USER)) != CURLUE_OK {
                curl_url_set(parsedURL, CURLUPART_URL, nil, 0)
            }
            _ = headgate_set_pointer(easy, CURLOPT_CURLU, UnsafeRawPointer(parsedURL))
            isClear = url.hasPrefix("http:")
            let version = isClear ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_2TLS
            _ = headgate_set_long(easy, CURLOPT_HTTP_VERSION, Int(version))
        }
        answer.reset(isClear: isClear)
        let body = delivery.event.body
        _ = headgate_set_pointer(easy, CURLOPT_POSTFIELDS, body.base)
        _ = headgate_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
        _ = headgate_set_list(easy, headers.list())
    }

    /// The attempt that just ended; gives the delivery up.
    func end(_ code: CURLcode, at now: MonotonicTime) -> Attempt? {
        guard let delivery else { return nil }
        self.delivery = nil
        headers.reset()
        let status = Int32(clamping: long(CURLINFO_RESPONSE_CODE))
        let end = TransferEnd(
            code: code, status: status, isBlocked: isBlocked, isTooLarge: answer.isTooLarge,
            isDoubtful: answer.isDoubtful, isRepeated: isRepeated, isHeadWhole: answer.isHeadWhole,
            wasSent: wasSent(delivery.event.body.count))
        let outcome = Outcome(end)
        wasStale = outcome == .reset && !dialsAnew && (isRepeated || neverAnswered)
        return Attempt(
            number: delivery.attempts + 1, startedAt: startedAt, took: now - started, outcome: outcome, status: status,
            address: dialled(), phases: phases, response: Bytes(answer.kept))
    }

    /// Why the send that just ended failed, as far as libcurl knows; nil when it has nothing to say.
    var trouble: String? { words.pointee == 0 ? nil : String(cString: words) }

    /// The transfer failed for want of what this process may have of the system, before anything was sent: no attempt at
    /// all. Names are resolved and certificates read out of our sight, so for these the shortage is looked for afterwards.
    func neverBegan(_ code: CURLcode) -> Bool {
        guard code != CURLE_OK, long(CURLINFO_REQUEST_SIZE) == 0, !isBlocked else { return false }
        return lacksSocket || code != CURLE_OPERATION_TIMEDOUT && Self.isShort
    }

    /// On a kept connection. libcurl repeats most such requests, but none of those that it was still sending.
    private var neverAnswered: Bool { long(CURLINFO_NUM_CONNECTS) == 0 && answer.fieldBytes == 0 }

    /// Gives the delivery up without an attempt.
    func withdraw() -> ClaimedDelivery? { delivery.take() }

    /// Whether as many descriptors are left as a send may need. One is not enough: what the failed send had, it has given
    /// back already.
    private static var isShort: Bool {
        var held: [Int32] = []
        defer { for fd in held { close(fd) } }
        for _ in 0..<descriptorsOfSend {
            let fd = open("/dev/null", O_RDONLY | O_CLOEXEC)
            guard fd >= 0 else { return isShortage(errno) }
            held.append(fd)
        }
        return false
    }

    /// Its socket, a file of authorities or hosts, and what the resolver opens.
    private static let descriptorsOfSend = 4

    private static func isShortage(_ code: Int32) -> Bool { [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(code) }

    /// The subscriber's `Retry-After`, seconds or date, counted from now; nil when there was none.
    var retryAfter: TimeSpan? {
        let seconds = offset(CURLINFO_RETRY_AFTER)
        return seconds > 0 ? .seconds(Int64(min(seconds, 1 << 32))) : nil
    }

    // MARK: Callbacks of curl

    private func took(field bytes: UnsafePointer<CChar>?, _ count: Int) -> Bool {
        answer.take(field: UnsafeRawBufferPointer(start: bytes, count: count))
    }

    private func took(body bytes: UnsafePointer<CChar>?, _ count: Int) -> Bool {
        answer.take(body: UnsafeRawBufferPointer(start: bytes, count: count))
    }

    /// Turns of a long send are the subscriber's pace, not its doing.
    private func tookTurn(_ sent: curl_off_t) -> Bool {
        guard let delivery, Int(sent) >= delivery.event.body.count else { return true }
        return answer.takeTurn()
    }

    /// Judges the resolved peer at every dial, so that neither a spelling nor a changed name gets past the policy.
    private func dial(_ address: UnsafeMutablePointer<curl_sockaddr>?) -> curl_socket_t {
        guard let address, permits(peer: address) else {
            isBlocked = true
            return CURL_SOCKET_BAD
        }
        let (family, kind) = (address.pointee.family, address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue))
        let fd = socket(family, kind, address.pointee.protocol)
        if fd >= 0 {
            multi?.opened(fd)
        } else if Self.isShortage(errno) {
            lacksSocket = true
        }
        return fd
    }

    private func permits(peer address: UnsafeMutablePointer<curl_sockaddr>) -> Bool {
        withUnsafePointer(to: &address.pointee.addr) { IPAddress($0) }.map { policy.refusal(of: $0) == nil } ?? false
    }

    /// Asked before each request. When a kept connection ends under a request and nothing came back, libcurl would send
    /// the request once more on another: a send without a row, for the first may have been read.
    private func mayRequest(of address: UnsafeMutablePointer<CChar>?) -> Bool {
        isRepeated = long(CURLINFO_REQUEST_SIZE) > 0
        return !isRepeated && (policy.allowsPrivate || permits(reused: address))
    }

    /// A kept connection may have been dialled for another subscriber, under a more lenient policy.
    private func permits(reused address: UnsafeMutablePointer<CChar>?) -> Bool {
        let peer = address.flatMap { IPAddress(text: String(cString: $0)) }
        if let peer, policy.refusal(of: peer) == nil { return true }
        isBlocked = true
        return false
    }

    // MARK: What curl knows

    private func wasSent(_ bodyCount: Int) -> Bool {
        long(CURLINFO_REQUEST_SIZE) > 0 && offset(CURLINFO_SIZE_UPLOAD_T) >= bodyCount
    }

    private func dialled() -> IPAddress? {
        var text: UnsafePointer<CChar>?
        _ = headgate_get_string(easy, CURLINFO_PRIMARY_IP, &text)
        guard let text else { return nil }
        if strcmp(text, lastPeer.text) != 0 {
            let read = String(cString: text)
            lastPeer = (read, IPAddress(text: read))
        }
        return lastPeer.address
    }

    private var phases: Attempt.Phases {
        Attempt.Phases(
            resolved: phase(CURLINFO_NAMELOOKUP_TIME_T), connected: phase(CURLINFO_CONNECT_TIME_T),
            secured: phase(CURLINFO_APPCONNECT_TIME_T), firstByte: phase(CURLINFO_STARTTRANSFER_TIME_T))
    }

    private func phase(_ info: CURLINFO) -> UInt32 { UInt32(clamping: offset(info)) }

    private func offset(_ info: CURLINFO) -> Int {
        var value: curl_off_t = 0
        _ = headgate_get_offset(easy, info, &value)
        return value
    }

    private func long(_ info: CURLINFO) -> Int {
        var value = 0
        _ = headgate_get_long(easy, info, &value)
        return value
    }
}
