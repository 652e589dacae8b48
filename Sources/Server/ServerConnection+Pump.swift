import Domain
import Net
import Wire

extension ServerConnection {
    /// Reads of one turn: a fast sender must not keep its loop from the others.
    private static let readsPerTurn = 16

    /// Does what the machine says until it must wait for the peer, the handler or the socket.
    ///
    /// - Parameter mayRead: the socket is thought to be readable; otherwise epoll is left to say so.
    func pump(mayRead: Bool) {
        var mayRead = mayRead
        var reads = 0
        while true {
            if outgoing.isFull { guard flush() else { return } }
            let queue = input ?? server.pool.take()
            input = queue
            switch machine.next(in: queue, at: server.loop.now) {
            case .read(let room):
                guard flush() else { return }
                guard mayRead && reads < Self.readsPerTurn || stream.hasPending else {
                    want(.read)
                    return rest()
                }
                reads += 1
                guard let isDry = fill(queue, room: room) else { return }
                mayRead = !isDry
            case .admission:
                guard admit(queue) else { return }
            case .sendContinue:
                outgoing.append(Response.continue, from: server.pool)
            case .request:
                guard handOver(queue) else { return }
            case .refuse(let refusal, let form):
                server.counters.count(refusal)
                send(Response(refusal), as: form)
                tell(refusal, queue)
            case .waitForAnswer:
                guard flush() else { return }
                return rest()
            case .finish:
                guard flush() else { return }
                if machine.ended(queue, at: server.loop.now) { return close() }
                stream.finish()
            case .close:
                return close()
            }
        }
    }

    /// - Returns: whether the socket has no more for now; nil when there is nothing to go on with in this turn.
    private func fill(_ queue: ByteQueue, room: Int) -> Bool? {
        var space = server.pool.space(in: queue, room: room)
        while space.isEmpty, server.displaceStalledRequest(for: self) {
            space = server.pool.space(in: queue, room: room)
        }
        guard !space.isEmpty else {
            machine.refuse(.outOfMemory, at: server.loop.now)
            return true
        }
        noteGrowth(queue)
        switch stream.read(into: space) {
        case .bytes(let count):
            queue.didFill(count)
            noteGrowth(queue)
            return count < space.count
        case .ended:
            machine.peerClosed()
            return true
        case .blocked(let interest):
            want(interest.union(.read))
            rest()
            return nil
        case .failed:
            close()
            return nil
        }
    }

    /// Before a read, which may bring nothing, and after it.
    private func noteGrowth(_ queue: ByteQueue) {
        if queue.capacity > ByteQueue.standardCapacity { server.noteGrowth(of: self, to: queue.count) }
    }

    /// - Returns: false when the connection was closed meanwhile.
    private func admit(_ queue: ByteQueue) -> Bool {
        let admission = askForAdmission(queue)
        guard !isClosed else {
            releaseInput()
            return false
        }
        switch admission {
        case .body(let limit): machine.admit(bodyLimit: limit, at: server.loop.now)
        case .reply(let response): send(response, as: machine.answerEarly(queue, at: server.loop.now))
        }
        return true
    }

    // The view shares the machine's list of fields. It must be gone when the machine clears that list for the next
    // request, or the list would be copied: hence a function of its own for each call of the handler.

    private func askForAdmission(_ queue: ByteQueue) -> Admission {
        let request = machine.view(of: queue)
        let address = server.proxies.source(of: request, nearest: peer.address)
        source = Peer(address: address, connection: peer.connection, isTLS: peer.isTLS)
        isInsideHandler = true
        defer { isInsideHandler = false }
        return server.handler?.admit(request, from: source) ?? .reply(.noHandler)
    }

    private func tell(_ refusal: Refusal, _ queue: ByteQueue) {
        let request = machine.hasHead ? machine.view(of: queue) : nil
        server.handler?.turnedAway(.request(refusal), request, from: request == nil ? peer : source)
    }

    private func askForAnswer(_ queue: ByteQueue) -> Handling {
        let ticket = server.issueTicket(for: self)
        isInsideHandler = true
        defer { isInsideHandler = false }
        return server.handler?.handle(machine.view(of: queue), from: source, ticket: ticket) ?? .reply(.noHandler)
    }

    /// - Returns: false when the connection was closed meanwhile.
    private func handOver(_ queue: ByteQueue) -> Bool {
        let handling = askForAnswer(queue)
        let early = earlyReply
        earlyReply = nil
        guard !isClosed else {
            releaseInput()
            return false
        }
        machine.handedOver(queue)
        switch handling {
        case .reply(let response): answer(response)
        case .later: if let early { answer(early) }
        }
        return true
    }

    /// Queues the answer to the request that was handed over.
    func answer(_ response: Response) {
        let queue = input ?? server.pool.take()
        input = queue
        send(response, as: machine.answer(queue, at: server.loop.now))
    }

    private func send(_ response: Response, as form: AnswerForm) {
        outgoing.append(response, as: form, date: server.date, from: server.pool)
    }

    /// - Returns: false when something is stuck, or the connection was closed: this turn is over for it.
    func flush() -> Bool {
        let waiting = outgoing.count
        guard waiting > 0 else { return true }
        let outcome = outgoing.flush(to: stream, server.pool)
        switch outcome {
        case .bytes:
            machine.sending(stuck: 0, at: server.loop.now)
            return true
        case .blocked(let interest):
            machine.sending(stuck: outgoing.count, at: server.loop.now)
            want(interest)
            rest()
        case .ended, .failed:
            close()
        }
        return false
    }

    /// Between two turns a connection holds no memory it does not need.
    private func rest() {
        if input?.isEmpty == true { releaseInput() } else { input?.fold() }
        server.noteIdle(self)
    }
}

extension Response {
    /// The server outlived its handler.
    static let noHandler = Response(.outOfMemory)
}
