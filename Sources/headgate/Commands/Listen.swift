internal import Admin
internal import Config
internal import Crypto
internal import Domain
internal import Glibc
internal import Net
internal import Routes
internal import Server
internal import Telemetry
internal import Wire

extension Command {
    static let listen = Command(
        "listen", "be a subscriber on this machine, for development",
        about: """
            Takes what headgate sends, verifies its signature, prints what came, and answers as told. Ends with Ctrl-C.
            """,
        flags: [
            Flag("--port", "PORT", standard: "9001", "Where to listen; 0 takes a free one."),
            Flag("--address", "ADDR", standard: "127.0.0.1", "The address to listen on."),
            Flag(
                "--secret", "SECRET", variable: "HEADGATE_SIGNING_SECRET",
                "Verifies signatures: whsec_… (several, separated by spaces), env:NAME or file:PATH."),
            Flag("--status", "STATUS", standard: "200", "What to answer."),
            Flag("--delay", "TIME", standard: "0s", "How long to wait with the answer."),
            Flag("--fail-first", "COUNT", standard: "0", "Answer 500 to so many first requests."),
            .json,
        ],
        examples: [
            "headgate listen --port 9001 --secret env:HEADGATE_SIGNING_SECRET",
            "headgate listen --status 503 --delay 2s",
        ]
    ) { call in try listen(call) }

    private static func listen(_ call: Invocation) throws -> ExitStatus {
        let address = try listeningAddress(call)
        let secret = call.values.one("--secret")
        let check = try secret.map { try SignatureCheck(call.secrets($0), origin: $0.origin) }
        let manners = try manners(call)
        try PortProbe.demand(address, cure: "stop what uses it, or name another with --port")

        // First of all threads: the signals stay for the loop.
        Signals.block([SIGINT, SIGTERM])
        let loop = try EventLoop(clock: SystemClock())
        let (console, asJSON) = (call.console, call.isOn("--json"))
        let subscriber = DevelopmentSubscriber(on: loop, check: check, manners: manners) { request, status in
            if asJSON {
                console.printJSON { request.write(to: &$0, status: status.code) }
            } else {
                for line in request.lines(answered: status) { console.print(line) }
            }
        }
        let bound = try subscriber.server.listen(on: address)
        let told = "listening on http://\(bound.text)"
        if asJSON { console.complain(told) } else { console.print(told) }
        if check == nil { console.complain("no --secret: signatures are not checked") }
        let signals = try Signals([SIGINT, SIGTERM], on: loop) { [loop] _ in loop.stop() }
        withExtendedLifetime((signals, subscriber)) { loop.run() }
        subscriber.server.stop()
        return .success
    }

    private static func listeningAddress(_ call: Invocation) throws -> SocketAddress {
        let port = try call.number("--port", in: 0...65535, standard: 9001)
        guard let value = call.values.one("--address") else { return SocketAddress(.loopback, port: UInt16(port)) }
        guard let address = IPAddress(text: value.text) else { throw call.refusal(value, "is no address") }
        return SocketAddress(address, port: UInt16(port))
    }

    private static func manners(_ call: Invocation) throws -> DevelopmentSubscriber.Manners {
        var manners = DevelopmentSubscriber.Manners()
        manners.status = Status(try call.number("--status", in: 200...599, standard: 200)) ?? .ok
        manners.failFirst = try call.number("--fail-first", in: 0...1_000_000, standard: 0)
        if let value = call.values.one("--delay") {
            guard let delay = Quantity.duration(value.text) else { throw call.refusal(value, "is no time such as 2s") }
            manners.delay = delay
        }
        return manners
    }
}

extension HeardRequest {
    fileprivate func lines(answered status: Status) -> [String] {
        var card = TextCard()
        card.add("event", id)
        card.add("route", route)
        card.add("type", type)
        card.add("provider's id", providerID)
        card.add("attempt", attempt)
        card.add("signature", signature.text)
        card.add("body", "\(Quantity.text(bytes: body.count)) \(preview(200))")
        let head = onOneLine("\(at.rfc3339) \(path) answered \(status.code)")
        return [head] + card.lines.map { "  " + $0 } + [""]
    }
}
