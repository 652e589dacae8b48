import Config
import Crypto
import Delivery
import Domain
import Glibc
import Intake
import Keys
import Ledgers
import Net
import Routes
import Server
import Telemetry

/// The gateway assembled: a ledger thread, intake loops, dispatch loops, an admin loop, and its own loop, which waits for
/// signals and orders a reload or the end. Between threads only mailboxes.
///
/// Webhooks are taken once `init` has returned; `run` returns when the gateway has ended.
final class Gateway {
    private enum Message: Sendable {
        case registered(Reload, Result<DirectoryIDs, LedgerError>)
        /// The ledger's subscribers, or what it says of routes, are others; `answer` may go out when that is in effect.
        case registryChanged(answer: @Sendable () -> Void)
        case merged(RouteTable, Result<DirectoryIDs, LedgerError>, answer: @Sendable () -> Void)
        /// What an operator ordered is in the ledger.
        case operated(Operation.Deed, OperationResult, reason: String)
        /// By dispatch's own decision; it is in the ledger.
        case stopped(SubscriberID, reason: String)
        case intakeDrained
        case dispatchDrained
        case stop
    }

    /// What was read anew, and counts when the ledger knows all who are named in it.
    private struct Reload: Sendable {
        let number: Int
        let table: RouteTable
        let tls: TLSContext?
    }

    let log: Log
    private let settings: Settings
    private let surroundings: Surroundings
    private let clock = SystemClock()
    private let loop: EventLoop
    private let messages: Mailbox<Message>
    let state: GatewayState
    private let ledger: LedgerWriter
    private let outlet: DispatchOutlet
    private let registered: RegisteredConfigs
    private let changed: ChangedRoutes
    /// The latest that was read, also while its ids are not known yet.
    private var table: RouteTable
    private var reloads = 0
    private var intake: [IntakeThread] = []
    private var dispatch: [DispatchThread] = []
    private let replays: ReplayThread
    private let logThread: LogThread
    private var signals: Signals?
    private var intakeLeft = 0
    private lazy var drainTimer = Timer { [unowned self] in finish() }
    private lazy var mergeTimer = Timer { [unowned self] in merge {} }
    private lazy var validity = ValidityTimer(on: loop, clock: clock) { [unowned self] in merge {} }

    /// The routes were read again and are in effect. On the thread of `run`.
    var didReload: () -> Void = {}

    /// Where the kernel put the listeners: asked ports, or free ones for port 0.
    let addresses: ListenAddresses

    /// Blocks the signals that `run` waits for: call before any thread is started.
    static func blockSignals() { Signals.block(signals) }
    private static let signals = [SIGTERM, SIGINT, SIGHUP]

