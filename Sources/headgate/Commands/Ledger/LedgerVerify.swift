internal import Admin
internal import Config
internal import Crypto
internal import Domain
internal import Ledgers
internal import Routes

extension Command {
    static let ledgerVerify = Command(
        "ledger verify", "check that the ledger is as it was written",
        about: """
            Recomputes the chain of hashes over all events, attempts and operators' actions, and compares every body with its digest. A gateway \
            may run meanwhile. Exit status 0 when all is well, 1 with the first record that is not. Keep the printed end of \
            the chain elsewhere and name it with --against the next time: without it, a ledger that was rewritten whole, or \
            cut at its end, looks sound.
            """,
        flags: [
            Settings.flag("--ledger"),
            Flag("--against", "BATCH:HASH", "The end of the chain, as an earlier run printed it."), .json,
        ],
        examples: ["headgate ledger verify --ledger data/ledger.db"]
    ) { call in
        let known = try call.values.one("--against").map { value in
            guard let place = place(value.text) else { throw call.refusal(value, "is no end of a chain") }
            return place
        }
        let reader = try LedgerReader(path: AdminSource.file(call.text("--ledger") ?? "data/ledger.db"))
        let report = try reader.verifyChain(against: known)
        let end = "\(report.end.batch):\(report.end.hash.hex)"
        if call.isOn("--json") {
            call.console.printJSON { json in
                json.object { json in
                    json.member("sound", report.fault == nil)
                    json.member("fault", report.fault?.description)
                    json.member("events", report.events)
                    json.member("attempts", report.attempts)
                    json.member("actions", report.actions)
                    json.member("end", end)
                }
            }
        } else {
            var card = TextCard()
            card.add(report.fault == nil ? "sound" : "NOT SOUND", report.fault?.description ?? "as it was written")
            card.add("events", "\(report.events)")
            card.add("attempts", "\(report.attempts)")
            card.add("actions", "\(report.actions)")
            card.add("end", end)
            card.lines.forEach(call.console.print)
        }
        return report.fault == nil ? .success : .failure
    }

    /// `7:` and 64 hexadecimal digits.
    private static func place(_ text: String) -> ChainPlace? {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, let batch = Int64(parts[0]), let bytes = Hex.decode(String(parts[1])) else {
            return nil
        }
        return bytes.withUnsafeBytes { Digest256(copying: $0) }.map { ChainPlace(batch: batch, hash: $0) }
    }
}
