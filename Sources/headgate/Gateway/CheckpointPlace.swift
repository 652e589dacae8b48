import Admin
// `SOCK_CLOEXEC` is in the headers of both this and Glibc, and the compiler takes either for its home.
import CLinux
import Crypto
import Domain
import Glibc
import Ledgers
import Net
import Routes
import Signatures
import Synchronization
import Telemetry
import Wire

/// One place outside the ledger that gets its checkpoints.
final class CheckpointPlace: Sendable {
    private let target: CheckpointTarget
    private let signing: [Secret]
    private let log: Log
    private let sent: Counter
    private let failed: Counter
    private let told = Mutex<Int64?>(nil)

    /// The batch of the checkpoint that it got last.
    var latest: Int64? { told.withLock { $0 } }

    init(_ target: CheckpointTarget, signing: [Secret], log: Log, metrics: Metrics) {
        self.target = target
        self.signing = signing
        self.log = log
        func counter(_ result: String) -> Counter {
            metrics.counter(
                "headgate_checkpoints_total", "Signed checkpoints sent elsewhere",
                [("to", target.label), ("result", result)])
        }
        (sent, failed) = (counter("ok"), counter("failed"))
    }

    func tell(_ note: SignedNote, _ checkpoint: Checkpoint) {
        do {
            switch target {
            case .file(let path): try Self.append(note.written + "\n", to: path)
            case .syslog(let socket): try Self.log(note, to: socket)
            case .webhook(let url): try post(note, checkpoint, to: url)
            }
            told.withLock { $0 = checkpoint.batch }
            sent.add()
        } catch {
            failed.add()
            log.write(.error, "checkpoint not sent") { line in
                line.add("to", target.label)
                line.add("batch", checkpoint.batch)
                // A webhook's address may hold a secret.
                line.add("reason", (error as? HTTPExchange.Failure)?.reason ?? "\(error)")
            }
        }
    }

    /// Whole and on stable storage. What an earlier write left unfinished, because the disk was full or the machine went
    /// down, is set apart by an empty line, so that it spoils no other note.
    private static func append(_ text: String, to path: String) throws {
        let file = FileDescriptor(
            adopting: try check("open") { open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o644) })
        var status = stat()
        try check("fstat") { fstat(file.raw, &status) }
        var end: [UInt8] = [0, 0]
        let isSeparated =
            status.st_size == 0
            || pread(file.raw, &end, 2, max(status.st_size - 2, 0)) == 2 && end == Array("\n\n".utf8)
        let bytes = Array(((isSeparated ? "" : "\n\n") + text).utf8)
        do {
            guard try check("write", { Int32(write(file.raw, bytes, bytes.count)) }) == Int32(bytes.count) else {
                throw SystemError(call: "write", code: ENOSPC)
            }
        } catch {
            _ = ftruncate(file.raw, status.st_size)  // a file that may only grow refuses
            throw error
        }
        try check("fsync") { fsync(file.raw) }
    }

    /// As RFC 3164 has it, in one line. 110: facility "log audit" (13), severity "informational" (6).
    private static func log(_ note: SignedNote, to path: String) throws {
        let descriptor = FileDescriptor(
            adopting: try check("socket") { socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0) }
        )
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = Array(path.utf8)
        guard name.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw SystemError(call: "connect", code: ENAMETOOLONG)
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        try withUnsafePointer(to: &address) { address in
            // connect(2) takes every kind of address behind one type.
            try address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                _ = try check("connect") { connect(descriptor.raw, address, socklen_t(MemoryLayout<sockaddr_un>.size)) }
            }
        }
        let line = Array("<110>headgate[\(getpid())]: \(note.oneLine)".utf8)
        _ = try check("send") { Int32(send(descriptor.raw, line, line.count, Int32(MSG_NOSIGNAL))) }
    }

    private func post(_ note: SignedNote, _ checkpoint: Checkpoint, to url: String) throws {
        var json = JSONWriter()
        json.object { json in
            json.member("type", "ledger.checkpoint")
            json.member("timestamp", checkpoint.at)
            json.key("data")
            json.object { json in
                json.member("ledger", checkpoint.ledger)
                json.member("batch", checkpoint.batch)
                json.member("note", note.written)
            }
        }
        let id = "chk_\(checkpoint.ledger)_\(checkpoint.batch)"
        var signature: [UInt8] = []
        json.bytes.withUnsafeBytes { body in
            OutgoingSigner(signing).sign(id: id, timestamp: checkpoint.at.seconds, body: body, into: &signature)
        }
        let answer = try HTTPExchange(
            method: "POST", url: url,
            fields: [
                "Content-Type: application/json", "webhook-id: \(id)", "webhook-timestamp: \(checkpoint.at.seconds)",
                "webhook-signature: \(String(decoding: signature, as: UTF8.self))",
            ], body: json.bytes, timeout: .seconds(15), keepsAnswer: false
        ).run()
        guard (200...299).contains(answer.status) else { throw Refused(status: answer.status) }
    }

    private struct Refused: Error, CustomStringConvertible {
        let status: Int
        var description: String { "it answered \(status)" }
    }
}
