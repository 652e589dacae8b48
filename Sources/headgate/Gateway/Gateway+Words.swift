import Intake
import Net
import Routes
import Telemetry

/// What the operator is told beside the announcements.
extension Gateway {
    func report(recovered: Int) {
        guard recovered > 0 else { return }
        log.write(.warning, "recovered") { $0.add("sends_of_unknown_outcome", recovered) }
    }

    func report(reloadFailed reason: String) {
        state.noteReload(isGood: false)
        log.write(.error, "reload failed, nothing changed") { $0.add("reason", reason) }
    }

    /// The line that scripts wait for.
    func reportListening() {
        log.announce("listening") { line in
            line.add("intake", list: addresses.intake.map(\.text))
            line.add("admin", addresses.admin.text)
            line.add("routes", state.plan.intake.table.routes.count)
            line.add("version", Version.text)
        }
    }
}
