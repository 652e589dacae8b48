package import Domain

/// One connection of HTTP/1.1 as a state machine without sockets: the shell reports bytes, events and time, asks what is
/// next, and does it.
///
///     head ──whole──▶ admission ──admitted──▶ body ──whole──▶ request ──▶ answering ──answered──▶ head, or ending
///       │                 │                    │
///       └─────────────── refused, or answered before the body ──▶ ending ──▶ lingering ──▶ closed
///
/// One request at a time: the next pipelined one is looked at only after the answer to this one was queued, so answers
/// leave in order. After a refusal no further byte is ever parsed.
package struct Connection: ~Copyable, Sendable {
    /// What the shell does next.
    package enum Step: Sendable, Equatable {
        /// Read more into the queue, which need not grow beyond `room` bytes, and ask again.
        case read(room: Int)
        /// A head is whole: look at `view`, then call `admit` or `answerEarly`.
        case admission
        /// Send `100 Continue`, and ask again.
        case sendContinue
        /// A request is whole: look at `view`, then call `handedOver`, then, now or later, `answer`.
        case request
        /// Send the refusal's answer in this form, and ask again.
        case refuse(Refusal, AnswerForm)
        /// Nothing to do before `answer`; what arrives meanwhile may wait in the kernel.
        case waitForAnswer
        /// The last answer was queued: when it is flushed, call `ended`.
        case finish
        /// Close now.
        case close
    }

    enum State: Sendable {
        case head
        case admission
        case body(BodyReader)
        case request(BodyReader)
        case answering
        case refused(Refusal)
        case ending
        case lingering(drained: Int)
        case closed
    }

    var state = State.head
    var parser = HeadParser()
    let times: ConnectionTimes
    var peerHasClosed = false
    /// A 100 may still be sent for this request.
    var mayContinue = false
    /// The answer to this request has no body (RFC 9110 section 9.3.2).
    var isHead = false
    /// The client itself asked for the end and sent nothing more: no need to linger.
    var endsCleanly = false
    /// Some byte of this head has come.
    var headBegan = false
    /// No request has been read yet.
    var isFresh = true
    /// When the connection, the idling, the head, the body, the ending began: what deadlines count from.
    var stageStart: MonotonicTime
    var blocked: Blocked?

    struct Blocked: Sendable {
        let since: MonotonicTime
        let bytes: Int
    }

    /// The server drains: every answer from now on is the last of its connection.
    package var isDraining = false

    package init(times: ConnectionTimes = ConnectionTimes(), at now: MonotonicTime) {
        self.times = times
        stageStart = now
    }

    /// - Parameter queue: begins with the current request; only the machine consumes from it.
    package mutating func next(in queue: ByteQueue, at now: MonotonicTime) -> Step {
        switch state {
        case .head: return readHead(queue, at: now)
        case .admission: return .admission
        case .body(let reader): return readBody(reader, in: queue, at: now)
        case .request: return .request
        case .answering: return .waitForAnswer
        case .refused(let refusal):
            state = .ending
            return .refuse(refusal, AnswerForm(persistence: .close, omitsBody: isHead))
        case .ending: return .finish
        case .lingering(let drained): return drain(queue, drained: drained)
        case .closed: return .close
        }
    }

    private mutating func readHead(_ queue: ByteQueue, at now: MonotonicTime) -> Step {
        if !queue.isEmpty, !headBegan {
            headBegan = true
            if !isFresh { stageStart = now }
        }
        do {
            if try parser.advance(over: queue.bytes) {
                isHead = queue.bytes.slice(parser.head.method).equals("HEAD")
                (stageStart, isFresh) = (now, false)
                state = .admission
                return .admission
            }
        } catch {
            return refused(error, in: queue, at: now)
        }
        guard peerHasClosed else { return .read(room: Limits.headBytes + 1) }
        if headBegan { return refused(.incompleteRequest, in: queue, at: now) }
        state = .closed
        return .close
    }

    private mutating func readBody(_ reader: BodyReader, in queue: ByteQueue, at now: MonotonicTime) -> Step {
        var reader = reader
        do {
            if try reader.advance(in: queue) {
                state = .request(reader)
                return .request
            }
        } catch {
            return refused(error, in: queue, at: now)
        }
        state = .body(reader)
        if peerHasClosed { return refused(.incompleteRequest, in: queue, at: now) }
        if mayContinue {
            mayContinue = false
            // Who already sends needs no invitation (RFC 9110 section 10.1.1).
            if queue.count == parser.head.length { return .sendContinue }
        }
        return .read(room: reader.room)
    }

    private mutating func drain(_ queue: ByteQueue, drained: Int) -> Step {
        let total = drained + queue.count
        queue.consume(queue.count)
        guard !peerHasClosed, total <= Limits.lingerBytes else {
            state = .closed
            return .close
        }
        state = .lingering(drained: total)
        return .read(room: ByteQueue.standardCapacity)
    }

    private mutating func refused(_ refusal: Refusal, in queue: ByteQueue, at now: MonotonicTime) -> Step {
        refuse(refusal, at: now)
        return next(in: queue, at: now)
    }
}
