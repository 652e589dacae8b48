package import Domain

/// The seam to the durable ledger, in domain words: batches in, batches out, made for two engines (SQLite in the
/// process; PostgreSQL shared by several gateways). No engine's type is visible above it.
///
/// An engine is owned by one thread, the `LedgerWriter`'s, which gathers what the loops post into one batch, has it
/// committed with one sync, and only then tells each poster the result.
package protocol LedgerEngine: AnyObject {
    /// Makes routes, subscribers and endpoints known and gives them their lasting ids, also those that were registered
    /// through the API for these routes. Subscribers of the ledger that are neither in `directory` nor registered are gone: their pending deliveries read as `held` until they return.
    func register(_ directory: Directory) throws(LedgerError) -> DirectoryIDs

    /// Everything in `batch` in one transaction, synced to stable storage when this returns; a batch of outcomes alone is
    /// synced with the next one. On an error nothing of the batch is stored, and the engine refuses every further batch
    /// until `reopen()` succeeded. Settling an attempt that is recorded already changes nothing, so that settlements may
    /// be brought again.
    func commit(_ batch: [LedgerEntry], at now: WallTime) throws(LedgerError) -> [LedgerResult]

    /// After an error: closes, opens again, checks what is on disk. What this process had claimed stays claimed.
    func reopen() throws(LedgerError)

    /// Deliveries that an earlier process had claimed and not settled: records an attempt with outcome `unknown` for
    /// each and makes it due at once. Called once at start, before any claim. Returns how many.
    func recover(at now: WallTime) throws(LedgerError) -> Int

    /// Keeps refused requests, as many as there is room for, and takes old ones away. Nothing of it is synced before the next
    /// batch: a power cut may lose it. Without storage for it nothing is kept, and nothing else is refused for that.
    func quarantine(
        _ refused: [RefusedRequest], caps: QuarantineCaps, at now: WallTime
    ) throws(LedgerError) -> QuarantineChange

    func statistics() throws(LedgerError) -> LedgerStatistics

    /// False when storage is nearly full: no event should be accepted, so that outcomes can still be recorded.
    func hasRoom() -> Bool

    /// Housekeeping: `isIdle` false after a batch (a little of it), true when nothing waits, and from time to time while there
    /// is no room, which it may make (all of it). Returns false when something was in the way, to be tried again at the next
    /// idle time. An error is one of storage, as from `commit`.
    func tidy(isIdle: Bool) throws(LedgerError) -> Bool

    /// Leaves storage in order. Nothing is called afterwards.
    func close()
}
