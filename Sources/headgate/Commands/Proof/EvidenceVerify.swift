internal import Admin
internal import Config
internal import Domain
internal import Ledgers
internal import Routes
internal import Telemetry

extension Command {
    static let evidenceVerify = Command(
        "evidence verify", words: [.init(name: "FILE", meaning: "As events evidence wrote it.")],
        "check a file of evidence, without any ledger",
        about: """
            Recomputes every hash in the file, from the bytes of the event up to the signed checkpoint. Exit status 0 when all \
            of it holds, 1 with the first thing that does not. Where a URL has a query, which the file hides, it and its \
            subscriber are the ledger's word, and shown as not proven. Without --key it takes the public key in the file, and \
            prints its fingerprint to be compared.
            """,
        flags: [
            Flag("--key", "FILE", "The ledger's public key, PEM: ledger checkpoint --public-key prints it."), .json,
        ],
        examples: ["headgate evidence verify evidence.json --key headgate.pub"]
    ) { call in
        let bytes = try call.content(call.words[0], most: mostBytes)
        let key = try call.checkpointKey()
        do {
            let check = try EvidenceCheck(bytes, key: key)
            try check.run()
            report(nil, check.checkpoint, check.key, isNamed: key != nil, ShownEvidence(bytes), call)
            return .success
        } catch let flaw as EvidenceFlaw {
            report(flaw, nil, nil, isNamed: key != nil, nil, call)
            return .failure
        } catch let error as CheckpointKeyError {
            report(EvidenceFlaw("publicKey: \(error)"), nil, nil, isNamed: key != nil, nil, call)
            return .failure
        }
    }

    /// What was written from a ledger's file may be larger than an answer.
    private static let mostBytes = 8 * HTTPExchange.answerBytes

    private static func report(
        _ flaw: EvidenceFlaw?, _ checkpoint: Checkpoint?, _ key: CheckpointPublicKey?, isNamed: Bool,
        _ content: ShownEvidence?, _ call: Invocation
    ) {
        if call.isOn("--json") {
            call.console.printJSON { json in
                json.object { json in
                    json.member("proven", flaw == nil)
                    json.member("flaw", flaw?.description)
                    json.member("event", content?.event.text("id"))
                    json.member("ledger", checkpoint?.ledger)
                    json.member("batch", checkpoint?.batch)
                    json.member("checkpointAt", checkpoint?.at)
                    json.member("key", key?.fingerprint)
                    json.member("keyIsNamed", isNamed)
                    json.key("deliveries")
                    json.array(of: content?.deliveries ?? []) { json, delivery in
                        json.object { json in
                            json.member("id", delivery.text("id"))
                            json.member("subscriber", delivery.text("subscriber"))
                            json.member("url", delivery.text("url"))
                            json.member("isEndpointProven", delivery.isEndpointProven)
                        }
                    }
                }
            }
            return
        }
        var card = TextCard()
        card.add(flaw == nil ? "proven" : "NOT PROVEN", flaw?.description ?? "as it was recorded")
        if let content {
            card.add("event", content.event.text("id"))
            card.add("received", content.event.text("receivedAt"))
            card.add("body", "\(content.event.text("bodyBytes")) bytes, SHA-256 \(content.event.text("bodySha256"))")
            let proof = content.event.text("provenBy")
            card.add("verified", content.event.text("verified") + (proof.isEmpty ? "" : " by \(proof)"))
        }
        if let checkpoint {
            card.add("ledger", checkpoint.ledger)
            card.add("checkpoint", "of batch \(checkpoint.batch), \(checkpoint.at.rfc3339)")
        }
        if let key {
            card.add(
                "key", key.fingerprint + (isNamed ? "" : ", which is the file's own: compare it with the ledger's"))
        }
        card.lines.forEach(call.console.print)
        guard let content, !content.deliveries.isEmpty else { return }
        var table = TextTable([
            .init("subscriber"), .init("state", isWhole: true), .init("attempts", isNumber: true),
            .init("last", isWhole: true), .init("answer", isWhole: true), .init("whose", isWhole: true), .init("url"),
        ])
        for delivery in content.deliveries {
            let attempts = delivery["attempts"]?.elements ?? []
            table.add([
                delivery.text("subscriber"), delivery.text("state"), "\(attempts.count)",
                attempts.last?.time("startedAt") ?? "", attempts.last.map(answer) ?? "",
                delivery.isEndpointProven ? "proven" : "not proven", delivery.text("url"),
            ])
        }
        call.console.print()
        table.lines(width: call.console.width).forEach(call.console.print)
        guard !content.deliveries.allSatisfy(\.isEndpointProven) else { return }
        call.console.print(
            "not proven: a subscriber and its URL whose query is hidden; who knows the whole URL can hash it (EVIDENCE.md)"
        )
    }

    /// The status, or the outcome where none was read.
    private static func answer(_ attempt: ConfigNode) -> String {
        attempt.text("status") == "0" ? attempt.text("outcome") : attempt.text("status")
    }
}

/// What is shown of a file that was checked.
private struct ShownEvidence {
    let event: ConfigNode
    let deliveries: [ConfigNode]

    init?(_ bytes: [UInt8]) {
        guard let document = try? JSONDocument.read(bytes), let event = document["event"] else { return nil }
        self.event = event
        deliveries = document["deliveries"]?.elements ?? []
    }
}

extension ConfigNode {
    /// Of a delivery that was checked: its subscriber and URL are what the ledger recorded.
    fileprivate var isEndpointProven: Bool { text("urlIsWhole") == "true" }
}

extension Invocation {
    func content(_ path: String, most: Int) throws -> [UInt8] {
        switch surroundings.readFile(path, most) {
        case .success(let bytes): return bytes
        case .failure(let problem): throw CommandFailure("\(quoted(path)) \(problem.text)", status: .usage)
        }
    }

    /// The public key that `--key` names.
    func checkpointKey() throws -> CheckpointPublicKey? {
        guard let path = text("--key") else { return nil }
        let pem = String(decoding: try content(path, most: 64 << 10), as: UTF8.self)
        do throws(CheckpointKeyError) {
            return try CheckpointPublicKey(pem: pem)
        } catch { throw CommandFailure("\(quoted(path)): \(error.description)", status: .usage) }
    }
}
