internal import Admin
internal import Config
internal import Crypto
internal import Domain
internal import Routes

/// The members of a subscriber as flags.
enum SubscriberFlags {
    static let all = [
        Flag("--event", "GLOB", repeats: true, "Only events of this type, such as payout.*"),
        Flag(
            "--secret", "SECRET", repeats: true,
            "Signs what it gets: env:NAME, file:PATH or whsec_…; several all sign, for rotation."),
        Flag("--rate", "RATE", "So many sends in a second (20/s) or a minute (600/m) at most."),
        Flag("--concurrency", "COUNT", "So many sends at one time at most."),
        Flag("--header", "NAME:VALUE", repeats: true, "A header of every request."),
        Flag("--forward", "GLOB", repeats: true, "Only these of the provider's headers."),
        Flag("--schedule", "STEPS", "When failed sends are tried again: 5s,30s,2m."),
        Flag("--timeout", "TIME", "How long one send may take, such as 15s."),
        Flag("--paused", "YES/NO", "Hold what comes for it, or send it."),
        Flag("--data", "FILE", "A JSON object with more members, as a route file has them: retry, auth, sign …"),
    ]

    typealias Member = (String, ConfigValue)

    static func members(_ call: Invocation) throws -> [Member] {
        var members: [Member] = try call.text("--data").map { try file($0, call) } ?? []
        func strings(_ flag: String, _ key: String) {
            let texts = call.values.all(flag).map { ConfigValue.string($0.text) }
            if !texts.isEmpty { members.append((key, .array(texts))) }
        }
        strings("--event", "events")
        strings("--forward", "forward")
        let secrets = try call.values.all("--secret").map { value in
            try call.secret(value).withBytes { ConfigValue.string(String(decoding: $0, as: UTF8.self)) }
        }
        if !secrets.isEmpty { members.append(("secret", secrets.count == 1 ? secrets[0] : .array(secrets))) }
        if let rate = call.text("--rate") { members.append(("rate", .string(rate))) }
        if call.isOn("--concurrency") {
            let count = try call.number("--concurrency", in: 1...Limits.concurrencyMost, standard: 1)
            members.append(("concurrency", .number(String(count))))
        }
        let headers = try call.values.all("--header").map(header)
        if !headers.isEmpty { members.append(("headers", .object(headers))) }
        var retry: [ConfigValue.Member] = []
        if let steps = call.text("--schedule") {
            let texts = steps.split(separator: ",").map { ConfigValue.string(String($0)) }
            retry.append(.init(key: "schedule", value: .array(texts)))
        }
        if let time = call.text("--timeout") { retry.append(.init(key: "timeout", value: .string(time))) }
        if !retry.isEmpty { members.append(("retry", .object(retry))) }
        if let value = call.values.one("--paused") {
            guard ["yes", "no"].contains(value.text) else { throw call.refusal(value, "is neither yes nor no") }
            members.append(("paused", .bool(value.text == "yes")))
        }
        return members
    }

    private static func header(_ value: FlagValue) throws -> ConfigValue.Member {
        guard let colon = value.text.firstIndex(of: ":") else {
            throw CommandFailure("--header is no NAME:VALUE; see -h", status: .usage)
        }
        let text = value.text[value.text.index(after: colon)...].drop { $0 == " " }
        return .init(key: String(value.text[..<colon]), value: .string(String(text)))
    }

    private static func file(_ path: String, _ call: Invocation) throws -> [Member] {
        var diagnostics = Diagnostics()
        switch call.surroundings.readFile(path, 64 << 10) {
        case .failure(let problem): throw CommandFailure("--data: file \(path) \(problem.text)", status: .usage)
        case .success(let bytes):
            guard case .object(let members)? = JSON5.parse(bytes, file: path, into: &diagnostics)?.value else {
                throw CommandFailure("--data: \(diagnostics.all.first?.line ?? "no JSON object")", status: .usage)
            }
            return members.map { ($0.key, $0.value) }
        }
    }
}

extension ConfigValue {
    static func object(_ members: [SubscriberFlags.Member]) -> ConfigValue {
        .object(members.map { Member(key: $0.0, value: $0.1) })
    }
}

extension AdminSource {
    /// Has the running gateway change something: a JSON document, or nil for a request without a body.
    ///
    /// - Throws: `CommandFailure` with what the API says is wrong.
    func send(
        _ method: String, _ path: String, _ call: Invocation, _ document: ConfigValue?, _ fields: [String]
    ) throws -> [UInt8] {
        let reason = call.text("--reason").map { "?reason=" + Self.encoded($0) } ?? ""
        var json = JSONWriter()
        if let document { json.value(document) }
        return try send(
            method, path + reason, fields: fields + ["Content-Type: application/json"], body: json.bytes)
    }
}
