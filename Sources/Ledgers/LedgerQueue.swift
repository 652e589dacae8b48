package import Domain

/// How loops reach the ledger thread: post and go on. Completions run on the ledger's thread after the commit and must
/// only post elsewhere. Every posted entry gets exactly one completion.
package protocol LedgerQueue: Sendable {
    /// False, and no completion, when too much waits already (`Limits.appendsWaiting`, `appendBytesWaiting`) or the
    /// ledger is closed by an error: the caller answers 503 at once.
    func append(_ append: Append, done: @escaping @Sendable (Result<AppendResult, LedgerError>) -> Void) -> Bool

    /// Never refused: what was sent must be recorded. Kept in memory while the ledger is in trouble; `done` comes when it
    /// is stored. Bounded, because lanes stop sending at their look-ahead.
    func settle(_ settlement: Settlement, done: @escaping @Sendable () -> Void)

    /// Whether a refused request of this weight would be kept: asked before it is copied.
    func hasQuarantineRoom(for route: RouteID, from source: IPAddress, weight: Int) -> Bool
    /// Kept if there is room, and dropped without a word if there is none. Never waits.
    func quarantine(_ request: RefusedRequest)

    func claim(_ claim: Claim, done: @escaping @Sendable (Result<ClaimResult, LedgerError>) -> Void)
    func release(_ deliveries: [DeliveryID])
    func pause(
        _ subscriber: SubscriberID, paused: Bool, reason: String, done: @escaping @Sendable (LedgerError?) -> Void)
    func operate(
        _ operation: Operation, done: @escaping @Sendable (Result<OperationResult, LedgerError>) -> Void)
    func register(_ directory: Directory, done: @escaping @Sendable (Result<DirectoryIDs, LedgerError>) -> Void)

    /// Counted with the next batch, and dropped while the ledger is in trouble: no event waits for it.
    func count(_ uses: [SecretUse])

    /// A copy of the latest figures, taken now and then by the ledger thread; never blocks on it.
    var statistics: LedgerStatistics { get }
    /// True while batches can be committed.
    var isWritable: Bool { get }
}
