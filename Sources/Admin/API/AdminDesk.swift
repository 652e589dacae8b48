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
    private var reader: LedgerReader?

    package convenience init(state: AdminState, metrics: Metrics, ledger: String) {
        self.init(state: state, metrics: metrics, ledger: ledger, clock: SystemClock())
    }

    /// - Parameter ledger: the file; opened for reading when first asked for.
    package init(state: AdminState, metrics: Metrics, ledger: String, clock: any Clock) {
        self.clock = clock
        self.state = state
        self.metrics = metrics
        self.ledger = ledger
    }

    func read<Found>(_ question: (LedgerReader) throws(LedgerError) -> Found) throws(Problem) -> Found {
        do {
            let reader = try self.reader ?? LedgerReader(path: ledger)
            self.reader = reader
            return try question(reader)
        } catch {
            reader = nil  // opened again for the next question
            throw Problem(.serviceUnavailable, "\(error)")
        }
    }
}
