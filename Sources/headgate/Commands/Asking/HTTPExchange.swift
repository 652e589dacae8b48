internal import CCurl
internal import Domain
internal import Glibc
internal import Wire

/// One request and its answer, over libcurl, waiting for it: commands have nothing else to do.
struct HTTPExchange {
    var method = "GET"
    var url: String
    /// `name: value`, in order, repeats kept.
    var fields: [String] = []
    var body: [UInt8]?
    var timeout = TimeSpan.seconds(30)
    /// False when the status says all: the answer's body is dropped as it comes.
    var keepsAnswer = true

    struct Answer: Sendable {
        let status: Int
        let body: [UInt8]
        let took: TimeSpan

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// No answer came.
    struct Failure: Error, CustomStringConvertible {
        let url: String
        let reason: String
        /// Nobody listens there.
        let isRefused: Bool

        var description: String { "\(url): \(reason)" }
    }

    /// A page of the ledger with its largest body in base64 fits.
    static let answerBytes = 2 * Limits.bodyBytesMost

    func run() throws -> Answer {
        guard let curl = curl_easy_init() else {
            throw Failure(url: url, reason: "libcurl cannot start", isRefused: false)
        }
        defer { curl_easy_cleanup(curl) }
        var list: UnsafeMutablePointer<curl_slist>?
        defer { curl_slist_free_all(list) }
        for field in fields + ["Expect:"] { list = curl_slist_append(list, field) }
        _ = headgate_set_string(curl, CURLOPT_URL, url)
        _ = headgate_set_string(curl, CURLOPT_CUSTOMREQUEST, method)
        _ = headgate_set_string(curl, CURLOPT_PROTOCOLS_STR, "http,https")
        // What is asked is named on the command line: a proxy of the environment has no part in it.
        _ = headgate_set_string(curl, CURLOPT_PROXY, "")
        _ = headgate_set_long(curl, CURLOPT_TIMEOUT_MS, Int(timeout.milliseconds))
        _ = headgate_set_long(curl, CURLOPT_NOSIGNAL, 1)
        _ = headgate_set_list(curl, list)
        let received = Received(keeps: keepsAnswer)
        return try withExtendedLifetime(received) {
            _ = headgate_on_body(curl, Self.receive, Unmanaged.passUnretained(received).toOpaque())
            let code = perform(curl)
            guard code == CURLE_OK else {
                let reason = received.isTooLarge ? "the answer is too large" : String(cString: curl_easy_strerror(code))
                throw Failure(url: url, reason: reason, isRefused: code == CURLE_COULDNT_CONNECT)
            }
            var (status, took) = (0, curl_off_t(0))
            _ = headgate_get_long(curl, CURLINFO_RESPONSE_CODE, &status)
            _ = headgate_get_offset(curl, CURLINFO_TOTAL_TIME_T, &took)
            return Answer(status: status, body: received.bytes, took: TimeSpan(microseconds: Int64(took)))
        }
    }

    private func perform(_ curl: UnsafeMutableRawPointer) -> CURLcode {
        guard let body else { return curl_easy_perform(curl) }
        return body.withUnsafeBytes { bytes in
            _ = headgate_set_offset(curl, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bytes.count))
            // Not copied by curl: valid while it performs. An empty array's address may be nil, which would mean a callback.
            if bytes.isEmpty {
                _ = headgate_set_string(curl, CURLOPT_POSTFIELDS, "")
            } else {
                _ = headgate_set_pointer(curl, CURLOPT_POSTFIELDS, bytes.baseAddress)
            }
            return curl_easy_perform(curl)
        }
    }

    private final class Received {
        let keeps: Bool
        var bytes: [UInt8] = []
        var isTooLarge = false

        init(keeps: Bool) { self.keeps = keeps }
    }

    private static let receive:
        @convention(c) (
            UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?
        ) -> Int = { data, size, count, context in
            guard let data, let context else { return 0 }
            let received = Unmanaged<Received>.fromOpaque(context).takeUnretainedValue()
            guard received.keeps else { return size * count }
            received.isTooLarge = received.bytes.count + size * count > answerBytes
            guard !received.isTooLarge else { return 0 }
            received.bytes.append(contentsOf: UnsafeRawBufferPointer(start: data, count: size * count))
            return size * count
        }
}
