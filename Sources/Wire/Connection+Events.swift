package import Domain

/// What the shell reports.
extension Connection {
    /// The head at admission; the whole request when it is handed over. Valid until the queue changes.
    package func view(of queue: ByteQueue) -> RequestView {
        let head = parser.head
        let body = if case .request(let reader) = state { reader.range } else { head.length..<head.length }
        return RequestView(head: head, bytes: queue.bytes, body: queue.bytes.slice(body))
    }

    /// The head of the current request is whole, also when the request was refused then.
    package var hasHead: Bool { parser.head.length > 0 }

    /// Admission was granted to a body of at most this many bytes.
    package mutating func admit(bodyLimit: Int, at now: MonotonicTime) {
        guard case .admission = state else { preconditionFailure("admit() while \(state)") }
        do {
            state = .body(try BodyReader(after: parser.head, limit: bodyLimit))
            mayContinue = parser.head.expectsContinue && parser.head.framing.hasBody
        } catch {
            refuse(error, at: now)
        }
    }

    /// The request is answered at its head. If its body is not here yet the connection ends with this answer: nobody
    /// reads a body that nobody wants.
    package mutating func answerEarly(_ queue: ByteQueue, at now: MonotonicTime) -> AnswerForm {
        guard case .admission = state else { preconditionFailure("answerEarly() while \(state)") }
        state = .answering
        let length: Int? =
            switch parser.head.framing {
            case .none: 0
            case .length(let length): length
            case .chunked: nil
            }
        guard let length, queue.count - parser.head.length >= length else {
            return answer(mayPersist: false, queue, at: now)
        }
        queue.consume(parser.head.length + length)
        return answer(queue, at: now)
    }

    /// The handler has seen the request: its bytes leave the queue.
    package mutating func handedOver(_ queue: ByteQueue) {
        guard case .request(let reader) = state else { preconditionFailure("handedOver() while \(state)") }
        queue.consume(reader.end)
        state = .answering
    }

    /// The answer is about to be queued in the form returned.
    package mutating func answer(_ queue: ByteQueue, at now: MonotonicTime) -> AnswerForm {
        answer(mayPersist: true, queue, at: now)
    }

    private mutating func answer(mayPersist: Bool, _ queue: ByteQueue, at now: MonotonicTime) -> AnswerForm {
        guard case .answering = state else { preconditionFailure("answer() while \(state)") }
        let head = parser.head
        let persists = mayPersist && head.keepAlive && !isDraining
        let form = AnswerForm(
            persistence: persists ? (head.minorVersion == 1 ? .persist : .persistHTTP10) : .close, omitsBody: isHead)
        endsCleanly = mayPersist && !head.keepAlive && queue.isEmpty
        state = persists ? .head : .ending
        stageStart = now
        (headBegan, mayContinue, isHead) = (false, false, false)
        parser.restart()
        return form
    }

    /// Something beyond the wire's own rules forbids to go on: no memory, say.
    package mutating func refuse(_ refusal: Refusal, at now: MonotonicTime) {
        state = .refused(refusal)
        stageStart = now
    }

    /// The last answer is flushed.
    ///
    /// - Returns: whether to close at once. Otherwise shut the sending side and go on reading for a moment, so that the
    ///   answer is not lost to a reset (RFC 9112 section 9.6).
    package mutating func ended(_ queue: ByteQueue, at now: MonotonicTime) -> Bool {
        guard case .ending = state else { preconditionFailure("ended() while \(state)") }
        stageStart = now
        let closes = peerHasClosed || endsCleanly && queue.isEmpty
        state = closes ? .closed : .lingering(drained: 0)
        return closes
    }

    /// No more bytes will come. A request that is whole still gets its answer.
    package mutating func peerClosed() { peerHasClosed = true }

    /// `bytes` of what we send are stuck; 0: all went out.
    package mutating func sending(stuck bytes: Int, at now: MonotonicTime) {
        if bytes == 0 { blocked = nil } else if blocked == nil { blocked = Blocked(since: now, bytes: bytes) }
    }

    /// Between requests, nothing of the next one has come: may be closed without harm.
    package var isIdle: Bool {
        if case .head = state { !headBegan } else { false }
    }

    /// A request has begun, and some of its head or body has not come.
    package var isReceiving: Bool {
        switch state {
        case .head: headBegan
        case .body: true
        case .admission, .request, .answering, .refused, .ending, .lingering, .closed: false
        }
    }

    /// A request was handed over and not yet answered.
    package var awaitsAnswer: Bool {
        if case .answering = state { true } else { false }
    }
}
