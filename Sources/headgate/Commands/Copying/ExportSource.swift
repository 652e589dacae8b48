internal import Crypto
internal import Domain
internal import Ledgers
internal import Net
internal import Routes
internal import Telemetry

enum ExportKind: String, CaseIterable, Sendable { case events, deliveries, attempts, actions }

/// The events, deliveries of events, attempts and actions of a time.
struct ExportWindow: Sendable {
    let since: WallTime?
    let until: WallTime?

    func holds(_ time: WallTime) -> Bool { since.map { time >= $0 } ?? true && until.map { time < $0 } ?? true }

    /// The last event before it.
    var before: EventID { EventID((since.map { EventID.first(at: $0).raw } ?? 1) - 1) }
    /// The first event behind it.
    var end: EventID { until.map { EventID.first(at: $0) } ?? EventID(.max) }
}

/// One row of an export: names and values in the order of its columns.
typealias ExportRow = [(name: String, value: ExportValue)]

enum ExportValue: Sendable, Equatable {
    case text(String?)
    case number(Int64?)

    static func time(_ time: WallTime?) -> ExportValue { .text(time?.rfc3339) }
    static func bytes(_ bytes: Bytes) -> ExportValue { .text(Base64.encode(Array(bytes.buffer))) }
}

/// Reads rows for an export, a page at a time.
struct ExportSource {
    let reader: LedgerReader
    let window: ExportWindow
    let withBodies: Bool

    func forEachPage(of kind: ExportKind, _ body: ([ExportRow]) throws -> Void) throws {
        switch kind {
        case .events: try forEachPageOfEvents(body)
        case .deliveries:
            var place = DeliveryID(event: window.before, ordinal: .max)
            while true {
                let rows = try reader.exportDeliveries(after: place, until: window.end)
                guard let last = rows.last else { return }
                place = last.id
                try body(rows.map(Self.row))
            }
        case .attempts:
            var place = try window.since.map { since throws(LedgerError) in try reader.lastAttempt(before: since) } ?? 0
            while true {
                let rows = try reader.exportAttempts(after: place)
                guard let last = rows.last else { return }
                place = last.id
                try body(rows.filter { window.holds($0.attempt.startedAt) }.map(row))
            }
        case .actions:
            var place: Int64 = 0
            while true {
                let rows = try reader.exportActions(after: place)
                guard let last = rows.last else { return }
                place = last.id
                try body(rows.filter { window.holds($0.at) }.map(Self.row))
            }
        }
    }

    private func forEachPageOfEvents(_ body: ([ExportRow]) throws -> Void) throws {
        var place = window.before
        while true {
            let rows = try reader.exportEvents(after: place, until: window.end, withContent: withBodies)
            guard let last = rows.last else { return }
            place = last.row.id
            try body(
                rows.map { found in
                    Self.row(found.row)
                        + (found.content.map { [("headers", .bytes($0.headers)), ("body", .bytes($0.body))] } ?? [])
                })
        }
    }

    private static func row(_ event: EventRow) -> ExportRow {
        [
            ("id", .text(event.id.text)), ("route", .text(event.route)),
            ("providerEventId", .text(event.providerID?.text)), ("type", .text(event.type?.text)),
            ("receivedAt", .time(event.receivedAt)), ("source", .text(event.source.text)),
            ("verified", .text(event.coverage.text)), ("provenBy", .text(event.provenBy)),
            ("conflictsWith", .text(event.conflictsWith?.text)), ("bodyBytes", .number(Int64(event.bodyBytes))),
            ("bodySha256", .text(event.bodyDigest.hex)),
            ("removed", .text(event.removal.map { $0.redaction == nil ? "retention" : "redaction" })),
        ]
    }

    private static func row(_ delivery: DeliveryRow) -> ExportRow {
        [
            ("id", .text(delivery.id.text)), ("event", .text(delivery.id.event.text)), ("route", .text(delivery.route)),
            ("subscriber", .text(delivery.subscriber)), ("url", .text(SubscriberURL.shown(delivery.url))),
            ("eventType", .text(delivery.eventType?.text)), ("receivedAt", .time(delivery.receivedAt)),
            ("state", .text(delivery.state.text)), ("closure", .text(delivery.closure?.text)),
            ("replayOf", .text(delivery.replayOf?.text)), ("attempts", .number(Int64(delivery.attempts))),
            ("dueAt", .time(delivery.dueAt)), ("settledAt", .time(delivery.settledAt)),
            ("lastOutcome", .text(delivery.lastAttempt?.attempt.outcome.text)),
            ("lastStatus", .number(delivery.lastAttempt.map { Int64($0.attempt.status) })),
        ]
    }

    private func row(_ found: AttemptRow) -> ExportRow {
        let attempt = found.attempt
        let row: ExportRow = [
            ("id", .number(found.id)), ("delivery", .text(found.delivery.text)),
            ("event", .text(found.delivery.event.text)), ("number", .number(Int64(attempt.number))),
            ("startedAt", .time(attempt.startedAt)), ("tookMicroseconds", .number(attempt.took.microseconds)),
            ("outcome", .text(attempt.outcome.text)), ("status", .number(Int64(attempt.status))),
            ("address", .text(attempt.address?.text)),
            ("resolvedMicroseconds", .number(Int64(attempt.phases.resolved))),
            ("connectedMicroseconds", .number(Int64(attempt.phases.connected))),
            ("securedMicroseconds", .number(Int64(attempt.phases.secured))),
            ("firstByteMicroseconds", .number(Int64(attempt.phases.firstByte))),
        ]
        return row + (withBodies ? [("response", .bytes(attempt.response))] : [])
    }

    private static func row(_ action: ActionRecord) -> ExportRow {
        [
            ("id", .number(action.id)), ("at", .time(action.at)), ("action", .text(action.kind.text)),
            ("actor", .text(action.actor)), ("target", .text(action.target)), ("reason", .text(action.reason)),
            ("done", .number(action.done)), ("skipped", .number(action.skipped)),
        ]
    }
}