    /// Reads the routes, opens the ledger, binds the sockets, starts the threads.
    ///
    /// - Throws: an error whose text is for the operator.
    init(_ settings: Settings, surroundings: Surroundings) throws {
        self.settings = settings
        self.surroundings = surroundings
        log = Log(settings, clock: clock)
        let descriptors = DescriptorShare.raise()
        table = try Self.load(settings, surroundings, log)
        let tls = try settings.tls.map { try TLSContext(certificates: $0.certificate, key: $0.key) }
        // Before the ledger: a start that a taken port ends must not have claimed anything.
        let listeners = try Listeners(settings.listen, loops: LoopCount.intake)
        let adminListeners = try Listeners([settings.admin], loops: 1)
        let engine = try SQLiteLedger(path: settings.ledger)
        try RegisteredConfigs.check(settings)
        registered = RegisteredConfigs(settings, log: log)
        changed = try ChangedRoutes(settings, log: log)
        let ids = try engine.register(Plan.directory(of: table))
        let metrics = Metrics()
        let keyPath = settings.checkpointKey ?? CheckpointKey.standardPath(ledger: settings.ledger)
        let key = try CheckpointKey.atFirstUse(keyPath)
        let schedule = ScheduleClock(clock, notBefore: engine.latest)
        engine.keep(Retention(settings), clock: schedule)
        engine.seal(with: settings.ledgerKey)
        ledger = try LedgerWriter(
            engine: engine, clock: schedule, metrics: metrics, log: log, quarantine: QuarantineCaps(settings))
        loop = try EventLoop(clock: clock)
        messages = try Mailbox()
        outlet = DispatchOutlet(hub: try DispatchHub(loops: LoopCount.dispatch))
        let plan = Plan(table, ids, registered: registered, changed: changed, outlet: outlet, at: clock.wall())
        let keys = try KeyFetcher(clock: clock, log: log, metrics: metrics)
        state = GatewayState(
            plan, ledger: ledger, hub: outlet.hub, metrics: metrics, keys: keys, clock: clock, log: log)
        logThread = try LogThread(log)
        let alarms = try AlarmThread(settings: settings, state: state, clock: clock, log: log)
        let watch = LaneWatch(
            bell: alarms.bell, failingAfter: settings.alarmFailing, stopAfter: settings.stopFailing
        ) { [messages] subscriber, reason in messages.post(.stopped(subscriber, reason: reason)) }
        for place in 0..<LoopCount.dispatch {
            dispatch.append(
                try DispatchThread(
                    place, of: outlet.hub, ledger: ledger, clock: clock, schedule: schedule, log: log,
                    metrics: metrics, watch: watch))
        }
        // Before intake: what comes for lanes that are not known yet would all be left on disk.
        outlet.hub.configure(plan.lanes)
        let options = ServerSettings(settings, tls: tls, descriptors: descriptors)
        for place in 0..<LoopCount.intake {
            intake.append(
                try IntakeThread(
                    place, listeners: listeners.descriptors[place], options: options, plan: plan.intake,
                    ledger: ledger, outlet: outlet, keys: keys, clock: clock, log: log, metrics: metrics,
                    alarms: alarms.bell))
        }
        replays = try ReplayThread(
            ledger: ledger, settings: settings, clock: clock, log: log, held: { [state] in state.plan.held }
        ) { [hub = outlet.hub] in hub.noteDue($0) }
        let search = try SearchThread(settings: settings, clock: clock, schedule: schedule, log: log)
        _ = try AdminThread(
            listeners: adminListeners.descriptors[0], settings: settings, state: state,
            operate: { [ledger, messages] operation, done in
                ledger.operate(operation) { result in
                    if operation.deed.changesPlan, case .success(.done) = result {
                        return messages.post(.registryChanged(answer: { done(result) }))
                    }
                    if case .success(let result) = result {
                        messages.post(.operated(operation.deed, result, reason: operation.reason))
                    }
                    done(result)
                }
            }, searchDamaged: { search.orders.post(.discard) }, surroundings: surroundings, clock: clock,
            schedule: schedule, log: log)
        _ = try CheckpointThread(
            settings: settings, key: key, isSound: { [ledger] in ledger.isSound }, clock: clock, log: log,
            metrics: metrics)
        addresses = ListenAddresses(intake: listeners.addresses, admin: adminListeners.addresses[0])
        watchSecrets(of: plan)
        report(recovered: ledger.recovered)
    }

    /// Runs until a signal or `stopper` ends it.
    func run() throws {
        try loop.receive(messages) { [unowned self] message in take(message) }
        signals = try Signals(Self.signals, on: loop) { [unowned self] signal in
            if signal == SIGHUP { reload() } else { stop() }
        }
        loop.run()
    }

    /// Ends `run` from any thread, as SIGTERM does.
    var stopper: @Sendable () -> Void {
        { [messages] in messages.post(.stop) }
    }

    private func take(_ message: Message) {
        switch message {
        case .registered(let reload, .success(let ids)):
            if let tls = reload.tls { for thread in intake { thread.orders.post(.secure(tls)) } }
            configure(reload.table, ids) {}
            state.noteReload(isGood: true)
            log.announce("reloaded") { $0.add("routes", reload.table.routes.count) }
            didReload()
        case .registered(let reload, .failure(let error)):
            // What was read since is not affected.
            if reload.number == reloads { table = state.plan.written }
            report(reloadFailed: error.description)
        case .registryChanged(let answer): merge(answer)
        case .merged(let table, .success(let ids), let answer): configure(table, ids, then: answer)
        case .merged(_, .failure(let error), let answer):
            log.write(.error, "registered subscribers wait") { $0.add("reason", error.description) }
            loop.arm(mergeTimer, at: loop.now + Self.patience)
            answer()
        case .operated(let deed, let result, let reason): operated(deed, result, reason)
        // Its lane stands still already, unless a plan came between that was made before.
        case .stopped(let subscriber, let reason): pause(subscriber, reason)
        case .intakeDrained:
            intakeLeft -= 1
            if intakeLeft == 0 { drainDispatch() }
        case .dispatchDrained: finish()
        case .stop: stop()
        }
    }

