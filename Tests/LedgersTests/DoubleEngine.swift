import Domain
import Glibc
import Ledgers
import Synchronization

/// An engine without storage that fails and stalls when it is told to. Its controls may be used from any thread.
final class DoubleEngine: LedgerEngine {
    final class Controls: Sendable {
        struct State: Sendable {
            var batches: [[String]] = []
            var failure: LedgerError?
            var reopenings = 0
            var hasRoom = true
            var tidyFailure: LedgerError?
            var isClosed = false
            var refused: [[RefusedRequest]] = []
        }
        let state = Mutex(State())
        /// Held by the test to keep a commit from ending.
        let gate = Mutex(())
        let entered = Mutex(0)

        var batches: [[String]] { state.withLock { $0.batches } }
        func fail(_ error: LedgerError?) { state.withLock { $0.failure = error } }
        func setRoom(_ has: Bool) { state.withLock { $0.hasRoom = has } }
    }

    private let controls: Controls
    private var isLatched = false
    private var next: Int64 = 0

    init(_ controls: Controls) { self.controls = controls }

    func commit(_ batch: [LedgerEntry], at now: WallTime) throws(LedgerError) -> [LedgerResult] {
        controls.entered.withLock { $0 += 1 }
        controls.gate.withLock { _ in }
        if isLatched { throw .latched }
        if let failure = controls.state.withLock({ $0.failure }) {
            isLatched = true
            throw failure
        }
        controls.state.withLock { $0.batches.append(batch.map(Self.word)) }
        return batch.map { entry in
            switch entry {
            case .append:
                next += 1
                return .appended(.accepted(EventID(next), conflictsWith: nil))
            case .claim: return .claimed(ClaimResult(deliveries: [], nextDue: nil))
            case .operate: return .operated(.done(changed: 0, subscribers: []))
            case .settle, .release, .pause, .uses: return .done
            }
        }
    }

    static func word(_ entry: LedgerEntry) -> String {
        switch entry {
        case .append(let append): append.event.providerID?.text ?? "append"
        case .settle(let settlement): "settle \(settlement.delivery.event.raw)"
        case .claim: "claim"
        case .release: "release"
        case .pause: "pause"
        case .operate: "operate"
        case .uses: "uses"
        }
    }

    func reopen() throws(LedgerError) {
        controls.state.withLock { $0.reopenings += 1 }
        if let failure = controls.state.withLock({ $0.failure }) { throw failure }
        isLatched = false
    }

    func register(_ directory: Directory) throws(LedgerError) -> DirectoryIDs {
        controls.state.withLock { $0.batches.append(["register"]) }
        return DirectoryIDs(routes: [])
    }
    func recover(at now: WallTime) throws(LedgerError) -> Int { 7 }
    func quarantine(
        _ refused: [RefusedRequest], caps: QuarantineCaps, at now: WallTime
    ) throws(LedgerError) -> QuarantineChange {
        controls.gate.withLock { _ in }
        if !refused.isEmpty { controls.state.withLock { $0.refused.append(refused) } }
        var change = QuarantineChange()
        change.kept = refused.count
        return change
    }
    func statistics() throws(LedgerError) -> LedgerStatistics { LedgerStatistics(ledgerBytes: next) }
    func hasRoom() -> Bool { controls.state.withLock { $0.hasRoom } }
    func tidy(isIdle: Bool) throws(LedgerError) -> Bool {
        if let failure = controls.state.withLock({ $0.tidyFailure }) {
            controls.state.withLock { $0.tidyFailure = nil }
            isLatched = true
            throw failure
        }
        return true
    }
    func close() { controls.state.withLock { $0.isClosed = true } }
}
