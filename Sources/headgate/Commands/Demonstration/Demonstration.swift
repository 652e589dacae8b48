internal import Admin
internal import Config
internal import Crypto
internal import Domain
internal import Net
internal import Routes
internal import Server
internal import Signatures
internal import Telemetry
internal import Wire

/// The script of a demonstration, on a thread and a loop of its own: be the subscribers, send as the providers, wait
/// until the ledger has settled every delivery, show.
struct Demonstration: Sendable {
    let routes: DemoRoutes
    let secrets: DemoSecrets
    let addresses: ListenAddresses
    let console: Console
    let isOnce: Bool
    let stop: @Sendable () -> Void

    func run(into result: DemoResult) {
        do {
            let stage = try DemoStage(self)
            if !(try stage.perform()) { result.fail() }
            guard !isOnce else { return stop() }
            for line in DemoHints(self).lines { console.print(line) }
            stage.goOn()
        } catch {
            console.complain("headgate: \(onOneLine("\(error)"))")
            result.fail()
            stop()
        }
    }

    var intake: String { "http://\(addresses.intake[0].asked.text)" }
    var admin: String { "http://\(addresses.admin.asked.text)" }
    var ledger: AdminSource { .listener(url: admin, token: secrets.adminToken) }
}

/// What happens on the demonstration's thread.
final class DemoStage {
    private let demo: Demonstration
    private let loop: EventLoop
    private let startedAt: WallTime
    private var subscribers: [DevelopmentSubscriber] = []
    private var heard: [(request: HeardRequest, at: SocketAddress)] = []
    private var isShowing = false

    /// For the deliveries of all samples together; nothing here takes longer than milliseconds.
    private static let patience = TimeSpan.seconds(20)
    private static let lookAgain = TimeSpan.milliseconds(20)

    init(_ demo: Demonstration) throws {
        self.demo = demo
        let clock = SystemClock()
        loop = try EventLoop(clock: clock)
        startedAt = clock.wall()
        for address in demo.routes.subscribers {
            let check = try SignatureCheck([Secret(demo.secrets.signingSecret)], origin: "the demonstration")
            let subscriber = DevelopmentSubscriber(on: loop, check: check) { [unowned self] request, _ in
                hear(request, at: address)
            }
            try subscriber.server.listen(on: address)
            subscribers.append(subscriber)
        }
    }

    /// - Returns: whether everything arrived, signed, as it was sent.
    func perform() throws -> Bool {
        let report = DemoReport(demo.console)
        report.begin(demo)
        let sent = try demo.routes.routes.map(send)
        report.show(sent)
        let deliveries = try waitForDeliveries()
        let received = heard.map { DemoReport.Received($0.request, at: $0.at, sent: sent) }
        report.show(received)
        try report.showLedger(demo.ledger, since: startedAt)
        isShowing = true
        let isWell =
            sent.allSatisfy(\.isAccepted) && received.allSatisfy(\.isWell) && received.count >= deliveries.count
        return isWell && !deliveries.isEmpty && deliveries.allSatisfy { $0.text("state") == "delivered" }
    }

    /// Shows what comes later, until the process ends.
    func goOn() { loop.run() }

    private func send(_ route: RouteConfig) throws -> DemoReport.Sent {
        let sample = Sample.of(preset: route.preset)
        do {
            let sender = try SampleSender(
                to: route, at: demo.intake + route.path, privateKey: demo.secrets.providerKey)
            let request = try sender.sign(Sample.filled(Array(sample.body.utf8)), fields: sample.fields)
            return DemoReport.Sent(route: route.name, body: request.body, answer: try sender.send(request))
        } catch let failure as CommandFailure {
            return DemoReport.Sent(route: route.name, body: [], problem: failure.message)
        } catch let failure as HTTPExchange.Failure {
            return DemoReport.Sent(route: route.name, body: [], problem: failure.description)
        }
    }

    /// Runs the loop, on which the subscribers answer, until the ledger has nothing pending of this run.
    private func waitForDeliveries() throws -> [ConfigNode] {
        let deadline = loop.now + Self.patience
        var found: Result<[ConfigNode], any Error> = .success([])
        var timer: Timer?
        let look = Timer { [unowned self] in
            found = Result { try deliveries() }
            let isSettled = (try? found.get())?.allSatisfy { $0.text("state") != "pending" } ?? true
            if isSettled || loop.now >= deadline {
                loop.stop()
            } else if let timer {
                loop.arm(timer, at: loop.now + Self.lookAgain)
            }
        }
        timer = look
        loop.arm(look, at: loop.now)
        loop.run()
        timer = nil
        return try found.get()
    }

    private func deliveries() throws -> [ConfigNode] {
        let query = [(name: "since", value: startedAt.rfc3339), (name: "limit", value: "1000")]
        return try JSONDocument.read(demo.ledger.get("/v1/deliveries", query))["data"]?.elements ?? []
    }

    private func hear(_ request: HeardRequest, at address: SocketAddress) {
        heard.append((request, address))
        if isShowing {
            heard.removeAll()
            demo.console.print(
                onOneLine(
                    "\(request.at.rfc3339) \(address.text)\(request.path) got \(request.id) of \(request.route), attempt "
                        + "\(request.attempt), signature \(request.signature.text), \(request.body.count) bytes"))
        }
    }
}