    // MARK: Reload

    private static func load(_ settings: Settings, _ surroundings: Surroundings, _ log: Log) throws -> RouteTable {
        let loaded = RouteTable.load(
            directory: settings.routes, surroundings: surroundings, signing: settings.signing, purpose: .serve)
        loaded.diagnostics.report(to: log)
        guard let table = loaded.table else { throw StartFailure.routes(loaded.diagnostics) }
        return table
    }

    /// A wrong file, a certificate that does not fit: everything stays as it was.
    private func reload() {
        do {
            let table = try Self.load(settings, surroundings, log)
            let tls = try settings.tls.map { try TLSContext(certificates: $0.certificate, key: $0.key) }
            reloads += 1
            let reload = Reload(number: reloads, table: table, tls: tls)
            self.table = table
            ledger.register(Plan.directory(of: table)) { [messages] result in
                messages.post(.registered(reload, result))
            }
        } catch {
            report(reloadFailed: "\(error)")
        }
    }

    /// Has the ledger name everybody again, those that were registered meanwhile among them.
    private func merge(_ answer: @escaping @Sendable () -> Void) {
        ledger.register(Plan.directory(of: table)) { [messages, table] result in
            messages.post(.merged(table, result, answer: answer))
        }
    }

    private func configure(_ table: RouteTable, _ ids: DirectoryIDs, then done: @escaping @Sendable () -> Void) {
        let plan = Plan(table, ids, registered: registered, changed: changed, outlet: outlet, at: clock.wall())
        outlet.hub.configure(plan.lanes)
        state.plan = plan
        let left = Countdown(intake.count, done)
        for thread in intake { thread.orders.post(.configure(plan.intake, done: { left.step() })) }
        watchSecrets(of: plan)
    }

    private func watchSecrets(of plan: Plan) {
        ledger.count(changed.unseen(in: plan, at: clock.wall()))
        validity.wait(until: changed.nextChange)
    }

    /// What the ledger refused for its own trouble is tried again after this.
    private static let patience = TimeSpan.seconds(1)

    // MARK: Operators

    /// The ledger's order is the order in which these come, a reload's ids among them: a pause is not undone by a plan
    /// that was made before it.
    private func operated(_ deed: Operation.Deed, _ result: OperationResult, _ reason: String) {
        switch (deed, result) {
        case (.pause(let subscriber), .done): pause(subscriber, reason)
        case (.resume(let subscriber), .done): pause(subscriber, nil)
        case (_, .done(_, let subscribers)): for subscriber in subscribers { outlet.hub.noteDue(subscriber) }
        case (_, .released(_, let subscribers)): for subscriber in subscribers { outlet.hub.noteDue(subscriber) }
        case (_, .started): replays.orders.post(.look)
        case (_, .refused): break
        }
    }

    private func pause(_ subscriber: SubscriberID, _ reason: String?) {
        state.plan = state.plan.pausing(subscriber, reason)
        outlet.hub.pause(subscriber, reason: reason)
    }

    // MARK: The end

    /// Stops accepting, finishes what was accepted, at most `Limits.drainTime`. Asked twice: ends now.
    private func stop() {
        guard !state.isDraining else { return finish() }
        state.isDraining = true
        log.announce("draining")
        loop.arm(drainTimer, at: loop.now + Limits.drainTime)
        replays.orders.post(.stop)
        intakeLeft = intake.count
        for thread in intake { thread.orders.post(.drain { [messages] in messages.post(.intakeDrained) }) }
    }

    private func drainDispatch() { outlet.hub.drain { [messages] in messages.post(.dispatchDrained) } }

    /// What is still on its way keeps its claim, and is recorded as `unknown` at the next start.
    private func finish() {
        guard loop.isRunning else { return }
        ledger.stop()
        log.announce("stopped")
        logThread.stop()
        loop.stop()
    }
}
