import Domain
import Ledgers
import Net
import Telemetry

/// The running jobs, each with a timer of its own. Lives on its loop's thread.
final class ReplayRunner {
    private final class Run {
        let id: JobID
        let order: JobOrder
        let pace: JobPace
        var place: DeliveryID
        /// Deliveries that it may still make.
        var left: Int64
        var nextAt: MonotonicTime
        let timer: Timer

        init(_ job: JobRow, at now: MonotonicTime, _ fire: @escaping () -> Void) {
            id = job.id
            order = job.order
            pace = JobPace(job.order.rate)
            place = job.place
            left = job.order.most - job.done
            nextAt = now
            timer = Timer(fire)
        }
    }

    private let loop: EventLoop
    private let ledger: LedgerWriter
    private let path: String
    private let orders: Mailbox<ReplayThread.Order>
    private let log: Log
    private let held: @Sendable () -> [SubscriberID: String]
    private let told: @Sendable (SubscriberID) -> Void
    private var runs: [JobID: Run] = [:]
    private var isStopping = false
    private lazy var lookAgain = Timer { [unowned self] in look() }

    /// What could not be read or stored is tried again after this.
    private static let patience = TimeSpan.seconds(1)

    init(
        on loop: EventLoop, ledger: LedgerWriter, path: String, orders: Mailbox<ReplayThread.Order>, log: Log,
        held: @escaping @Sendable () -> [SubscriberID: String], told: @escaping @Sendable (SubscriberID) -> Void
    ) {
        self.loop = loop
        self.ledger = ledger
        self.path = path
        self.orders = orders
        self.log = log
        self.held = held
        self.told = told
    }

    func take(_ order: ReplayThread.Order) {
        switch order {
        case .look: look()
        case .stepped(let id, let result): stepped(id, result)
        case .stop:
            isStopping = true
            for run in runs.values { loop.disarm(run.timer) }
        }
    }

    private func look() {
        guard !isStopping else { return }
        // After an error of storage the file may show a step that will not last.
        guard ledger.isWritable else { return loop.arm(lookAgain, at: loop.now + Self.patience) }
        do {
            for job in try read().runningJobs() where runs[job.id] == nil {
                let id = job.id
                let run = Run(job, at: loop.now) { [unowned self] in step(id) }
                runs[id] = run
                loop.arm(run.timer, at: loop.now)
            }
        } catch {
            complain(error)
            loop.arm(lookAgain, at: loop.now + Self.patience)
        }
    }

    /// Opened for each question, because the gateway cannot mend the file after an error of storage while anybody has it
    /// open.
    private func read() throws(LedgerError) -> LedgerReader {
        let reader = try LedgerReader(path: path)
        reader.hold(held())
        return reader
    }

    // MARK: One step

    private func step(_ id: JobID) {
        guard let run = runs[id], !isStopping else { return }
        // Without room for events there is none for more deliveries either.
        guard ledger.isWritable else { return loop.arm(run.timer, at: loop.now + Self.patience) }
        do throws(LedgerError) {
            let most = Int(min(Int64(run.pace.batch), max(run.left, 1)))
            let found =
                run.left > 0
                ? try read().candidates(run.order, of: id, after: run.place, most: most)
                : Candidates(ids: [], pending: 0, place: run.place, isLast: true)
            run.place = found.place
            guard !found.ids.isEmpty || found.isLast else {
                // Nothing here for this job: on with the search. Where it is now need not survive a restart.
                loop.arm(run.timer, at: loop.now)
                return
            }
            run.nextAt = max(run.nextAt, loop.now) + run.pace.interval
            let step = JobStep(job: id, candidates: found.ids, place: found.place, isLast: found.isLast)
            ledger.operate(Operation(.advance(step), actor: "headgate", reason: "")) { [orders] result in
                orders.post(.stepped(id, result))
            }
        } catch {
            complain(error)
            loop.arm(run.timer, at: loop.now + Self.patience)
        }
    }

    private func stepped(_ id: JobID, _ result: Result<OperationResult, LedgerError>) {
        guard let run = runs[id] else { return }
        switch result {
        case .success(.done(let changed, let subscribers)):
            for subscriber in subscribers { told(subscriber) }
            run.left -= Int64(changed)
            again(run)
        case .success(.started), .success(.released): break
        case .success(.refused): runs[id] = nil  // cancelled
        case .failure(let error): failed(run, error)
        }
    }

    /// From where the ledger has it: also the end of a job is told by the ledger.
    private func again(_ run: Run) {
        guard ledger.isWritable else { return failed(run, .latched) }
        do throws(LedgerError) {
            guard let job = try read().job(run.id), job.state == .running else {
                runs[run.id] = nil
                return
            }
            run.place = job.place
            if !isStopping { loop.arm(run.timer, at: max(run.nextAt, loop.now)) }
        } catch {
            failed(run, error)
        }
    }

    private func failed(_ run: Run, _ error: LedgerError) {
        complain(error)
        runs[run.id] = nil
        // Read again from the ledger: nobody knows whether the step was stored.
        loop.arm(lookAgain, at: loop.now + Self.patience)
    }

    private func complain(_ error: any Error) {
        log.write(.error, "job waits") { $0.add("reason", "\(error)") }
    }
}

/// How a rate becomes steps: no more than four a second, since each is a record in the ledger, and no more at a time than
/// one commit bears.
struct JobPace: Equatable {
    /// Deliveries of one step.
    let batch: Int
    /// From one step to the next.
    let interval: TimeSpan

    init(_ rate: Rate) {
        let quarter = Double(rate.count) * 250_000 / Double(rate.per.microseconds)
        batch = min(max(Int(quarter), 1), Limits.jobBatch)
        interval = TimeSpan(microseconds: Int64(Double(rate.per.microseconds) * Double(batch) / Double(rate.count)))
    }
}
