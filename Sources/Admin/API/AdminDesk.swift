internal import Ledgers
package import Telemetry
internal import Wire

/// What the endpoints work with. Belongs to one thread.
package final class AdminDesk {
    let state: AdminState
    let metrics: Metrics
    private let ledger: String

    /// - Parameter ledger: the file; opened for each question, because the gateway cannot mend it after an error of storage
    ///   while anybody has it open.
    package init(state: AdminState, metrics: Metrics, ledger: String) {
        self.state = state
        self.metrics = metrics
        self.ledger = ledger
    }

    func read<Found>(_ question: (LedgerReader) throws(LedgerError) -> Found) throws(Problem) -> Found {
        do {
            return try question(try LedgerReader(path: ledger))
        } catch {
            throw Problem(.serviceUnavailable, "\(error)")
        }
    }
}
