import Crypto
import Domain
import Glibc
import Ledgers
import Net
import Routes
import Telemetry

/// Sends signed checkpoints elsewhere from time to time, on a thread of its own: a place that is slow or away is in nobody's
/// way.
struct CheckpointThread {
    /// Nothing is started when there is nowhere to send to.
    ///
    /// - Parameter isSound: whether what the ledger shows will last.
    init(
        settings: Settings, key: CheckpointKey, isSound: @escaping @Sendable () -> Bool, clock: SystemClock, log: Log,
        metrics: Metrics
    ) throws {
        let places = settings.checkpointTargets.map { target in
            CheckpointPlace(target, signing: settings.signing, log: log, metrics: metrics)
        }
        guard !places.isEmpty else { return }
        try startThread("checkpoints", log) {
            let loop = try EventLoop(clock: clock)
            let herald = CheckpointHerald(
                on: loop, ledger: settings.ledger, key: key, places: places, every: settings.checkpointEvery,
                isSound: isSound, clock: clock, log: log)
            withExtendedLifetime(herald) { loop.run() }
        }
    }
}

/// Makes a checkpoint when its time has come, and tells it to every place that does not have it yet.
private final class CheckpointHerald {
    private let loop: EventLoop
    private let ledger: String
    private let key: CheckpointKey
    private let places: [CheckpointPlace]
    private let every: TimeSpan
    private let isSound: () -> Bool
    private let clock: SystemClock
    private let log: Log
    private lazy var timer = Timer { [unowned self] in tell() }

    private static let patience = TimeSpan.seconds(1)

    init(
        on loop: EventLoop, ledger: String, key: CheckpointKey, places: [CheckpointPlace], every: TimeSpan,
        isSound: @escaping () -> Bool, clock: SystemClock, log: Log
    ) {
        self.isSound = isSound
        self.loop = loop
        self.ledger = ledger
        self.key = key
        self.places = places
        self.every = every
        self.clock = clock
        self.log = log
        loop.arm(timer, at: loop.now)
    }

    private func tell() {
        // After an error of storage the file may show what is not on disk. Asked again before it goes out.
        guard isSound() else { return loop.arm(timer, at: loop.now + Self.patience) }
        do {
            // Opened for each: the gateway cannot mend the file after an error of storage while anybody has it open.
            let checkpoint = try LedgerReader(path: ledger).checkpoint(at: clock.wall())
            guard isSound() else { return loop.arm(timer, at: loop.now + Self.patience) }
            let late = places.filter { $0.latest != checkpoint.batch }
            if !late.isEmpty {
                let note = try key.sign(checkpoint)
                for place in late { place.tell(note, checkpoint) }
            }
        } catch {
            log.write(.error, "no checkpoint") { $0.add("reason", "\(error)") }
        }
        loop.arm(timer, at: loop.now + every)
    }
}
