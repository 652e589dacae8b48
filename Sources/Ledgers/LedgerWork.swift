internal import Domain
internal import Net
internal import Synchronization
internal import Telemetry

/// What happens on the ledger's thread: gathers a turn's posts, commits them, tells the posters.
///
/// After an error of storage it is in trouble: events and claims are refused, settlements are kept, and the engine is
/// opened again after a pause, until that works. Then the settlements go first.
final class LedgerWork {
    private let engine: any LedgerEngine
    /// Not owned: the loop owns this object, through its mailbox and timers.
    private unowned let loop: EventLoop
    private let clock: any Clock
    private let shared: LedgerWriter.Shared
    private let log: Log?
    private let commitSeconds: Histogram
    private let commitEvents: Histogram

    private var posts: [LedgerPost] = []
    private var claims: [LedgerPost] = []
    private var batch = LedgerBatch()
    private var entries: [LedgerEntry] = []
    private var isStopping = false
    /// Somebody waits for one of them to be committed.
    private var isPressing = false

    /// What must be recorded and could not be. Bounded, because lanes send no more than their look-ahead.
    private var kept: [LedgerPost] = []
    private var trouble: LedgerError? {
        didSet { shared.isSound.store(trouble == nil, ordering: .releasing) }
    }
    private var pause = LedgerWork.firstPause
    private var retry: Timer?

    private var publishedAt: MonotonicTime
    private var publish: Timer?
    private var idle: Timer?
    private let quarantine: QuarantineWork
    /// Ends the loop's wait at once: the rest of the claims goes with the next turn.
    private let nextTurn = Timer {}
    private var patience: Timer?

    /// A few outcomes wait so long for an event to be committed with. On their own they would keep the next event waiting
    /// for a commit that nobody asked for.
    private static let outcomesWait = TimeSpan.milliseconds(2)
    private static let fewOutcomes = 16
    private static let firstPause = TimeSpan.milliseconds(250)
    private static let longestPause = TimeSpan.seconds(2)
    private static let statisticsEvery = TimeSpan.seconds(1)
    private static let idleAfter = TimeSpan.seconds(1)

    init(
        engine: any LedgerEngine, loop: EventLoop, clock: any Clock, metrics: Metrics, log: Log?,
        shared: LedgerWriter.Shared
    ) {
        self.log = log
        self.engine = engine
        self.loop = loop
        self.clock = clock
        self.shared = shared
        commitSeconds = metrics.histogram("headgate_commit_seconds", "Time of one ledger commit, sync included")
        commitEvents = metrics.histogram(
            "headgate_commit_events", "Events stored by one ledger commit", bounds: Histogram.sizes)
        publishedAt = loop.now
        quarantine = QuarantineWork(engine: engine, loop: loop, clock: clock, box: shared.quarantine, metrics: metrics)
        quarantine.ended = { [unowned self] in ended($0) }
        quarantine.isClosed = { [unowned self] in trouble != nil }
        patience = Timer { [unowned self] in isPressing = true }
        retry = Timer { [unowned self] in tryAgain() }
        publish = Timer { [unowned self] in publishStatistics() }
        idle = Timer { [unowned self] in tidyIdle() }
    }

    func take(_ post: LedgerPost) {
        switch post {
        case .quarantine: return quarantine.ring()
        case .claim: claims.append(post)
        default: posts.append(post)
        }
        if !isPressing { isPressing = post.isReliedOn }
    }

    func endTurn() {
        guard !posts.isEmpty || !claims.isEmpty, !mayWait else { return }
        isPressing = false
        if let patience { loop.disarm(patience) }
        repeat {
            if let first = posts.first, first.entry == nil {
                alone(posts.removeFirst())
            } else {
                batch.gather(&posts, &claims)
                commit()
            }
        } while !posts.isEmpty
        if posts.capacity > 2 * Limits.appendsWaiting { posts = [] }
        if isStopping { finish() } else { soon() }
    }

    /// Outcomes alone: sees to it that they are not forgotten.
    private var mayWait: Bool {
        guard let patience, !isPressing, claims.isEmpty, posts.count < Self.fewOutcomes else { return false }
        if !patience.isArmed { loop.arm(patience, at: loop.now + Self.outcomesWait) }
        return true
    }

    private func alone(_ post: LedgerPost) {
        switch post {
        case .register(let directory, let done):
            do throws(LedgerError) {
                if let trouble { throw trouble }
                done(.success(try engine.register(directory)))
            } catch {
                failed(error)
                done(.failure(error))
            }
        default: isStopping = true
        }
    }

    // MARK: A batch

    private func commit() {
        defer { batch.end() }
        guard trouble == nil else { return refuseBatch(.latched) }
        entries.append(contentsOf: batch.entries)
        let before = clock.monotonic()
        let results: [LedgerResult]
        do throws(LedgerError) {
            defer { entries.removeAll(keepingCapacity: true) }
            results = try engine.commit(entries, at: clock.wall())
        } catch {
            failed(error)
            return refuseBatch(error)
        }
        commitSeconds.observe((clock.monotonic() - before).inSeconds)
        tell(results)
        do throws(LedgerError) { _ = try engine.tidy(isIdle: false) } catch { failed(error) }
    }

