internal import Admin
internal import Config
internal import Crypto
internal import Domain
internal import Ledgers
internal import Routes

/// Why a file proves nothing: what is wrong in it, and where.
struct EvidenceFlaw: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// Checks a file of evidence by itself, as Sources/Ledgers/EVIDENCE.md describes it.
final class EvidenceCheck {
    private let file: EvidenceReader
    private var sha256: SHA256
    private var form = CanonicalForm()
    /// Leaves of batches that were shown to belong to the checkpoint.
    private var leaves: Set<Digest256> = []

    let checkpoint: Checkpoint
    let key: CheckpointPublicKey

    /// - Parameter key: that checkpoints of this ledger are signed with; nil to take the file's word for it.
    init(_ bytes: [UInt8], key: CheckpointPublicKey?) throws {
        file = EvidenceReader(try JSONDocument.read(bytes))
        sha256 = try SHA256()
        guard try file.text("format") == Evidence.format else { throw EvidenceFlaw("this is no file of evidence") }
        let key = try key ?? CheckpointPublicKey(pem: try file.text("publicKey"))
        let notes = SignedNote.all(in: try file.text("checkpoint"))
        guard notes.count == 1, let checkpoint = Checkpoint(text: notes[0].text) else {
            throw EvidenceFlaw("checkpoint: it is none")
        }
        guard notes[0].isSigned(by: checkpoint.origin, key) else {
            throw EvidenceFlaw("checkpoint: its signature is not by this key")
        }
        self.checkpoint = checkpoint
        self.key = key
        try readBatches()
    }

    /// - Throws: `EvidenceFlaw` with the first thing that is not proven.
    func run() throws {
        let actions = try readActions()
        var endpoints: [Digest256] = []
        let event = try file.object("event")
        let (id, route, fanout) = (try event.eventID("id"), try event.text("route"), try event.number("fanout"))
        let deliveries = try file.objects("deliveries")
        for (place, delivery) in deliveries.enumerated() {
            let own = try delivery.deliveryID("id")
            guard own == DeliveryID(event: id, ordinal: Int32(place) + 1) else {
                throw EvidenceFlaw("\(delivery.path): it is not number \(place + 1) of \(id.text)")
            }
            let endpoint = try delivery.digest("endpoint")
            try check(delivery, endpoint, of: route)
            try check(delivery, own, of: place < Int(fanout) ? nil : actions, endpoint)
            if place < Int(fanout) { endpoints.append(endpoint) }
        }
        guard endpoints.count == Int(fanout) else { throw EvidenceFlaw("deliveries: \(fanout) are to be there") }
        for action in actions.values where action.kind == .replay {
            let made = TouchedDelivery.decode(action.deliveries.buffer).filter { $0.id.event == id }
            guard made.allSatisfy({ $0.id.ordinal <= deliveries.count }) else {
                throw EvidenceFlaw("deliveries: one that action \(action.id) made is missing")
            }
        }
        try check(event, id, endpoints)
        try checkRedaction(event, id, actions)
    }

    // MARK: Batches

    private func readBatches() throws {
        for batch in try file.objects("batches") {
            let proof = BatchProof(
                id: try batch.number("id"), at: try batch.time("at"), lastEvent: try batch.eventID("lastEvent"),
                lastAttempt: try batch.number("lastAttempt"), lastAction: try batch.numberIfAny("lastAction"),
                previous: try batch.digest("previous"), leaves: Bytes(try batch.base64("leaves")),
                path: try batch.digests("path"))
            guard (1...max(1, checkpoint.batch)).contains(proof.id) else {
                throw EvidenceFlaw("\(batch.path).id: the checkpoint has no batch \(proof.id)")
            }
            let hash = form.batch(
                ChainPlace(batch: proof.id - 1, hash: proof.previous), at: proof.at, lastEvent: proof.lastEvent,
                lastAttempt: proof.lastAttempt, lastAction: proof.lastAction, leaves: proof.leaves.buffer,
                sha256: &sha256)
            let root = ChainTree.root(
                of: ChainTree.leaf(hash, sha256: &sha256), at: proof.id - 1, in: checkpoint.batch, along: proof.path,
                sha256: &sha256)
            guard proof.leaves.count % 32 == 0, root == checkpoint.root else {
                throw EvidenceFlaw("\(batch.path): batch \(proof.id) is not part of the checkpoint")
            }
            leaves.formUnion(proof.leafHashes)
        }
    }

    private func prove(_ leaf: Digest256, _ place: String, _ what: String) throws {
        guard leaves.contains(leaf) else { throw EvidenceFlaw("\(place): \(what) is not what the ledger recorded") }
    }

    // MARK: Records

