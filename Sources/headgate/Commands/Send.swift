internal import Config
internal import Crypto
internal import Domain
internal import Net
internal import Routes

extension Command {
    static let send = Command(
        "send", words: [.init(name: "ROUTE", meaning: "The name of a route: its file's name.")],
        "send a sample event, signed as the route's provider would",
        about: """
            Signs an event with the route's own secrets and sends it: to try a route out, also before the provider does. \
            Exit status 0 when every answer was 2xx.
            """,
        flags: [
            Settings.flag("--routes"), Settings.flag("--listen"),
            Flag(
                "--data", "FILE",
                "The body; without it, the provider's documented sample. {{id}} becomes 16 random digits, {{id:8}} eight, {{uuid}} a UUID, {{number}} a number."
            ),
            Flag("--payment-qr", "FILE", "The JSON of Criptoladrillo's payment QR: sends what paying it would cause."),
            Flag("--header", "FIELD", repeats: true, "A field to send, as in \"X-Name: value\"."),
            Flag("--to", "URL", "Where to send to; without it, the first address of --listen."),
            Flag("--count", "COUNT", standard: "1", "How many to send, one after the other."),
            Flag("--bad-signature", nil, "Make the signature wrong: the route must refuse it."),
            Flag(
                "--key", "FILE",
                "The private key, PEM, where the provider signs with one; the route has its public half."),
        ],
        examples: [
            "headgate send criptoladrillo --payment-qr qr.json",
            "headgate send hurupay --key hurupay-private.pem --count 10",
            "headgate send github --data push.json --header \"X-GitHub-Event: push\"",
        ]
    ) { call in try send(call) }

    private static func send(_ call: Invocation) throws -> ExitStatus {
        let settings = try settings(call)
        let route = try route(named: call.words[0], in: settings.routes, call)
        let sender = try SampleSender(
            to: route, at: target(route, settings, call), privateKey: privateKey(call))
        let sample = Sample.of(preset: route.preset)
        let data = try call.text("--data").map { try file($0, most: Limits.bodyBytesMost, call) }
        let code = try call.text("--payment-qr").map { try file($0, most: Limits.bodyBytesMost, call) }
        let body = try PaymentCode.body(data: data, code: code, for: route) ?? Array(sample.body.utf8)
        let fields = call.values.all("--header").map(\.text)
        let named = fields.map { $0.prefix { $0 != ":" }.lowercased() }
        let standard = sample.fields.filter { field in !named.contains(field.prefix { $0 != ":" }.lowercased()) }
        var refused = 0
        for _ in 0..<(try call.number("--count", in: 1...1_000_000, standard: 1)) {
            let request = try sender.sign(
                Sample.filled(body), fields: standard.map { try Sample.filled($0) } + fields,
                spoiled: call.isOn("--bad-signature"))
            let answer = try sender.send(request)
            if !(200...299).contains(answer.status) { refused += 1 }
            call.console.print(onOneLine("\(answer.status) \(answer.text)"))
        }
        return refused == 0 ? .success : .failure
    }

    /// Those that `send` shares with `serve`; the others stay at what they are by default.
    private static func settings(_ call: Invocation) throws -> Settings {
        var diagnostics = Diagnostics()
        let settings = Settings.read(call.values, surroundings: call.surroundings, into: &diagnostics)
        if let error = diagnostics.all.first(where: { $0.severity == .error }) {
            throw CommandFailure("\(error.line); see -h", status: .usage)
        }
        return settings
    }

    private static func route(named name: String, in directory: String, _ call: Invocation) throws -> RouteConfig {
        // Nothing goes to subscribers from here: any key will do for those that count on the gateway's.
        let loaded = RouteTable.load(
            directory: directory, surroundings: call.surroundings, signing: [Secret(try randomBytes(32))],
            purpose: .serve)
        guard let table = loaded.table else {
            throw CommandFailure(
                loaded.diagnostics.all.filter { $0.severity == .error }.map(\.line).joined(separator: "\n"))
        }
        if let route = table.route(named: name) { return route }
        let names = table.routes.map(\.name)
        let advice =
            nearest(to: name, in: names).map { "did you mean \($0)?" } ?? "there are " + names.joined(separator: ", ")
        throw CommandFailure("\(directory) has no route \(quoted(name)); \(advice)")
    }

    /// A URL without a path gets the route's.
    private static func target(_ route: RouteConfig, _ settings: Settings, _ call: Invocation) throws -> String {
        guard let text = call.text("--to") else {
            return "http://\(settings.listen[0].asked.text)\(route.path)"
        }
        guard let scheme = text.firstRange(of: "://") else {
            throw CommandFailure("--to \(quoted(text)) is no URL such as http://127.0.0.1:8080; see -h", status: .usage)
        }
        return text[scheme.upperBound...].contains("/") ? text : text + route.path
    }

    private static func privateKey(_ call: Invocation) throws -> PrivateKey? {
        guard let path = call.text("--key") else { return nil }
        return try PrivateKey(pem: String(decoding: file(path, most: Limits.secretBytes, call), as: UTF8.self))
    }

    private static func file(_ path: String, most: Int, _ call: Invocation) throws -> [UInt8] {
        switch call.surroundings.readFile(path, most) {
        case .success(let bytes): return bytes
        case .failure(let problem): throw CommandFailure("\(path) \(problem.text)")
        }
    }
}

extension Settings {
    /// A row that other commands share with `serve`.
    static func flag(_ name: String) -> Flag {
        guard let flag = flags.first(where: { $0.name == name }) else { preconditionFailure("serve has no \(name)") }
        return flag
    }
}

extension SocketAddress {
    /// Where a listener on this address is asked: one on every address, at this machine's own.
    var asked: SocketAddress {
        AddressClass(address) == .unspecified ? SocketAddress(.loopback, port: port) : self
    }
}
