import Domain
import Net
import Wire

/// What a connection has to send: queued bytes, then perhaps one large body from where it lies. Only one answer with such
/// a body is queued at a time, because nothing further is parsed before it is gone.
struct Outgoing {
    private var queue: ByteQueue?
    private var body: Bytes?
    private var bodySent = 0

    /// Bodies up to this length are copied behind their heads: cheaper than a second piece in the system call.
    static let mostCopied = 4 << 10
    /// Answers of pipelined requests gather up to here before they are sent.
    static let gathered = 8 << 10

    var count: Int { (queue?.count ?? 0) + (body.map { $0.count - bodySent } ?? 0) }
    var isFull: Bool { body != nil || (queue?.count ?? 0) >= Self.gathered }

    mutating func append(_ response: Response, as form: AnswerForm, date: HTTPDate, from pool: QueuePool) {
        let queue = lent(from: pool)
        body = queue.append(response, as: form, date: date, mostCopied: Self.mostCopied)
    }

    mutating func append(_ text: StaticString, from pool: QueuePool) { lent(from: pool).append(text) }

    private mutating func lent(from pool: QueuePool) -> ByteQueue {
        precondition(body == nil, "an answer behind one that is still being sent")
        let queue = queue ?? pool.take()
        self.queue = queue
        return queue
    }

    /// - Returns: `.bytes(0)` when everything is out.
    mutating func flush(to stream: ByteStream, _ pool: QueuePool) -> ByteStream.Outcome {
        while let queue, count > 0 {
            let outcome: ByteStream.Outcome
            if let body {
                let rest = UnsafeRawBufferPointer(rebasing: body.buffer[bodySent...])
                outcome = queue.isEmpty ? stream.write(rest) : stream.write(queue.bytes, rest)
            } else {
                outcome = stream.write(queue.bytes)
            }
            guard case .bytes(let sent) = outcome else { return outcome }
            take(sent, from: queue)
        }
        release(to: pool)
        return .bytes(0)
    }

    private mutating func take(_ sent: Int, from queue: ByteQueue) {
        let fromQueue = min(sent, queue.count)
        queue.consume(fromQueue)
        bodySent += sent - fromQueue
    }

    mutating func release(to pool: QueuePool) {
        if let queue { pool.giveBack(queue, isCounted: false) }
        (queue, body, bodySent) = (nil, nil, 0)
    }
}
