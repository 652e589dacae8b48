import Domain
import Ledgers
import Net
import Routes
import Telemetry

/// Works jobs off, a few deliveries at a time, on a thread of its own: looking for them stands in nobody's way. What a job did is in the ledger with how far it came, so a restart goes on there.
final class ReplayThread: Sendable {
    enum Order: Sendable {
        /// Jobs were started.
        case look
        case stepped(JobID, Result<OperationResult, LedgerError>)
        /// Draining: nothing more is made due.
        case stop
    }

    let orders: Mailbox<Order>

    /// - Parameters:
    ///   - held: subscribers that read as paused, beside those that the ledger has so.
    ///   - told: called with each subscriber for which something became due.
    init(
        ledger: LedgerWriter, settings: Settings, clock: SystemClock, log: Log,
        held: @escaping @Sendable () -> [SubscriberID: String],
        told: @escaping @Sendable (SubscriberID) -> Void
    ) throws {
        let orders = try Mailbox<Order>()
        self.orders = orders
        orders.post(.look)
        try startThread("replays", log) {
            let loop = try EventLoop(clock: clock)
            let runner = ReplayRunner(
                on: loop, ledger: ledger, path: settings.ledger, orders: orders, log: log, held: held,
                told: told)
            try loop.receive(orders) { runner.take($0) }
            withExtendedLifetime(runner) { loop.run() }
        }
    }
}