    private func tell(_ results: [LedgerResult]) {
        precondition(results.count == batch.places.count, "an engine answers every entry")
        var events = 0
        for (place, result) in results.enumerated() {
            switch (batch.take(place), result) {
            case (.append(let append, let done), .appended(let result)):
                events += 1
                leave(append)
                done(.success(result))
            case (.claim(_, let done), .claimed(let result)): done(.success(result))
            case (.settle(_, let done), .done): done()
            case (.pause(_, _, _, let done), .done): done(nil)
            case (.operate(_, let done), .operated(let result)): done(.success(result))
            case (.release, .done), (.uses, .done): break
            default: preconditionFailure("an engine answers each entry in kind")
            }
        }
        if events > 0 {
            commitEvents.observe(Double(events))
            if !engine.hasRoom() { shared.isWritable.store(false, ordering: .relaxed) }
        }
    }

    private func refuseBatch(_ error: LedgerError) {
        for place in batch.places { refuse(batch.take(place), error) }
    }

    private func refuse(_ post: LedgerPost, _ error: LedgerError) {
        switch post {
        case .append(let append, let done):
            leave(append)
            done(.failure(error))
        case .claim(_, let done): done(.failure(error))
        case .operate(_, let done): done(.failure(error))
        case .settle, .release, .pause: kept.append(post)
        case .uses: break
        case .register, .quarantine, .stop: preconditionFailure("no part of a batch")
        }
    }

    private func leave(_ append: Append) {
        shared.appendsWaiting.wrappingSubtract(1, ordering: .relaxed)
        shared.appendBytesWaiting.wrappingSubtract(append.weight, ordering: .relaxed)
    }

    // MARK: Trouble

    private func failed(_ error: LedgerError) {
        shared.isWritable.store(false, ordering: .relaxed)
        if trouble == nil { pause = Self.firstPause }
        note(error)
    }

    /// Each trouble is told once, however often the ledger is tried again.
    private func note(_ error: LedgerError) {
        if error != trouble { log?.write(.error, "ledger failed") { $0.add("reason", error.description) } }
        trouble = error
    }

    /// In trouble: opens the ledger again. Without room: looks whether there is some.
    private func tryAgain() {
        if trouble != nil {
            do throws(LedgerError) {
                try engine.reopen()
                trouble = nil
                log?.write(.warning, "ledger opened again") { $0.add("kept", kept.count) }
                commitKept()
            } catch {
                note(error)
            }
            if trouble != nil { pause = min(pause * 2, Self.longestPause) }
        }
        if trouble == nil, !isStopping { lookForRoom() }
        soon()
    }

    /// Nothing may ever be idle while there is no room: each look sets off what comes later.
    private func lookForRoom() {
        do throws(LedgerError) {
            if !engine.hasRoom() { _ = try engine.tidy(isIdle: true) }
            if engine.hasRoom() { shared.isWritable.store(true, ordering: .relaxed) }
        } catch { failed(error) }
    }

    private func commitKept() {
        var rest = kept[...]
        kept = []
        while !rest.isEmpty {
            batch.gather(&rest)
            commit()
        }
    }

    // MARK: Now and then

    /// Sets the timers for what is to be done when the posts leave time for it.
    private func soon() {
        guard let retry, let publish, let idle else { return }
        if !shared.isWritable.load(ordering: .relaxed), !retry.isArmed {
            loop.arm(retry, at: loop.now + (trouble == nil ? Self.firstPause : pause))
        }
        if !claims.isEmpty { loop.arm(nextTurn, at: loop.now) }
        loop.arm(publish, at: max(publishedAt + Self.statisticsEvery, loop.now))
        loop.arm(idle, at: loop.now + Self.idleAfter)
    }

    private func publishStatistics() {
        guard trouble == nil else { return }
        publishedAt = loop.now
        do throws(LedgerError) {
            let statistics = try engine.statistics()
            shared.statistics.withLock { $0 = statistics }
        } catch {
            failed(error)
            soon()
        }
    }

    private func tidyIdle() {
        guard trouble == nil, let idle else { return }
        do throws(LedgerError) {
            if try !engine.tidy(isIdle: true) { loop.arm(idle, at: loop.now + Self.idleAfter) }
            publishStatistics()
        } catch {
            failed(error)
            soon()
        }
    }

    /// Refused requests were written, or could not be.
    private func ended(_ error: LedgerError?) {
        if let error {
            failed(error)
        } else {
            do throws(LedgerError) { _ = try engine.tidy(isIdle: false) } catch { failed(error) }
        }
        soon()
    }

    private func finish() {
        quarantine.end()
        for post in claims { refuse(post, .latched) }
        if trouble != nil, !kept.isEmpty { tryAgain() }
        engine.close()
        loop.stop()
    }
}
