internal import Domain

/// How the ledger notes that this process holds a delivery. `deliveries.lease` is the run that holds it: positive when
/// the delivery is in the index `pending`, negative when it is in no index.
///
/// Most deliveries are handed to their lane as they are accepted and settled within milliseconds: an entry in an index
/// would be made only to be removed. After a crash they are found by looking through the table from `from` on, which
/// follows the oldest of them. What is claimed from further back keeps its entry.
final class HandoverTable {
    private let run: Int64
    /// No event before it has a delivery with a negative lease. The ledger's own row has it, or an earlier one.
    private(set) var from: EventID
    /// Events that were accepted since `from` was last moved.
    private var accepted = 0
    private let store: Statement

    /// So many events are looked through after a crash, besides those that came while the oldest was being sent.
    private static let stride = 1024

    init(run: Int64, _ database: borrowing Database) throws(SQLiteError) {
        self.run = run
        from = EventID(try database.number("SELECT handed_from FROM ledger") ?? 0)
        store = try Statement("UPDATE ledger SET handed_from = ?", on: database)
    }

    func lease(of event: EventID) -> Int64 { event < from ? run : -run }

    func noteEvent() { accepted += 1 }

    /// Before the end of each transaction. Each delivery is looked at once on the way.
    ///
    /// - Parameter newest: the last event that was accepted.
    func flush(_ deliveries: DeliveryTable, newest: EventID) throws(SQLiteError) {
        guard accepted >= Self.stride else { return }
        accepted = 0
        let first = try deliveries.firstHanded(from: from) ?? newest
        guard first > from else { return }
        try store.run { $0.add(first) }
        from = first
    }

    /// Everything before `event` that an earlier run held is recovered.
    func recovered(before event: EventID) { from = max(from, event) }
}
