internal import Domain

/// Whether a delivery is one that a search asks for. What the row itself tells is judged first.
final class DeliveryJudge {
    private let query: DeliveryQuery
    private let names: ReaderDirectory.Names
    private let subscribers: [SubscriberID: ReaderDirectory.Subscriber]
    private let types: EventFilter?
    private let events: Set<EventID>?
    private let reader: LedgerReader
    private let looksAtEvent: Bool
    private var latest: (event: EventID, isWanted: Bool)?
    /// Of a look beside the row: then the whole search failed.
    private(set) var failure: SQLiteError?

    init(_ query: DeliveryQuery, _ names: ReaderDirectory.Names, _ reader: LedgerReader) {
        self.query = query
        self.names = names
        self.reader = reader
        subscribers = names.subscribers(route: query.route, within: query.within, name: query.subscriber)
        looksAtEvent =
            query.type != nil || query.providerID != nil || query.source != nil || query.containing != nil
        types = query.type.map { EventFilter([$0]) }
        events = query.events.map(Set.init)
    }

    /// - Parameter row: event, ordinal, subscriber, state, last attempt, …
    func wants(_ row: borrowing Row) -> Bool {
        let subscriber: SubscriberID = row.id(2)
        guard subscribers[subscriber] != nil, events?.contains(row.id(0)) ?? true else { return false }
        if let state = query.state, state != names.shown(row.state(3), of: subscriber) { return false }
        do throws(SQLiteError) {
            guard try hasResult(row.intIfAny(4)) else { return false }
            return try isOfWantedEvent(row.id(0))
        } catch {
            failure = error
            return false
        }
    }

    /// Deliveries of one event come one after the other.
    private func isOfWantedEvent(_ event: EventID) throws(SQLiteError) -> Bool {
        if !looksAtEvent { return true }
        if let latest, latest.event == event { return latest.isWanted }
        var isWanted =
            try reader.selectTraits.first({ $0.add(event) }) { row in
                (types?.matches(row.buffer(0)) ?? true)
                    && (query.providerID.map { !row.isNull(1) && $0.buffer.elementsEqual(row.buffer(1)) } ?? true)
                    && (query.source.map { row.addressIfAny(2).map($0.contains) ?? false } ?? true)
            } ?? false
        if isWanted, let text = query.containing {
            isWanted =
                try reader.selectBody.first({ $0.add(event) }) {
                    text.isFound(in: $0.buffer(0)) || text.isFound(in: $0.buffer(1))
                } ?? false
            // What is left of an event whose body was removed is not searched for words.
            if isWanted, try reader.selectRemoval.first({ $0.add(event) }, { _ in true }) ?? false { isWanted = false }
        }
        latest = (event, isWanted)
        return isWanted
    }

    private func hasResult(_ attempt: Int64?) throws(SQLiteError) -> Bool {
        if query.outcome == nil, query.status == nil { return true }
        guard let attempt else { return false }
        return try reader.selectResult.first({ $0.add(attempt) }) { row in
            (query.outcome.map { $0.rawValue == row.uint8(0) } ?? true)
                && (query.status.map { $0 == row.int32(1) } ?? true)
        } ?? false
    }
}
