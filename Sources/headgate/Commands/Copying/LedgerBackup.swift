internal import Admin
internal import CLinux
internal import Config
internal import Domain
internal import Glibc
internal import Ledgers
internal import Net
internal import Routes

extension Command {
    static let ledgerBackup = Command(
        "ledger backup", words: [.init(name: "FILE", meaning: "Where the copy goes; must not be there yet.")],
        "copy the ledger while its gateway runs",
        about: """
            Copies the ledger as it is at one moment into one file that its owner alone can read, and checks the copy as \
            ledger verify does. Webhooks are taken and sent meanwhile; the write-ahead log grows by what they write until \
            the copy is done. Keep the key that signs checkpoints (LEDGER.key) elsewhere, and not beside the copy.
            """,
        flags: [Settings.flag("--ledger"), .json],
        examples: ["headgate ledger backup /backup/headgate-$(date +%F).db --ledger data/ledger.db"]
    ) { call in
        let source = AdminSource.file(call.text("--ledger") ?? "data/ledger.db")
        try LedgerCopy.make(of: source, at: call.words[0])
        return try report(call.words[0], call)
    }

    static let ledgerRestore = Command(
        "ledger restore", words: [.init(name: "FILE", meaning: "A copy that ledger backup made.")],
        "put a copy in the ledger's place",
        about: """
            Checks a copy and puts it where the ledger was, of a gateway that is stopped. What is in the ledger's place is \
            never replaced: move the old files (LEDGER, LEDGER-wal, LEDGER-shm) away first, and leave LEDGER.key, which \
            signs checkpoints, where it is. At the next start, deliveries that were pending in the copy are sent, perhaps \
            once more; what came in after it was made is not there: compare with \
            the providers (headgate reconcile --against).
            """,
        flags: [Settings.flag("--ledger"), .json],
        examples: ["headgate ledger restore /backup/headgate-2026-01-31.db --ledger data/ledger.db"]
    ) { call in
        let target = AdminSource.file(call.text("--ledger") ?? "data/ledger.db")
        try refuseWhileRunning(target)
        do {
            let report = try LedgerReader(path: call.words[0]).verifyChain()
            if let fault = report.fault { throw CommandFailure("\(quoted(call.words[0])) is not sound: \(fault)") }
        } catch LedgerError.olderSchema {
            // It can be read when the gateway has brought it up to date.
            call.console.complain("headgate: the copy is of an older headgate; run ledger verify after the start")
        }
        try LedgerCopy.make(of: call.words[0], at: target)
        call.console.print("\(target) is \(call.words[0]): start headgate serve")
        return .success
    }

    private static func report(_ path: String, _ call: Invocation) throws -> ExitStatus {
        let found = try LedgerReader(path: path).verifyChain()
        if call.isOn("--json") {
            call.console.printJSON { json in
                json.object { json in
                    json.member("file", path)
                    json.member("sound", found.fault == nil)
                    json.member("fault", found.fault?.description)
                    json.member("events", found.events)
                    json.member("attempts", found.attempts)
                    json.member("end", "\(found.end.batch):\(found.end.hash.hex)")
                }
            }
        } else if found.fault == nil {
            call.console.print(
                "\(path) holds \(found.events) events and \(found.attempts) attempts, up to batch \(found.end.batch)")
        }
        if let fault = found.fault { throw CommandFailure("the copy \(path) is not sound: \(fault)") }
        return .success
    }

    /// The gateway would go on with a file that has lost its name.
    private static func refuseWhileRunning(_ ledger: String) throws {
        let descriptor = open(ledger + ".lock", O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        let lock = FileDescriptor(adopting: descriptor)
        guard flock(lock.raw, LOCK_EX | LOCK_NB) == 0 else { throw LedgerError.locked(path: ledger) }
    }
}
