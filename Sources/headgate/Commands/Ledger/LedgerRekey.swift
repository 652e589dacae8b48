internal import Config
internal import Crypto
internal import Domain
internal import Ledgers
internal import Net
internal import Routes

extension Command {
    static let ledgerRekey = Command(
        "ledger rekey", "seal the ledger's secrets with another key",
        about: """
            Opens every secret that the ledger of a stopped gateway keeps with the old key, and seals it with the new one: all \
            of them, or none. So it does with what is hidden of requests in quarantine, part by part and first: when it was \
            interrupted, give the same command again. Start the gateway with the new key afterwards. Unused pages of the file and older copies may still \
            hold what the old key opens: when that key leaked, give subscribers and senders new secrets as well.
            """,
        flags: [
            Settings.flag("--ledger"),
            Flag(
                "--ledger-key", "SECRET", variable: "HEADGATE_LEDGER_KEY",
                "The key until now: env:NAME or file:PATH."),
            Flag("--new-key", "SECRET", "The key from now on: env:NAME or file:PATH."),
            Selection.reason,
        ],
        examples: ["headgate ledger rekey --ledger-key file:old.key --new-key file:new.key"]
    ) { call in
        let (old, new) = (try key("--ledger-key", call), try key("--new-key", call))
        let path = AdminSource.file(call.text("--ledger") ?? "data/ledger.db")
        let ledger = try SQLiteLedger(path: path)
        defer { ledger.close() }
        var boxes: [RegistryChange.Resealed] = []
        for one in try LedgerReader(path: path).registrations() {
            guard let secret = try one.open(with: old) else { continue }
            let context = Registration.context(id: one.id, version: one.version)
            boxes.append(
                .init(id: one.id, version: one.version, secrets: try SealedBytes(secret, with: new, for: context)))
        }
        let credentials = try LedgerReader(path: path).credentials().map { try $0.resealed(from: old, to: new) }
        let refused = try ledger.reseal(from: old, to: new)
        let now = ScheduleClock(SystemClock(), notBefore: ledger.latest).wall()
        let (actor, reason) = ("headgate ledger rekey", call.text("--reason") ?? "")
        // One transaction; the ledger is this process's alone, so that what was read of it still stands.
        var orders = [Operation(.register(.reseal(boxes)), actor: actor, reason: reason)]
        if !credentials.isEmpty {
            orders.append(Operation(.route(.reseal(credentials)), actor: actor, reason: reason))
        }
        let counts = try ledger.commit(orders.map { .operate($0) }, at: now).map { result in
            guard case .operated(.done(let count, _)) = result else {
                throw CommandFailure("the ledger changed meanwhile; give the same command again")
            }
            return count
        }
        call.console.print("\(counts[0]) sealed with the key \(new.id), \(old.id) until now")
        if !credentials.isEmpty { call.console.print("and \(counts[1]) credentials of routes") }
        if refused.sealed > 0 { call.console.print("and what is hidden of \(refused.sealed) refused requests") }
        if refused.left > 0 {
            call.console.complain(
                "what is hidden of \(refused.left) refused requests is sealed with neither key, and stays as it is")
        }
        return .success
    }

    private static func key(_ flag: String, _ call: Invocation) throws -> SealingKey {
        guard let value = call.values.one(flag) else {
            throw CommandFailure("\(flag) is needed; see -h", status: .usage)
        }
        let text = try call.secret(value)
        do throws(CryptoError) { return try SealingKey(base64: text) } catch {
            throw CommandFailure("\(value.origin): the key \(error)", status: .usage)
        }
    }
}

extension RouteCredential {
    fileprivate func resealed(from old: SealingKey, to new: SealingKey) throws -> RouteChange.Resealed {
        func box(_ secrets: [String: Secret], version: Int64) throws -> SealedBytes {
            try SealedBytes(secrets.packed, with: new, for: Self.context(id: id, version: version))
        }
        let before = try openReplaced(with: old).flatMap { secrets in
            try replaced.map { try box(secrets, version: $0.version) }
        }
        return RouteChange.Resealed(
            id: id, version: version, secrets: try box(try open(with: old), version: version), replaced: before)
    }
}
