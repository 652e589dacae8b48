import Admin
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
import Synchronization
import Telemetry
import Wire

/// How many loops of each kind. Sending is most of the work (some 60 % with three subscribers), so that every core has a
/// loop for it; the ledger's thread mostly waits for the disk.
enum LoopCount {
    static let intake = max(1, cores / 2)
    static let dispatch = max(1, cores)
    private static let cores = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
}

/// One intake loop on a thread of its own.
final class IntakeThread: Sendable {
    enum Order: Sendable {
        /// `done` is called when requests that come then find the plan.
        case configure(IntakePlan, done: @Sendable () -> Void)
        /// A new certificate, for connections to come.
        case secure(TLSContext)
        /// Stop accepting, finish what was accepted, then call `done`.
        case drain(done: @Sendable () -> Void)
    }

    let orders: Mailbox<Order>

    init(
        _ place: Int, listeners: [Int32], options: ServerSettings, plan: IntakePlan, ledger: LedgerWriter,
        outlet: DispatchOutlet, keys: KeyFetcher, clock: SystemClock, log: Log, metrics: Metrics, alarms: AlarmBell
    ) throws {
        let orders = try Mailbox<Order>()
        self.orders = orders
        try startThread("intake-\(place)", log) {
            let loop = try EventLoop(clock: clock)
            let intake = try IntakeDesk(
                on: loop, ledger: ledger, outlet: outlet, keys: keys, clock: clock, log: log, metrics: metrics,
                alarms: alarms)
            intake.configure(plan)
            let server = HTTPServer(on: loop, settings: options, handler: intake, clock: clock)
            intake.server = server
            for listener in listeners { try server.listen(on: FileDescriptor(adopting: listener)) }
            try loop.receive(orders) { order in
                switch order {
                case .configure(let plan, let done):
                    intake.configure(plan)
                    done()
                case .secure(let context): server.use(context)
                case .drain(let done):
                    server.drain {
                        intake.tellUses()
                        done()
                    }
                }
            }
            loop.run()
        }
    }
}

/// One dispatch loop on a thread of its own.
struct DispatchThread {
    init(
        _ place: Int, of hub: DispatchHub, ledger: LedgerWriter, clock: SystemClock, schedule: ScheduleClock,
        log: Log, metrics: Metrics, watch: LaneWatch
    ) throws {
        try startThread("dispatch-\(place)", log) {
            let loop = try EventLoop(clock: clock)
            let dispatcher = try Dispatcher(
                place, of: hub, on: loop, ledger: ledger, clock: clock, schedule: schedule, log: log, metrics: metrics,
                watch: watch)
            withExtendedLifetime(dispatcher) { loop.run() }
        }
    }
}

/// The admin loop, with its own reader of the ledger.
struct AdminThread {
    init(
        listeners: [Int32], settings: Settings, state: GatewayState, operate: @escaping AdminState.Operate,
        searchDamaged: @escaping @Sendable () -> Void, surroundings: Surroundings, clock: SystemClock,
        schedule: ScheduleClock, log: Log
    ) throws {
        let answers = try Mailbox<(ticket: ReplyTicket, response: Response)>()
        try startThread("admin", log) {
            let loop = try EventLoop(clock: clock)
            let shown = state.forAdmin(settings, surroundings, operate, searchDamaged: searchDamaged)
            let desk = AdminDesk(
                state: shown, metrics: state.metrics, ledger: settings.ledger, clock: schedule,
                checkpointKey: settings.checkpointKey)
            shown.addGauges(
                to: state.metrics, build: [("version", Version.text)], clock: clock, schedule: schedule)
            let handler = AdminHandler(
                desk: desk, token: settings.adminToken, names: settings.adminNames, log: log
            ) { ticket, response in answers.post((ticket, response)) }
            let options = ServerSettings.admin(descriptors: DescriptorShare.raise())
            let server = HTTPServer(on: loop, settings: options, handler: handler, clock: clock)
            try loop.receive(answers) { server.reply($0.ticket, $0.response) }
            for listener in listeners { try server.listen(on: FileDescriptor(adopting: listener)) }
            withExtendedLifetime(handler) { loop.run() }
        }
    }
}

/// The log's writer.
final class LogThread {
    private let log: Log
    private var thread: Thread?

    init(_ log: Log) throws {
        self.log = log
        thread = try Thread(name: "log") { log.drain() }
    }

    /// Returns when the last line is out, or cannot be put out because nobody reads standard error.
    func stop() {
        log.close()
        if let thread = thread.take() { thread.join(within: Limits.lastLinesTime) }
    }
}

/// Loops run until the process ends: they are never joined. A loop that cannot be set up is the end of the process,
/// since it could only be for want of descriptors or memory.
func startThread(_ name: String, _ log: Log, _ body: @escaping @Sendable () throws -> Void) throws {
    _ = try Thread(name: name) {
        do {
            try body()
        } catch {
            log.write(.error, "cannot start") { line in
                line.add("thread", name)
                line.add("reason", "\(error)")
            }
            log.close()
            exit(EXIT_FAILURE)
        }
    }
}

extension Retention {
    init(_ settings: Settings) {
        self.init(
            bodies: settings.keepBodies, events: settings.keepEvents, bytes: settings.keepBytes.map { Int64($0) },
            bodyBytes: settings.keepBodyBytes.map { Int64($0) })
    }
}

extension QuarantineCaps {
    init(_ settings: Settings) {
        self.init(
            requests: settings.quarantineRequests, bytes: settings.quarantineBytes, age: settings.quarantineAge)
    }
}
