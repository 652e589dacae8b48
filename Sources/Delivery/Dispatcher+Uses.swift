internal import Domain
internal import Ledgers
internal import Net

/// Tells the ledger now and then for whom which secrets signed.
extension Dispatcher {
    func noteSigned(by shell: LaneShell, at wall: WallTime) {
        shell.signed.count += 1
        shell.signed.last = wall
        if !usesTimer.isArmed { loop.arm(usesTimer, at: loop.now + Limits.secretUsesEvery) }
    }

    /// Also before lanes get other secrets, and at the end.
    func tellUses() {
        var uses: [SecretUse] = []
        for shell in lanes.values where shell.signed.count > 0 {
            for print in shell.config.prints {
                uses.append(
                    SecretUse(of: shell.config.id, print: print, count: shell.signed.count, last: shell.signed.last))
            }
            shell.signed.count = 0
        }
        ledger.count(uses)
    }
}
