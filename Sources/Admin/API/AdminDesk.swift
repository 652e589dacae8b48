package import Domain
internal import Ledgers
internal import Net
package import Telemetry
internal import Wire

/// What the endpoints work with. Belongs to one thread.
package final class AdminDesk {
    let state: AdminState
    let metrics: Metrics
    let clock: any Clock
    private let ledger: String
    /// Of the key that signs checkpoints: read for each, and kept no longer.
    let keyPath: String

    package convenience init(state: AdminState, metrics: Metrics, ledger: String, checkpointKey: String? = nil) {
        self.init(
            state: state, metrics: metrics, ledger: ledger, clock: SystemClock(), checkpointKey: checkpointKey)
    }

    /// - Parameters:
    ///   - ledger: the file; opened for each question, because the gateway cannot mend it after an error of storage while
    ///     anybody has it open.
    ///   - clock: of the ledger's times.
    ///   - checkpointKey: the file of the key; nil for the one beside the ledger.
    package init(
        state: AdminState, metrics: Metrics, ledger: String, clock: any Clock, checkpointKey: String? = nil
    ) {
        keyPath = checkpointKey ?? CheckpointKey.standardPath(ledger: ledger)
        self.clock = clock
        self.state = state
        self.metrics = metrics
        self.ledger = ledger
    }

    /// - Throws: when the ledger cannot be asked.
    func token(_ hash: Digest256) throws(LedgerError) -> TokenRow? { try TokenSearch.token(hash, in: ledger) }

    func read<Found>(_ question: (LedgerReader) throws(LedgerError) -> Found) throws(Problem) -> Found {
        do {
            let reader = try LedgerReader(path: ledger)
            reader.hold(state.held())
            return try question(reader)
        } catch {
            throw Problem(.serviceUnavailable, "\(error)")
        }
    }
}
