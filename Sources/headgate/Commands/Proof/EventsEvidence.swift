internal import Config
internal import Routes

extension Command {
    static let eventsEvidence = Command(
        "events evidence", words: [.init(name: "EVENT", meaning: "An event's id: evt_…")],
        "write what proves an event and its deliveries",
        about: """
            Writes one JSON file with the exact bytes of an event, which secret proved it (its name), to whom it was \
            delivered and every attempt, what operators did, and the hashes that lead from each of these records to a signed \
            checkpoint. evidence verify checks it without the ledger; Sources/Ledgers/EVIDENCE.md says how to check \
            it without headgate.
            """,
        flags: [
            Flag("--out", "FILE", "Write it there, for the owner alone; otherwise it is printed."),
            Settings.flag("--checkpoint-key"),
        ] + AdminSource.flags,
        examples: ["headgate events evidence evt_38fxvf8gt0000 --out evidence.json"]
    ) { call in
        let bytes = try AdminSource(call).get("/v1/events/\(AdminSource.encoded(call.words[0]))/evidence")
        let text = String(decoding: bytes, as: UTF8.self)
        guard let path = call.text("--out") else {
            call.console.print(text)
            return .success
        }
        try OwnedFile.create(path, holding: text + "\n", mode: 0o600)
        call.console.print("\(path) proves \(call.words[0]): headgate evidence verify \(path)")
        return .success
    }

    static let eventsRedact = Command(
        "events redact", words: [.init(name: "EVENT", meaning: "An event's id: evt_…")],
        "remove an event's body for ever",
        about: """
            Removes the body of an event from the ledger; its digest, its headers and everything else stay, and ledger verify \
            still passes and says by whom and when it was removed. An event with a delivery that is not sent yet is refused, \
            and a redacted event is never sent again. Backups and copies of the file keep what they have.
            """,
        flags: [Selection.reason] + AdminSource.gatewayFlags,
        examples: ["headgate events redact evt_38fxvf8gt0000 --reason 'erasure request 1041'"]
    ) { call in
        guard call.text("--reason") != nil else {
            throw CommandFailure("say why with --reason: it is kept in place of the body", status: .usage)
        }
        _ = try AdminSource(call).post("/v1/events/\(AdminSource.encoded(call.words[0]))/redact", call.reason)
        call.console.print("\(call.words[0]) has no body any more")
        return .success
    }
}
