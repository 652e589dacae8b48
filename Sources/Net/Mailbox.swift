internal import CLinux
internal import Glibc
internal import Synchronization

/// The only lock between threads: many post, one loop takes all at once. Held for one append or one swap.
package final class Mailbox<Message: Sendable>: Sendable {
    private let pending = Mutex<[Message]>([])
    private let bell: Bell

    package init() throws(SystemError) { bell = try Bell() }

    /// Rings the owner's bell only when the box was empty: a busy owner is woken once for many messages.
    package func post(_ message: Message) {
        let wasEmpty = pending.withLock { queue in
            queue.append(message)
            return queue.count == 1
        }
        if wasEmpty { bell.ring() }
    }

    /// Swaps the waiting messages with `emptied`, so that both arrays keep their storage.
    fileprivate func take(into emptied: inout [Message]) {
        bell.silence()
        pending.withLock { swap(&$0, &emptied) }
    }

    fileprivate var descriptor: Int32 { bell.raw }
}

/// An eventfd: wakes a loop from another thread. Closed with its last owner.
private final class Bell: Sendable {
    let raw: Int32

    init() throws(SystemError) { raw = try check("eventfd") { headgate_eventfd() } }
    deinit { _ = close(raw) }

    func ring() {
        var one: UInt64 = 1
        // The counter cannot overflow, and a full one would mean it rings already.
        _ = write(raw, &one, 8)
    }

    func silence() {
        var count: UInt64 = 0
        _ = read(raw, &count, 8)
    }
}

/// Ties a mailbox to the loop that empties it.
private final class Reader<Message: Sendable>: Watcher {
    private let mailbox: Mailbox<Message>
    private let handle: (Message) -> Void
    private var taken: [Message] = []

    init(_ mailbox: Mailbox<Message>, _ handle: @escaping (Message) -> Void) {
        self.mailbox = mailbox
        self.handle = handle
    }

    func ready(_ readiness: Readiness, token: Token) {
        mailbox.take(into: &taken)
        for message in taken { handle(message) }
        taken.removeAll(keepingCapacity: taken.count <= 1024)
    }
}

extension EventLoop {
    /// From now on `handle` gets each message of `mailbox`, on this loop's thread, in the order they were posted.
    package func receive<Message: Sendable>(
        _ mailbox: Mailbox<Message>, _ handle: @escaping (Message) -> Void
    ) throws(SystemError) {
        _ = try watch(mailbox.descriptor, for: .read, by: Reader(mailbox, handle))
    }
}
