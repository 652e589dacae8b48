internal import Crypto
package import Domain
package import Keys
package import Ledgers
package import Net
internal import Routes
package import Server
internal import Signatures
package import Telemetry
package import Wire

/// What one intake loop does with requests: admit, verify the raw bytes, find id and type, match subscribers, hand event
/// and deliveries to the ledger, and answer when they are on disk. Lives on its loop's thread.
package final class IntakeDesk: RequestHandler {
    let loop: EventLoop
    let ledger: any LedgerQueue
    private let outlet: any Outlet
    private let clock: any Clock
    private let log: Log
    var turnedAway: TurnedAwayCount
    private let metrics: Metrics
    private let alarms: AlarmBell
    private let ackSeconds: Histogram
    private let receipts: Mailbox<Receipt>
    let keys: KeyFetcher
    /// Keys that were fetched, as far as this loop has heard.
    var known = KeySnapshot.empty
    var waiting = WaitingRoom()
    lazy var waitingTimer = Timer { [unowned self] in giveUpWaiting() }
    let confirmed: Mailbox<(ReplyTicket, Response)>
    private(set) var table = RouteTable.empty
    private(set) var routes: [IntakeRoute] = []
    lazy var usesTimer = Timer { [unowned self] in tellUses() }
    private var hash: SHA256
    /// Sends answers that come later; the server that this intake handles requests for.
    package weak var server: HTTPServer?

    package init(
        on loop: EventLoop, ledger: any LedgerQueue, outlet: any Outlet, keys: KeyFetcher, clock: any Clock, log: Log,
        metrics: Metrics, alarms: AlarmBell
    ) throws {
        self.alarms = alarms
        self.loop = loop
        self.ledger = ledger
        self.outlet = outlet
        self.clock = clock
        self.log = log
        turnedAway = TurnedAwayCount(metrics, log: log)
        self.metrics = metrics
        ackSeconds = metrics.histogram("headgate_ack_seconds", "From the whole request to its answer, commit included.")
        hash = try SHA256()
        receipts = try Mailbox()
        self.keys = keys
        confirmed = try Mailbox()
        try loop.receive(receipts) { [unowned self] receipt in settle(receipt) }
        try loop.receive(confirmed) { [unowned self] in server?.reply($0.0, $0.1) }
        let snapshots = try Mailbox<KeySnapshot>()
        try loop.receive(snapshots) { [unowned self] in learn($0) }
        keys.listen { snapshots.post($0) }
    }

    /// Replaces the routes. Requests already at the ledger are answered as their old route says.
    package func configure(_ plan: IntakePlan) {
        tellUses()
        table = plan.table
        routes = zip(plan.table.routes, plan.routes).map { config, ids in
            IntakeRoute(config, id: ids.id, targets: ids.targets, prints: plan.prints, metrics: metrics, log: log)
        }
    }

    // MARK: Requests

    package func admit(_ request: RequestView, from peer: Peer) -> Admission {
        switch table.match(request.path) {
        case nil:
            turnedAway.note(.noRoute, from: peer, path: request.path, at: loop.now)
            return .reply(Answers.noRoute)
        case .tokens(let place):
            let route = routes[place]
            guard request.method.elementsEqual("POST".utf8) else { return .reply(Answers.onlyPost) }
            return refusal(route, peer).map { .reply($0) } ?? .body(limit: Limits.tokenRequestBytes)
        case .route(let place):
            let route = routes[place]
            guard route.config.hears(method: request.method) else { return .reply(route.wrongMethod) }
            let isSetup = !route.handshakes.setup.isEmpty && !request.isLarger(than: Limits.handshakeBytes)
            if let refusal = refusal(route, peer, keeping: request, isSetup: isSetup) { return .reply(refusal) }
            if request.isLarger(than: route.config.maxBody) {
                refuse(route, "too-large", peer, keeping: request, hasBody: false)
                return .reply(Answers.tooLarge)
            }
            return .body(limit: route.proof == nil ? Limits.handshakeBytes : route.config.maxBody)
        }
    }

    /// What is refused for its source or for want of a secret, before its body is asked for.
    ///
    /// - Parameters:
    ///   - request: what goes to quarantine.
    ///   - isSetup: it may bring the secret that the route lacks.
    private func refusal(
        _ route: IntakeRoute, _ peer: Peer, keeping request: RequestView? = nil, isSetup: Bool = false
    ) -> Response? {
        guard route.config.admits(peer.address) else {
            refuse(route, "source-address", peer, keeping: request, hasBody: false)
            return Answers.forbidden
        }
        if route.config.disabled != nil { return disabled(route, peer) }
        guard route.proof != nil || isSetup else {
            refuse(route, "unavailable", peer)
            return Answers.unavailable
        }
        return nil
    }

    package func handle(_ request: RequestView, from peer: Peer, ticket: ReplyTicket) -> Handling {
        switch table.match(request.path) {
        case nil: return .reply(Answers.noRoute)  // the routes were reloaded while the body came in
        case .tokens(let place): return .reply(issueToken(routes[place], request))
        case .route(let place): return accept(request, on: routes[place], from: peer, ticket)
        }
    }

    private func accept(
        _ request: RequestView, on route: IntakeRoute, from peer: Peer, _ ticket: ReplyTicket
    ) -> Handling {
        let now = clock.wall()
        if route.config.disabled != nil { return .reply(disabled(route, peer)) }
        guard route.proof != nil else {  // or reloaded since its head came
            if let answer = handshake(request, among: route.handshakes.setup, of: route, peer) { return .reply(answer) }
            refuse(route, "unavailable", peer)
            return .reply(Answers.unavailable)
        }
        if let answer = handshake(request, among: route.handshakes.open, of: route, peer) { return .reply(answer) }
        guard route.config.takes(method: request.method) else {
            refuse(route, "handshake-wrong", peer, keeping: request)
            return .reply(route.unauthorized)
        }
        switch prove(request, on: route, from: peer, ticket, arrived: now) {
        case .judged(let handling): return handling
        case .needs(let key): return park(request, until: key, on: route, from: peer, ticket, arrived: now)
        }
    }

    enum Judgement {
        case judged(Handling)
        /// The verifier has to know this key first.
        case needs(KeyRequest)
    }

    func prove(
        _ request: RequestView, on route: IntakeRoute, from peer: Peer, _ ticket: ReplyTicket, arrived now: WallTime
    ) -> Judgement {
        guard let proof = route.proof else { return .judged(.reply(Answers.unavailable)) }
        let verification = proof.verifier.verify(
            request, from: peer.address, publicURL: route.config.publicURL, at: now,
            knowing: KnownKeys(known, at: loop.now))
        switch verification {
        case .needs(let key): return .needs(key)
        case .refused(let reason):
            if reason == .timeStale || reason == .timeFuture { note(proof.verifier.lateness, of: route) }
            refuse(route, reason.rawValue, peer, keeping: request, arrived: now)
            return .judged(
                .reply(
                    reason.isOurs ? Answers.unavailable : reason == .address ? Answers.forbidden : route.unauthorized))
        case .accepted(let verified):
            note(proof.verifier.lateness, of: route)
            count(verified, of: route, at: now)
            if let handling = verifiedHandshake(request, of: route, peer, ticket) { return .judged(handling) }
            let event = Event(
                route: route.id, receivedAt: now, source: peer.address,
                providerID: proof.id?.bytes(in: request), type: proof.type?.bytes(in: request),
                headers: route.keptFields.take(from: request), body: Bytes(copying: request.body),
                bodyDigest: hash.hash(request.body), coverage: verified.coverage, provenBy: verified.provenBy)
            let types = proof.type.map { $0.isEvery ? $0.all(in: request) : [] } ?? []
            return .judged(append(event, types, on: route, ticket))
        }
    }

    private func verifiedHandshake(
        _ request: RequestView, of route: IntakeRoute, _ peer: Peer, _ ticket: ReplyTicket
    ) -> Handling? {
        let handshakes = route.handshakes.verified
        guard !handshakes.isEmpty, let answer = HandshakeAnswers.find(request, among: handshakes) else { return nil }
        note(answer, of: route, peer)
        return confirm(answer, of: route, ticket) ?? .reply(Response(answer))
    }

    private func append(_ event: Event, _ types: [Bytes], on route: IntakeRoute, _ ticket: ReplyTicket) -> Handling {
        let fanOut = FanOut(of: event, types: types, to: route.targets)
        let arrived = clock.monotonic()
        let order = Append(
            event: event, deliveries: fanOut.deliveries, filtered: fanOut.filtered, dedup: route.dedup)
        let isTaken = ledger.append(order) {
            [receipts, outlet, answers = route.answers] result in
            // On the ledger's thread, after the commit.
            fanOut.finish(result, through: outlet)
            receipts.post(Receipt(result, of: event, arrived: arrived, for: ticket, answers: answers))
        }
        if isTaken { return .later }
        fanOut.giveUp()
        route.answers.unavailable.add()
        return .reply(Answers.unavailable)
    }

    /// Answers a provider that asks whether the URL is its customer's. No event, and so neither kept nor delivered.
    private func handshake(
        _ request: RequestView, among handshakes: [Handshake], of route: IntakeRoute, _ peer: Peer
    ) -> Response? {
        guard !handshakes.isEmpty, let answer = HandshakeAnswers.find(request, among: handshakes) else { return nil }
        note(answer, of: route, peer)
        return Response(answer)
    }

    private func note(_ answer: Handshake.Answer, of route: IntakeRoute, _ peer: Peer) {
        route.count("handshake")
        log.write(answer.shown == nil ? .info : .warning, "handshake") { line in
            line.add("route", route.config.name)
            line.add("source", peer.address.text)
            if let shown = answer.shown { line.add("shown", String(decoding: shown, as: UTF8.self)) }
        }
    }

    // MARK: Receipts

    private func settle(_ receipt: Receipt) {
        let took = clock.monotonic() - receipt.arrived
        server?.reply(receipt.ticket, receipt.answer)
        ackSeconds.observe(took.inSeconds)
        receipt.count()
        receipt.report(to: log, took: took)
    }

    /// Rings when a route's requests come late by their own timestamps.
    private func note(_ lateness: Double, of route: IntakeRoute) {
        guard route.late.note(lateness) else { return }
        alarms.ring(
            .clockSkew, of: route.config.name,
            "the last \(Limits.lateRequests) requests came \(Int(lateness * 100)) % into the time in which a signature "
                + "counts; compare this machine's clock with the provider's")
    }

    // MARK: Refusals

    /// - Parameters:
    ///   - request: what goes to quarantine; nil when nothing does.
    ///   - hasBody: its body is here.
    ///   - arrived: when it came, where that was not just now: it waited for a key.
    func refuse(
        _ route: IntakeRoute, _ reason: String, _ peer: Peer, keeping request: RequestView? = nil, hasBody: Bool = true,
        arrived: WallTime? = nil
    ) {
        route.count(reason)
        if let request {
            ledger.quarantine(
                request, on: route, from: peer.address, for: reason, hasBody: hasBody, at: arrived ?? clock.wall())
        }
        log.write(.warning, "refused") { line in
            line.add("route", route.config.name)
            line.add("reason", reason)
            line.add("source", peer.address.text)
        }
    }

    /// Nothing is kept: the provider is to send it again.
    private func disabled(_ route: IntakeRoute, _ peer: Peer) -> Response {
        refuse(route, "disabled", peer)
        return Answers.disabled
    }

    private func issueToken(_ route: IntakeRoute, _ request: RequestView) -> Response {
        guard let issuer = route.tokens else { return Answers.noRoute }
        let answer = issuer.answer(request, at: clock.wall())
        if answer.status >= 400 {
            route.count("token-request")
            log.write(.warning, "token refused") { $0.add("route", route.config.name) }
        }
        return Response(
            Status(answer.status) ?? .internalServerError, contentType: "application/json", body: Bytes(answer.body),
            fields: answer.fields.map { ($0.name, $0.value) })
    }
}

extension RequestView {
    /// By its own declaration; a chunked body shows its length only in the end.
    fileprivate func isLarger(than most: Int) -> Bool {
        if case .length(let length) = head.framing { length > most } else { false }
    }
}
