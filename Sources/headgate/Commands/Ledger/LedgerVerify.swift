internal import Admin
internal import Config
internal import Crypto
internal import Domain
internal import Ledgers
internal import Routes
internal import Telemetry

extension Command {
    static let ledgerVerify = Command(
        "ledger verify", "check that the ledger is as it was written",
        about: """
            Recomputes the chain of hashes over all events, attempts and operators' actions, and compares every body with its \
            digest. A gateway may run meanwhile. Exit status 0 when all is well, 1 with the first record that is not. A ledger \
            that was rewritten whole, or cut at its end, looks sound in itself: --checkpoint compares it with checkpoints \
            that were kept elsewhere, all that FILE holds, whether appended there, caught from a log or printed.
            """,
        flags: [
            Settings.flag("--ledger"),
            Flag("--checkpoint", "FILE", repeats: true, "Signed checkpoints that were taken earlier."),
            Flag("--key", "FILE", "The public key they are signed with, PEM; LEDGER.key.pub unless named."),
            Flag("--against", "BATCH:HASH", "The end of the chain, as an earlier run printed it."), .json,
        ],
        examples: [
            "headgate ledger verify --ledger data/ledger.db",
            "headgate ledger verify --checkpoint /mnt/checkpoints --key headgate.pub",
        ]
    ) { call in
        let known = try call.values.one("--against").map { value in
            guard let place = place(value.text) else { throw call.refusal(value, "is no end of a chain") }
            return place
        }
        let path = AdminSource.file(call.text("--ledger") ?? "data/ledger.db")
        let checkpoints = try checkpoints(of: path, call)
        let reader = try LedgerReader(path: path)
        let report = try reader.verifyChain(against: known, checkpoints: checkpoints.signed)
        if call.isOn("--json") { call.console.printJSON(report.write) } else { report.print(on: call.console) }
        if !checkpoints.others.isEmpty { throw CommandFailure(checkpoints.others.joined(separator: "\n")) }
        return report.fault == nil ? .success : .failure
    }

    /// The checkpoints that were given, and words about those that prove nothing.
    private static func checkpoints(
        of ledger: String, _ call: Invocation
    ) throws -> (signed: [Checkpoint], others: [String]) {
        var found: (signed: [Checkpoint], others: [String]) = ([], [])
        let files = call.values.all("--checkpoint")
        guard !files.isEmpty else { return found }
        let key = try call.checkpointKey() ?? keyBeside(ledger, call)
        for file in files {
            let text = String(decoding: try call.content(file.text, most: Limits.exportBytes), as: UTF8.self)
            let notes = SignedNote.all(in: text)
            guard !notes.isEmpty else { throw call.refusal(file, "holds no checkpoint") }
            for note in notes {
                if let checkpoint = Checkpoint(text: note.text), note.isSigned(by: checkpoint.origin, key) {
                    found.signed.append(checkpoint)
                } else {
                    let first = note.text.split(separator: "\n").prefix(2).joined(separator: " ")
                    found.others.append(
                        "\(quoted(file.text)): the checkpoint \(quoted(first)) is not signed by this key, "
                            + "\(key.fingerprint), or was cut short")
                }
            }
        }
        return found
    }

    private static func keyBeside(_ ledger: String, _ call: Invocation) throws -> CheckpointPublicKey {
        let path = CheckpointKey.publicPath(CheckpointKey.standardPath(ledger: ledger))
        guard case .success(let bytes) = call.surroundings.readFile(path, 64 << 10),
            let key = try? CheckpointPublicKey(pem: String(decoding: bytes, as: UTF8.self))
        else {
            throw CommandFailure("there is no key at \(quoted(path)); name the public key with --key", status: .usage)
        }
        return key
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

extension ChainReport {
    fileprivate var place: String { "\(end.batch):\(end.hash.hex)" }

    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("sound", fault == nil)
            json.member("fault", fault?.description)
            json.member("events", events)
            json.member("attempts", attempts)
            json.member("actions", actions)
            json.member("removed", removed)
            json.member("bodiesRemoved", bodiesRemoved)
            json.key("redactions")
            json.array(of: redactions) { json, one in
                json.object { json in
                    json.member("event", one.event.text)
                    json.member("at", one.at)
                    json.member("actor", one.actor)
                    json.member("reason", one.reason)
                }
            }
            json.member("checkpoints", checkpoints)
            json.member("end", place)
        }
    }

    fileprivate func print(on console: Console) {
        var card = TextCard()
        card.add(fault == nil ? "sound" : "NOT SOUND", fault?.description ?? "as it was written")
        card.add("events", "\(events)")
        card.add("attempts", "\(attempts)")
        card.add("actions", "\(actions)")
        if bodiesRemoved > 0 { card.add("old bodies", "\(bodiesRemoved) removed by retention") }
        if removed > 0 { card.add("old records", "\(removed) removed by retention, their hashes kept") }
        for one in redactions {
            card.add("redacted", "\(one.event.text) by \(one.actor), \(one.at.rfc3339): \(one.reason)")
        }
        if checkpoints > 0 { card.add("checkpoints", "\(checkpoints) hold") }
        card.add("end", place)
        card.lines.forEach(console.print)
    }
}
