import Domain
import Ledgers
import Net
import Routes
import Telemetry

/// Keeps the search index behind the ledger, on a thread that comes behind the others for processor and disk. While events
/// come fast it takes one step now and then; a search reads what is not indexed yet.
final class SearchThread: Sendable {
    enum Order: Sendable {
        /// It is damaged, and made again.
        case discard
    }

    let orders: Mailbox<Order>

    init(settings: Settings, clock: SystemClock, schedule: ScheduleClock, log: Log) throws {
        let orders = try Mailbox<Order>()
        self.orders = orders
        guard settings.searchBytes > 0 else {
            // One that is not kept up would keep the words of what is removed.
            SearchWork.remove(of: settings.ledger)
            return
        }
        try startThread("search", log) {
            Thread.yieldToOthers()
            let loop = try EventLoop(clock: clock)
            let indexer = Indexer(
                on: loop,
                SearchWork(
                    ledger: settings.ledger, bytes: Int64(settings.searchBytes), retention: Retention(settings),
                    clock: schedule), clock: clock, log: log)
            try loop.receive(orders) { _ in indexer.discard() }
            withExtendedLifetime(indexer) { loop.run() }
        }
    }
}

/// Takes the steps at their pace.
private final class Indexer {
    private let loop: EventLoop
    private let work: SearchWork
    private let clock: SystemClock
    private let log: Log
    private var pace: IndexPace
    /// The last one that was told: each is told once.
    private var trouble: String?
    private lazy var timer = Timer { [unowned self] in step() }

    init(on loop: EventLoop, _ work: SearchWork, clock: SystemClock, log: Log) {
        self.loop = loop
        self.work = work
        self.clock = clock
        self.log = log
        pace = IndexPace(at: clock.monotonic())
        loop.arm(timer, at: loop.now)
    }

    func discard() {
        log.write(.warning, "search index made again") { $0.add("reason", "a search found it damaged") }
        work.discard()
        loop.arm(timer, at: loop.now)
    }

    private func step() {
        var isMore = false
        do {
            isMore = try work.step() == .more
            trouble = nil
        } catch {
            note("\(error)")
        }
        let pause =
            trouble == nil ? pace.pause(isMore: isMore, activity: work.activity, at: clock.monotonic()) : .seconds(5)
        loop.arm(timer, at: loop.now + pause)
    }

    private func note(_ text: String) {
        if text != trouble { log.write(.warning, "search index waits") { $0.add("reason", text) } }
        trouble = text
    }
}

/// How long the index waits before its next step.
struct IndexPace {
    /// Batches and attempts in a second, from which on the gateway is busy.
    private static let busy: Int64 = 500
    private static let pauseWhenBusy = TimeSpan.milliseconds(100)
    private static let pauseWhenDone = TimeSpan.seconds(1)
    private static let lookEvery = TimeSpan.milliseconds(200)

    private var lookedAt: MonotonicTime
    private var activity: Int64?
    private var isBusy = false

    init(at now: MonotonicTime) { lookedAt = now }

    /// - Parameter activity: so many batches and attempts there are in all.
    mutating func pause(isMore: Bool, activity: Int64, at now: MonotonicTime) -> TimeSpan {
        let span = now - lookedAt
        if span >= Self.lookEvery {
            isBusy = self.activity.map { Double(activity - $0) > Double(Self.busy) * span.inSeconds } ?? false
            (self.activity, lookedAt) = (activity, now)
        }
        if !isMore { return Self.pauseWhenDone }
        return isBusy ? Self.pauseWhenBusy : .zero
    }
}
