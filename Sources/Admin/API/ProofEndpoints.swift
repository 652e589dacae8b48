internal import Domain
internal import Ledgers
internal import Wire

/// What makes the ledger provable to others.
enum ProofEndpoints {
    static let all = [
        APIEndpoint(
            "GET", "/v1/checkpoint", .read, summary: "What the ledger is now, signed", takes: [],
            gives: [
                .json(
                    .object([
                        .member("ledger", .text(), "The ledger's own random name."), .member("batch", .count),
                        .member("events", .count), .member("attempts", .count), .member("actions", .count),
                        .member("at", .time), .member("note", .text(), "A signed note, to be kept elsewhere."),
                        .member("publicKey", .text(), "Ed25519, PEM."),
                    ]))
            ], checkpoint),
        APIEndpoint(
            "GET", "/v1/events/{id}/evidence", .read,
            summary: "What proves an event and its deliveries without the ledger",
            takes: [.init("id", .eventID, "The event's id.")], gives: [.json(.anything)],
            refuses: [.unprocessableContent], narrows: true, evidence),
        APIEndpoint(
            changing: "/v1/events/{id}/redact", .operate, summary: "Removes an event's body for ever; its digest stays",
            takes: [
                .init("id", .eventID, "The event's id."),
                .init("reason", APIParameter.reason.shape, APIParameter.reason.meaning, required: true),
            ], gives: [.json(.object([.member("id", .eventID)]))]
        ) { request, _ throws(Problem) in
            let id = try request.event()
            let reason = try request.reason()
            guard !reason.isEmpty else { throw .badRequest("say why with reason: it is kept in place of the body") }
            return .ordered(.redact(id), by: request, reason: reason) { json, _ in json.member("id", id.text) }
        },
    ]

    /// What is signed must not be taken back: after an error of storage the file may show what is not on disk.
    private static func lasting<Found>(
        _ desk: AdminDesk, _ question: (LedgerReader) throws(LedgerError) -> Found
    ) throws(Problem) -> Found {
        let unsound = Problem(
            .serviceUnavailable, "the ledger is in trouble; nothing is signed until it was opened again")
        guard desk.state.readiness().isLedgerSound else { throw unsound }
        let found = try desk.read(question)
        guard desk.state.readiness().isLedgerSound else { throw unsound }
        return found
    }

    private static func checkpoint(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Response {
        let key = try desk.checkpointKey()
        let now = desk.clock.wall()
        let checkpoint = try lasting(desk) { reader throws(LedgerError) in try reader.checkpoint(at: now) }
        let note = try desk.sign(checkpoint, key)
        return Response(json: .ok) { json in
            json.object { json in
                json.member("ledger", checkpoint.ledger)
                json.member("batch", checkpoint.batch)
                json.member("events", checkpoint.events)
                json.member("attempts", checkpoint.attempts)
                json.member("actions", checkpoint.actions)
                json.member("at", checkpoint.at)
                json.member("note", note.written)
                json.member("publicKey", key.publicKey.pem)
            }
        }
    }

    private static func evidence(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Response {
        let id = try request.event()
        try desk.requireRoom(forEvidenceOf: id, request.holder)
        let key = try desk.checkpointKey()
        let now = desk.clock.wall()
        let found = try lasting(desk) { reader throws(LedgerError) in try reader.evidence(id, at: now) }
        guard let found, request.holder.reaches(found.event.row.route) else {
            throw .notFound("the ledger has no event \(id.text)")
        }
        // A record is proved whole: one that names deliveries of other routes would tell of these.
        guard found.touchedRoutes.allSatisfy({ $0.map(request.holder.reaches) ?? (request.holder.routes == nil) })
        else {
            throw Problem(
                .forbidden,
                "an action on this event also touched other routes; its evidence is for a token that reaches them")
        }
        let note = try desk.sign(found.checkpoint, key)
        return Response(json: .ok) { found.write(to: &$0, note: note.written, publicKey: key.publicKey.pem) }
    }
}

extension APIRequest {
    fileprivate func event() throws(Problem) -> EventID {
        let text = segment("id")
        guard let id = EventID(text: text) else { throw .notFound("\(text) is no event's id") }
        return id
    }
}

extension AdminDesk {
    /// A running gateway has other uses for its memory; whoever reads the file alone has not.
    fileprivate func requireRoom(forEvidenceOf id: EventID, _ holder: Holder) throws(Problem) {
        guard state.isRunning else { return }
        let isReached = try read { reader throws(LedgerError) in
            try reader.hasHistory(of: id, within: Limits.evidenceBytes)
                ? nil : try reader.event(id).map { holder.reaches($0.row.route) }
        }
        guard isReached == true else { return }
        throw Problem(
            .unprocessableContent,
            "this event has more attempts than fit an answer; write its evidence from the ledger's file, or from a backup "
                + "of it: headgate events evidence \(id.text) --ledger FILE")
    }

    fileprivate func checkpointKey() throws(Problem) -> CheckpointKey {
        do throws(CheckpointKeyError) {
            return try CheckpointKey.atFirstUse(keyPath)
        } catch { throw Problem(.serviceUnavailable, error.description) }
    }

    fileprivate func sign(_ checkpoint: Checkpoint, _ key: CheckpointKey) throws(Problem) -> SignedNote {
        do throws(CheckpointKeyError) {
            return try key.sign(checkpoint)
        } catch { throw Problem(.serviceUnavailable, error.description) }
    }
}
