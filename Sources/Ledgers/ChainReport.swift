package import Domain
internal import Telemetry

/// What a check of the chain found: everything up to `end` is as it was written, or the first place that is not.
package struct ChainReport: Sendable {
    /// The end of the chain, as far as it was checked. Worth keeping somewhere else.
    package var end = ChainPlace.beginning
    package var events = 0
    package var attempts = 0
    package var actions = 0
    /// Records of events that retention removed: their leaves are there.
    package var removed = 0
    /// Bodies that retention removed: their digests are there.
    package var bodiesRemoved = 0
    package var redactions: [Redaction] = []
    /// Checkpoints that it was compared with and that hold.
    package var checkpoints = 0
    package var fault: ChainFault?

    /// A body that an operator had removed: its digest is there.
    package struct Redaction: Sendable, Equatable {
        package let event: EventID
        package let at: WallTime
        package let actor: String
        package let reason: String
    }
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
    /// The ledger is sound in itself, but not the one that this checkpoint was taken from.
    /// - sound: the batch of the checkpoint before, which holds; 0 when there is none.
    case checkpoint(Checkpoint, sound: Int64)
    /// The ledger ends before the checkpoint.
    case cut(Checkpoint, end: Int64)
    /// The checkpoint is of another ledger.
    case otherLedger(Checkpoint, found: String)
    /// A kept node of the tree over the batches up to this one.
    case tree(batch: Int64)
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
        case .checkpoint(let checkpoint, let sound):
            "the ledger was rewritten: batches \(sound + 1) to \(checkpoint.batch) are not those of the checkpoint of "
                + checkpoint.at.rfc3339
        case .cut(let checkpoint, let end):
            "the ledger was cut: batches \(end + 1) to \(checkpoint.batch) of the checkpoint of "
                + "\(checkpoint.at.rfc3339) are missing"
        case .otherLedger(let checkpoint, let found):
            "the checkpoint of batch \(checkpoint.batch) is of ledger \(checkpoint.ledger), and this is \(found)"
        case .tree(let batch): "the tree over the batches up to \(batch) is altered"
        }
    }
}
