package import Telemetry

/// What the endpoints work with. Belongs to one thread.
package final class AdminDesk {
    let state: AdminState
    let metrics: Metrics
    private let ledger: String

    /// - Parameter ledger: the file; opened for reading when first asked for.
    package init(state: AdminState, metrics: Metrics, ledger: String) {
        self.state = state
        self.metrics = metrics
        self.ledger = ledger
    }
}
