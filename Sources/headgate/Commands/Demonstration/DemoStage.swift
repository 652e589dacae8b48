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
/// until the ledger has settled every delivery, show, and go on being the subscribers.
final class DemoStage {
    private let demo: Demonstration
    private let report: DemoReport
    private let loop: EventLoop
    private let startedAt: WallTime
    private var subscribers: [DevelopmentSubscriber] = []
    private var sent: [DemoReport.Sent] = []
    private var heard: [(request: HeardRequest, at: SocketAddress)] = []
    private var failure: (any Error)?
    /// The report is shown: what comes now is told at once.
    private var isOver = false

    /// For the deliveries of all samples together; nothing here takes longer than milliseconds.
    private static let patience = TimeSpan.seconds(20)
    private static let lookAgain = TimeSpan.milliseconds(20)

    init(_ demo: Demonstration) throws {
        self.demo = demo
        report = DemoReport(demo.console)
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

    /// Does not return, unless it fails.
    ///
    /// - Parameter done: told once whether everything arrived, signed, as it was sent.
    func perform(_ done: @escaping (_ isWell: Bool) -> Void) throws {
        defer { for subscriber in subscribers { subscriber.server.stop() } }
        report.begin(demo)
        sent = try demo.routes.routes.map(send)
        report.show(sent)
        // The subscribers answer on this loop: what was sent meanwhile waits for it to turn.
        let deadline = loop.now + Self.patience
        var look: Timer?
        let timer = Timer { [unowned self] in
            do {
                let deliveries = try deliveries()
                let isSettled = deliveries.allSatisfy { $0.text("state") != "pending" }
                if !isSettled, loop.now < deadline, let look { return loop.arm(look, at: loop.now + Self.lookAgain) }
                done(try show(deliveries))
                isOver = true
            } catch {
                failure = error
                loop.stop()
            }
        }
        look = timer
        loop.arm(timer, at: loop.now)
        loop.run()
        look = nil
        if let failure { throw failure }
    }

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
        } catch let problem as ProviderSigner.Problem {
            return DemoReport.Sent(route: route.name, body: [], problem: problem.description)
        }
    }

    private func show(_ deliveries: [ConfigNode]) throws -> Bool {
        let received = heard.map { DemoReport.Received($0.request, at: $0.at, sent: sent) }
        report.show(received)
        try report.showLedger(demo.ledger, since: startedAt)
        return sent.allSatisfy(\.isAccepted) && received.allSatisfy(\.isWell)
            && received.count >= deliveries.count && !deliveries.isEmpty
            && deliveries.allSatisfy { $0.text("state") == "delivered" }
    }

    /// Of this run.
    private func deliveries() throws -> [ConfigNode] {
        let query = [(name: "since", value: startedAt.rfc3339), (name: "limit", value: "1000")]
        return try JSONDocument.read(demo.ledger.get("/v1/deliveries", query))["data"]?.elements ?? []
    }

    private func hear(_ request: HeardRequest, at address: SocketAddress) {
        guard isOver else { return heard.append((request, address)) }
        demo.console.print(
            onOneLine(
                "\(request.at.rfc3339) http://\(address.text)\(request.path) got \(request.id), attempt "
                    + "\(request.attempt), signature \(request.signature.text), \(request.body.count) bytes"))
    }
}
