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
}
