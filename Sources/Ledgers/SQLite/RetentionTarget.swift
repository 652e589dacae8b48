internal import Domain

/// How far a retention goes, as the target of the action that announces it: `batch 1234`.
struct RetentionTarget {
    let batch: Int64

    init(batch: Int64) { self.batch = batch }

    init?(text: String) {
        guard text.hasPrefix(Self.prefix), let batch = Int64(text.dropFirst(Self.prefix.utf8.count)), batch > 0 else {
            return nil
        }
        self.batch = batch
    }

    var text: String { Self.prefix + String(batch) }
    private static let prefix = "batch "

    /// The farthest that was announced; nil when nothing was.
    static func announced(_ kind: ActionKind, _ database: borrowing Database) throws(SQLiteError) -> RetentionTarget? {
        var farthest: RetentionTarget?
        try Statement("SELECT target FROM actions WHERE kind = ?", on: database).forEach({ $0.add(kind.rawValue) }) {
            row in
            if let target = RetentionTarget(text: row.text(0)), target.batch > farthest?.batch ?? 0 {
                farthest = target
            }
            return true
        }
        return farthest
    }
}