    private func check(_ node: EvidenceReader, _ id: EventID, _ endpoints: [Digest256]) throws {
        let digest = try node.digest("bodySha256")
        let body = try node.bytesIfAny("body")
        if let body, sha256.hash(body.buffer) != digest {
            throw EvidenceFlaw("event.body: its SHA-256 is not bodySha256")
        }
        let event = Event(
            route: RouteID(0), receivedAt: try node.time("receivedAt"), source: try node.address("source"),
            providerID: try node.bytesIfAny("providerEventId"), type: try node.bytesIfAny("type"),
            headers: try node.bytes("headers"), body: body ?? .empty, bodyDigest: digest,
            coverage: try node.word("verified", \Coverage.text), provenBy: try node.text("provenBy"))
        let leaf = form.event(
            event, id: id, route: Bytes(try node.text("route")), conflictsWith: try node.eventIDIfAny("conflictsWith"),
            endpoints: endpoints, bodyBytes: try node.number("bodyBytes"), sha256: &sha256)
        try prove(leaf, "event", "the event")
    }

    /// Of a URL whose query is hidden nothing can be hashed: it and its subscriber are the ledger's word.
    private func check(_ delivery: EvidenceReader, _ endpoint: Digest256, of route: String) throws {
        let (subscriber, url) = (try delivery.text("subscriber"), try delivery.text("url"))
        guard try delivery.flag("urlIsWhole") else {
            guard url.contains("?"), SubscriberURL.shown(url) == url else {
                throw EvidenceFlaw("\(delivery.path).urlIsWhole: nothing of this url is left out")
            }
            return
        }
        let named = CanonicalForm.endpoint(route: route, subscriber: subscriber, url: url, sha256: &sha256)
        guard endpoint == named else {
            throw EvidenceFlaw("\(delivery.path).endpoint: it is not that of this subscriber and url")
        }
    }

    /// Nil in place of actions: it is one that the event was accepted with.
    private func check(
        _ node: EvidenceReader, _ id: DeliveryID, of actions: [Int64: ActionRecord]?, _ endpoint: Digest256
    ) throws {
        let replayOf = try node.deliveryIDIfAny("replayOf")
        if let actions {
            let made = TouchedDelivery(id: id, replayOf: replayOf?.ordinal ?? 0, endpoint: endpoint)
            guard let action = actions[try node.number("madeBy")], action.kind == .replay,
                TouchedDelivery.decode(action.deliveries.buffer).contains(made)
            else { throw EvidenceFlaw("\(node.path): no action made this delivery") }
        } else if try node.numberIfAny("madeBy") != nil || replayOf != nil {
            throw EvidenceFlaw("\(node.path): the event was accepted with it, no action made it")
        }
        var (previous, last): (Int64?, Outcome?) = (nil, nil)
        for (place, attempt) in try node.objects("attempts").enumerated() {
            let (number, before) = (try attempt.number("number"), try attempt.numberIfAny("previous"))
            guard number == place + 1, before == previous else {
                throw EvidenceFlaw("\(attempt.path): it is not the one after that before it")
            }
            let number64 = try attempt.number("id")
            let found = try attempt.attempt()
            let leaf = form.attempt(found, id: number64, of: id, previous: before, sha256: &sha256)
            try prove(leaf, attempt.path, "the attempt")
            (previous, last) = (number64, found.outcome)
        }
        let state = try node.word("state", \DeliveryState.text)
        guard (state == .delivered) == (last == .ok) else {
            throw EvidenceFlaw("\(node.path).state: its attempts say something else")
        }
    }

    private func readActions() throws -> [Int64: ActionRecord] {
        var actions: [Int64: ActionRecord] = [:]
        for node in try file.objects("actions") {
            let (code, kind) = (try node.number("code"), try node.word("action", \ActionKind.text))
            guard code == Int64(kind.rawValue) else { throw EvidenceFlaw("\(node.path).action: it has another code") }
            let action = ActionRecord(
                id: try node.number("id"), at: try node.time("at"), kind: kind, actor: try node.text("actor"),
                target: try node.text("target"), reason: try node.text("reason"), done: try node.number("done"),
                skipped: try node.number("skipped"), deliveries: Bytes(try node.base64("deliveries")))
            try prove(form.action(action, sha256: &sha256), node.path, "the action")
            actions[action.id] = action
        }
        return actions
    }

    private func checkRedaction(_ event: EvidenceReader, _ id: EventID, _ actions: [Int64: ActionRecord]) throws {
        guard let redaction = try event.objectIfAny("redaction") else { return }
        let (at, actor) = (try redaction.time("at"), try redaction.text("actor"))
        let reason = try redaction.text("reason")
        let isProven = actions.values.contains {
            $0.kind == .redact && $0.target == id.text && $0.at == at && $0.actor == actor && $0.reason == reason
        }
        guard isProven else { throw EvidenceFlaw("event.redaction: no action says so") }
    }
}
