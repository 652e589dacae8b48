package import Domain

/// What a check of the chain found: everything up to `end` is as it was written, or the first place that is not.
package struct ChainReport: Sendable {
    /// The end of the chain, as far as it was checked. Worth keeping somewhere else.
    package var end = ChainPlace.beginning
    package var events = 0
    package var attempts = 0
    package var actions = 0
    package var fault: ChainFault?
}

/// The first record that is not as it was written.
package enum ChainFault: Sendable, Equatable {
    package enum Change: Sendable, Equatable { case altered, missing, inserted }

    /// Counted from 1: first the batch's events, then its attempts, then its actions.
    case missing(record: Int, ofBatch: Int64)

    case event(EventID, Change)
    /// The body alone: its digest is the one that was recorded.
    case body(EventID)
    case attempt(Int64, of: DeliveryID?, Change)
    /// What an operator did.
    case action(Int64, Change)
    /// What the delivery says of itself is not what its event and attempts say.
    case delivery(DeliveryID, Change)
    /// The chain's own row: removed, or its leaves or hash rewritten.
    case batch(Int64)
    /// The chain is sound in itself, but not the one that this place was taken from.
    case place(ChainPlace)
}

extension ChainFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .missing(let record, let batch): "record \(record) of batch \(batch) is missing"
        case .event(let id, let change): "event \(id.text) is \(change)"
        case .body(let id): "the body of event \(id.text) is not the one that was received"
        case .attempt(let id, let delivery, let change):
            "attempt \(id)\(delivery.map { " of \($0.text)" } ?? "") is \(change)"
        case .action(let id, let change): "action \(id) is \(change)"
        case .delivery(let id, let change): "delivery \(id.text) is \(change)"
        case .batch(let number): "batch \(number) of the chain is missing or altered"
        case .place(let place):
            "batch \(place.batch) is not the one with hash \(place.hash.hex): the ledger was rewritten or cut"
        }
    }
}
