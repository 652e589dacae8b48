internal import Admin
internal import Config
internal import Crypto
internal import Domain
internal import Net
internal import Routes
internal import Telemetry
internal import Wire

/// Where an operator's command gets its answers: the running gateway, or the ledger of a stopped one. Both answer through
/// the same table of endpoints.
enum AdminSource {
    case listener(url: String, token: Secret?)
    case file(AdminDesk)

    /// Of commands that only ask.
    static let flags =
        gatewayFlags + [Flag("--ledger", "FILE", "Read this file instead, of a gateway that is stopped.")]

    /// Of commands that change something, which only a running gateway does.
    static let gatewayFlags = [
        Flag(
            "--admin", "ADDR:PORT", variable: "HEADGATE_ADMIN", standard: "127.0.0.1:8081",
            "The admin listener of the running gateway, or its URL."),
        Flag(
            "--admin-token", "SECRET", variable: "HEADGATE_ADMIN_TOKEN",
            "Its token: env:NAME, file:PATH or the token itself."),
    ]

    init(_ call: Invocation) throws {
        if let path = call.text("--ledger") {
            self = .file(
                AdminDesk(
                    state: .stopped, metrics: Metrics(), ledger: Self.file(path),
                    checkpointKey: call.text("--checkpoint-key")))
        } else {
            self = .listener(
                url: try Self.url(call),
                token: try call.values.one("--admin-token").map { try call.secret($0) })
        }
    }

    /// As `serve` takes it: a path, or `sqlite:PATH`.
    static func file(_ text: String) -> String { text.hasPrefix("sqlite:") ? String(text.dropFirst(7)) : text }

    /// `http://ADDR:PORT`. A listener on every address is asked at this machine's own.
    static func url(_ call: Invocation) throws -> String {
        let value = call.values.one("--admin")
        let text = value?.text ?? "127.0.0.1:8081"
        if text.hasPrefix("http://") || text.hasPrefix("https://") {
            return text.hasSuffix("/") ? String(text.dropLast()) : text
        }
        guard let address = SocketAddress(text: text) else {
            throw CommandFailure("--admin \(quoted(text)) is no address and port; see -h", status: .usage)
        }
        return "http://\(address.asked.text)"
    }

    /// A JSON document.
    ///
    /// - Throws: `CommandFailure` with what the API says is wrong.
    func get(_ path: String, _ query: [(name: String, value: String)] = []) throws -> [UInt8] {
        let (status, body) = try answer(path, query)
        guard (200...299).contains(status) else { throw CommandFailure(Self.detail(of: body, status)) }
        return body
    }

    /// Has the running gateway do something; its answer, a JSON document.
    ///
    /// - Throws: `CommandFailure` with what the API says is wrong.
    func post(_ path: String, _ members: [(name: String, values: [String])]) throws -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            for member in members {
                json.key(member.name)
                json.array(of: member.values) { $0.string($1) }
            }
        }
        return try send("POST", path, fields: ["Content-Type: application/json"], body: json.bytes)
    }

    func send(_ method: String, _ path: String, fields: [String], body: [UInt8]) throws -> [UInt8] {
        guard case .listener(let url, let token) = self else {
            throw CommandFailure("only a running gateway changes its ledger; leave --ledger out", status: .usage)
        }
        let (status, body) = try Self.exchange(
            HTTPExchange(method: method, url: url + path, fields: fields, body: body), url, token)
        guard (200...299).contains(status) else { throw CommandFailure(Self.detail(of: body, status)) }
        return body
    }

    private func answer(_ path: String, _ query: [(name: String, value: String)]) throws -> (Int, [UInt8]) {
        switch self {
        case .file(let desk):
            let response = AdminAPI.answer(APIRequest(get: path, query: query), at: desk)
            return (response.status.code, Array(response.body.buffer))
        case .listener(let url, let token):
            let text = query.map { "\($0.name)=\(Self.encoded($0.value))" }.joined(separator: "&")
            return try Self.exchange(HTTPExchange(url: url + path + (text.isEmpty ? "" : "?" + text)), url, token)
        }
    }

    private static func exchange(_ exchange: HTTPExchange, _ url: String, _ token: Secret?) throws -> (Int, [UInt8]) {
        var exchange = exchange
        if let token {
            let value = token.withBytes { String(decoding: $0, as: UTF8.self) }
            exchange.fields.append("Authorization: Bearer \(value)")
        }
        do {
            let answer = try exchange.run()
            return (answer.status, answer.body)
        } catch let failure as HTTPExchange.Failure where failure.isRefused {
            let instead = exchange.method == "GET" ? ", or read its file with --ledger" : ""
            throw CommandFailure("no gateway answers at \(url); start it, or name it with --admin\(instead)")
        }
    }

    private static func detail(of body: [UInt8], _ status: Int) -> String {
        var ignored = Diagnostics()
        guard let problem = JSON5.parse(body, file: "answer", into: &ignored),
            case .string(let detail)? = problem["detail"]?.value
        else { return "the gateway answered \(status)" }
        return detail
    }

    /// RFC 3986 section 2.3: what is not unreserved is encoded.
    static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            switch Unicode.Scalar(byte) {
            case "A"..."Z", "a"..."z", "0"..."9", "-", ".", "_", "~": String(Unicode.Scalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }
}

extension IPAddress {
    static let loopback = IPAddress(v4: 0x7f00_0001)
}
