package import Domain
package import Wire

/// Bytes of text in which every character up to U+00FF is one byte.
package func latin1(_ text: String) -> [UInt8] { text.unicodeScalars.map { UInt8($0.value) } }

/// A connection's machine with a handler that answers at once, and what an observer would write down:
/// `METHOD path?query [body]` for each request handed over, `100` for an invitation, the status of a refusal, and how it
/// stands at the end: `open` between requests, `waiting` inside one, `closed`.
package struct Conversation: ~Copyable {
    let queue = ByteQueue(capacity: 64)
    var machine = Connection(at: MonotonicTime(nanoseconds: 0))
    var log: [String] = []
    var bodyLimit = Conversation.bodyLimit
    /// Who sends the first byte of a body with its head gets no invitation, so that note depends on the cuts.
    var notesInvitations = true
    private var isOver = false

    /// Of what the cases send.
    package static let bodyLimit = 1024

    package static func run(
        _ pieces: [[UInt8]], thenEnd: Bool, bodyLimit: Int = Conversation.bodyLimit, notesInvitations: Bool = true
    ) -> String {
        var conversation = Conversation()
        conversation.bodyLimit = bodyLimit
        conversation.notesInvitations = notesInvitations
        for piece in pieces { conversation.receive(piece) }
        if thenEnd { conversation.end() }
        return conversation.transcript
    }

    mutating func receive(_ bytes: [UInt8]) {
        guard !isOver else { return }
        bytes.withUnsafeBytes { queue.append($0) }
        pump()
    }

    mutating func end() {
        guard !isOver else { return }
        machine.peerClosed()
        pump()
    }

    var transcript: String {
        let state = isOver ? "closed" : machine.isIdle ? "open" : "waiting"
        return (log + [state]).joined(separator: " ")
    }

    package mutating func pump(at now: MonotonicTime = MonotonicTime(nanoseconds: 0)) {
        while true {
            switch machine.next(in: queue, at: now) {
            case .read, .waitForAnswer:
                return
            case .admission:
                machine.admit(bodyLimit: bodyLimit, at: now)
            case .sendContinue:
                if notesInvitations { log.append("100") }
            case .request:
                log.append(Self.describe(machine.view(of: queue)))
                machine.handedOver(queue)
                _ = machine.answer(queue, at: now)
            case .refuse(let refusal, let form):
                precondition(form.persistence == .close)
                log.append("\(refusal.status.code)")
            case .finish:
                // What an observer sees is the same whether the end is at once or after lingering.
                _ = machine.ended(queue, at: now)
                isOver = true
                return
            case .close:
                isOver = true
                return
            }
        }
    }

    package static func describe(_ request: RequestView) -> String {
        let query = request.query.map { "?" + text($0) } ?? ""
        return "\(text(request.method)) \(text(request.path))\(query) [\(text(request.body))]"
    }

    package static func text(_ bytes: UnsafeRawBufferPointer) -> String {
        String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }
}
