internal import Config
internal import Domain
internal import Net
internal import Routes

extension Command {
    static let demo = Command(
        "demo", "show the whole way of an event on this machine",
        about: """
            Runs the gateway with the routes of a directory, secrets made for this run, and a subscriber of its own at every \
            address that the routes name. Sends one sample to each route, signed as its provider would, shows what the \
            subscribers got and what the ledger keeps, and goes on until Ctrl-C. Nothing leaves this machine.
            """,
        flags: [
            Flag("--once", nil, "End after that: exit status 0 when everything arrived as it was sent."),
            Settings.flag("--routes"),
            Flag("--ledger", "FILE", standard: "data/demo.db", "The ledger's file; made when missing."),
            Flag("--listen", "ADDR:PORT", standard: "127.0.0.1:8080", "Where webhooks come in."),
            Flag("--admin", "ADDR:PORT", standard: "127.0.0.1:8081", "Where health, metrics and the API answer."),
        ]
    ) { call in
        // Before any thread is started.
        Gateway.blockSignals()
        let secrets = try DemoSecrets(beside: call.surroundings.environment)
        let surroundings = secrets.added(to: call.surroundings)
        let settings = try settings(call, secrets, surroundings)
        let routes = try DemoRoutes(settings, surroundings)
        for address in settings.listen + [settings.admin] {
            try PortProbe.demand(address, cure: "stop what uses it, or name another with --listen and --admin")
        }
        for address in routes.subscribers {
            try PortProbe.demand(
                address, cure: "stop what uses it: the routes in \(settings.routes) have a subscriber there")
        }
        let gateway = try Gateway(settings, surroundings: surroundings)
        let demo = Demonstration(
            routes: routes, secrets: secrets, addresses: gateway.addresses, console: call.console,
            isOnce: call.isOn("--once"), stop: gateway.stopper)
        let result = DemoResult()
        _ = try Thread(name: "demo") { demo.run(into: result) }
        try gateway.run()
        return result.status
    }

    private static func settings(
        _ call: Invocation, _ secrets: DemoSecrets, _ surroundings: Surroundings
    ) throws -> Settings {
        var diagnostics = Diagnostics()
        var settings = Settings.read(call.values, surroundings: surroundings, into: &diagnostics)
        if let error = diagnostics.all.first(where: { $0.severity == .error }) {
            throw CommandFailure("\(error.line); see -h", status: .usage)
        }
        if call.values.one("--ledger") == nil { settings.ledger = "data/demo.db" }
        if call.values.one("--listen") == nil { settings.listen = [SocketAddress(.loopback, port: 8080)] }
        settings.signing = [secrets.signingKey]
        settings.adminToken = secrets.adminToken
        settings.logLevel = .error
        return settings
    }
}
