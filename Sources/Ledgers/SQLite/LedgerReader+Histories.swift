package import Domain

/// A delivery of an event, as it is shown with others.
package struct DeliveryHistory: Sendable {
    package let delivery: DeliveryDetail
    /// Otherwise its responses were left out, and are empty.
    package let hasResponses: Bool
}

/// An event of any number of subscribers, whose answers may each be as long as is kept: read as far as there is room.
extension LedgerReader {
    /// Of one moment; with the route's subscribers that it has no delivery for.
    ///
    /// - Parameter bytes: of responses, at most; deliveries beyond come without.
    package func event(
        _ id: EventID, responses bytes: Int
    ) throws(LedgerError) -> (event: EventDetail, histories: [DeliveryHistory], others: [String])? {
        try snapshot { () throws(SQLiteError) in
            let names = try directory.names()
            guard let event = try detail(id, names) else { return nil }
            var left = bytes
            var histories: [DeliveryHistory] = []
            for row in event.deliveries {
                let attempts = try attempts(endingWith: row.lastAttempt)
                left -= attempts.reduce(0) { $0 + $1.attempt.response.count }
                let shown = left < 0 ? attempts.map(\.withoutResponse) : attempts
                histories.append(
                    DeliveryHistory(delivery: DeliveryDetail(row: row, attempts: shown), hasResponses: left >= 0))
            }
            return (event, histories, names.unreached(by: event, whenGone: false))
        }
    }

    /// Whether the responses of an event, and `Limits.attemptBytes` for each attempt besides, are no more than this.
    package func hasHistory(of id: EventID, within bytes: Int) throws(LedgerError) -> Bool {
        try snapshot { () throws(SQLiteError) in
            let names = try directory.names()
            var ordinals: [Int32] = []
            try selectDeliveriesOfEvent.forEach({ $0.add(id) }) {
                ordinals.append($0.int32(0))
                return true
            }
            var left = bytes
            for ordinal in ordinals {
                let row = try deliveryRow(DeliveryID(event: id, ordinal: ordinal), names)
                left -= try attempts(endingWith: row?.lastAttempt).reduce(0) {
                    $0 + $1.attempt.response.count + Limits.attemptBytes
                }
                if left < 0 { return false }
            }
            return true
        }
    }
}

extension AttemptRow {
    fileprivate var withoutResponse: AttemptRow {
        AttemptRow(
            id: id, delivery: delivery,
            attempt: Attempt(
                number: attempt.number, startedAt: attempt.startedAt, took: attempt.took, outcome: attempt.outcome,
                status: attempt.status, address: attempt.address, phases: attempt.phases, response: .empty))
    }
}
