internal import Domain

/// What is left of a disk, and who may still use it. Events stop first, then removal; outcomes go on to the end.
struct LedgerRoom {
    /// Bytes that may still be written beside the ledger's files.
    let free: Int64
    /// How many of them are kept for outcomes.
    let reserve: Int64
    /// By which writing the log back would make the file longer.
    let growth: Int64
    /// Of pages inside the file that hold nothing: they are used before the file grows.
    let unused: Int64

    /// What a step of removal writes beside the bodies that it empties: pages of rows and of indexes, about.
    private static let stepBytes: Int64 = 256 << 10

    /// Outside the file, or inside it: then outcomes find their pages there too, and all that is written outside is the log,
    /// whose room comes back whenever it was written back.
    var isForEvents: Bool {
        if free > reserve + growth { return true }
        return free > reserve / 8 * 3 + growth && unused > reserve
    }

    /// The largest body might not fit into the log: then each transaction of removal begins with an empty one.
    var isTight: Bool { free - growth - reserve / 8 < Int64(Limits.bodyBytesMost) * 2 }

    /// How much may be removed in one transaction, which puts into the log every page that it frees: SQLite overwrites them
    /// with zeros. Removal goes on where events no longer do, since it alone makes room, and leaves a quarter of the reserve.
    ///
    /// - Parameter steps: that are wanted.
    /// - Returns: nil while not even one fits.
    func removal(steps: Int) -> RemovalBudget? {
        guard free > reserve / 4 + growth else { return nil }
        let most = free - growth - reserve / 8
        let steps = min(steps, Int(clamping: max(most / Self.stepBytes, 1)))
        return RemovalBudget(steps: steps, bodyMost: most / 2)
    }
}

/// What one transaction may still remove.
struct RemovalBudget {
    var steps: Int
    var bytes: Int64
    /// Of one body: what is larger stays.
    let bodyMost: Int64

    /// Of bodies in one step, about: some milliseconds.
    static let bytesOfStep: Int64 = 1 << 20

    init(steps: Int, bodyMost: Int64 = .max) {
        self.steps = steps
        self.bodyMost = bodyMost
        bytes = min(bodyMost, Int64(steps) * Self.bytesOfStep)
    }

    var isSpent: Bool { steps <= 0 || bytes <= 0 }
    var bytesOfNext: Int64 { min(bytes, Self.bytesOfStep) }
}
