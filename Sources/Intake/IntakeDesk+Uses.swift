internal import Domain
internal import Ledgers
internal import Net
internal import Signatures

/// Tells the ledger now and then which secrets proved requests.
extension IntakeDesk {
    func count(_ proof: Proof, of route: IntakeRoute, at now: WallTime) {
        route.uses.note(proof.provenBy, at: now)
        if !usesTimer.isArmed { loop.arm(usesTimer, at: loop.now + Limits.secretUsesEvery) }
    }

    /// Also at the end, when nothing more comes.
    package func tellUses() {
        ledger.count(routes.flatMap { $0.uses.isEmpty ? [] : $0.uses.take(of: $0.id, prints: $0.prints) })
    }
}
