import Crypto
import Routes
import Telemetry

extension Settings {
    /// Flags of secrets that are read once, at start, and are others in `now`, or cannot be read there.
    func staleSecrets(beside now: Settings) -> [String] {
        var flags: [String] = []
        if !signing.equals(now.signing) { flags.append("--signing-secret") }
        let tokens = [self, now].map { settings in settings.adminToken.map { [$0] } ?? [] }
        if !tokens[0].equals(tokens[1]) { flags.append("--admin-token") }
        if ledgerKey?.id != now.ledgerKey?.id { flags.append("--ledger-key") }
        return flags
    }

    /// A reload says that it is done: what it does not do is said beside it.
    func warnOfStaleSecrets(beside now: Settings, to log: Log) {
        for flag in staleSecrets(beside: now) {
            log.write(.warning, "secret is not reloaded") { line in
                line.add("setting", flag)
                line.add("reason", "it is read at start alone, and is another by now, or gone: restart to take it")
            }
        }
    }
}

extension [Secret] {
    fileprivate func equals(_ other: [Secret]) -> Bool {
        count == other.count
            && zip(self, other).allSatisfy { one, other in
                one.withBytes { one in other.withBytes { equalInConstantTime(one, $0) } }
            }
    }
}
