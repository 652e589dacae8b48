/// What went wrong, to which file, and what to do.
package enum LedgerError: Error, Sendable, Equatable {
    case locked(path: String)
    case newerSchema(path: String, found: Int, known: Int)
    /// For readers: only the gateway itself brings a file up to date.
    case olderSchema(path: String, found: Int, known: Int)
    case foreign(path: String)
    case cannotOpen(path: String, detail: String)
    /// The disk or a quota is full: nothing was stored; it may work again when space is back.
    case full(path: String)
    /// Any other storage error: nothing is trusted until the file was reopened and checked.
    case storage(path: String, code: Int32, detail: String)
    /// An earlier error is not cleared yet.
    case latched
}

extension LedgerError {
    var isFull: Bool { if case .full = self { true } else { false } }
}

extension LedgerError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .locked(let path):
            "ledger \(path) is locked by another process; stop that headgate or give this one its own file"
        case .newerSchema(let path, let found, let known):
            "ledger \(path) has schema \(found), newer than this build knows (\(known)); upgrade headgate"
        case .olderSchema(let path, let found, let known):
            "ledger \(path) has schema \(found), older than this build's \(known); start `headgate serve` on it once"
        case .foreign(let path):
            "\(path) is a database of another program; name a file of headgate's own"
        case .cannotOpen(let path, let detail):
            "ledger \(path) cannot be opened: \(detail); check that the directory exists and is writable"
        case .full(let path):
            "no space for ledger \(path); free space on its disk, intake resumes by itself"
        case .storage(let path, let code, let detail):
            "ledger \(path) failed (SQLite code \(code)): \(detail); intake is stopped until it is reopened and checked"
        case .latched:
            "the ledger is closed after a storage error and is being reopened"
        }
    }
}
