package import Crypto
package import Domain
package import Net
package import Wire

/// An HTTP/1.1 server on one event loop: accepts on any number of addresses, speaks TLS and the PROXY protocol where
/// that is set, and asks its handler. Made, used and stopped on the thread of its loop.
package final class HTTPServer {
    package let loop: EventLoop
    package private(set) var settings: ServerSettings
    package internal(set) var counters = ServerCounters()
    /// Not kept alive; while there is none, requests get 503.
    package weak var handler: (any RequestHandler)?

    let pool: QueuePool
    let proxies: TrustedProxies
    private let clock: any Clock
    private var listeners: [Listener] = []
    private var slots: [Slot] = []
    private var freeSlots: [Int] = []
    private var idle = SlotList()
    /// Those whose requests have memory of `settings.memory`, in the order in which they last grew by enough.
    private var growing = SlotList()
    private var restTimer: Timer?
    private var isResting = false
    private var whenDrained: (() -> Void)?
    private var isDraining = false
    private var cachedDate: HTTPDate
    private var dateExpires: MonotonicTime

    private struct Slot {
        var connection: ServerConnection?
        var generation: UInt32 = 0
    }

    package init(
        on loop: EventLoop, settings: ServerSettings = ServerSettings(), handler: (any RequestHandler)? = nil,
        clock: any Clock = SystemClock()
    ) {
        self.loop = loop
        self.settings = settings
        self.handler = handler
        self.clock = clock
        pool = QueuePool(settings.memory)
        proxies = TrustedProxies(ranges: settings.trustedProxies)
        cachedDate = HTTPDate(clock.wall())
        dateExpires = loop.now
    }

    /// - Returns: where it listens: the port that the kernel chose for port 0.
    @discardableResult
    package func listen(on address: SocketAddress) throws(SystemError) -> SocketAddress {
        let socket = try Socket.listen(on: address)
        let bound = try Socket.localAddress(of: socket.raw)
        try listen(on: socket)
        return bound
    }

    /// Takes a listening socket over: one that was bound before this loop's thread began, so that an address in use stops
    /// the start.
    package func listen(on socket: consuming FileDescriptor) throws(SystemError) {
        listeners.append(try Listener(socket, server: self))
    }

    /// Connections to come use this certificate; open ones keep theirs. Plain HTTP cannot become TLS, nor TLS plain.
    package func use(_ tls: TLSContext) {
        precondition(settings.tls != nil, "this server speaks plain HTTP")
        settings.tls = tls
    }

    /// Answers a request that was put off with `.later`. Nothing happens when nobody waits for it any more.
    package func reply(_ ticket: ReplyTicket, _ response: Response) {
        let slot = Int(ticket.slot)
        guard slots.indices.contains(slot), slots[slot].generation == ticket.generation,
            let connection = slots[slot].connection
        else { return }
        slots[slot].generation &+= 1
        connection.reply(response)
    }

    /// Stops accepting, closes what is idle, lets requests in progress finish; each answer is the last of its connection.
    ///
    /// - Parameter done: called once, when no connection is left; at once when there is none.
    package func drain(_ done: @escaping () -> Void) {
        whenDrained = done
        isDraining = true
        stopListening()
        for connection in slots.compactMap(\.connection) { connection.drain() }
        reportDrained()
    }

    /// Closes everything at once. Until it is stopped or drained, a listening server stays alive through its loop.
    package func stop() {
        stopListening()
        for connection in slots.compactMap(\.connection) { connection.close() }
    }

    // MARK: Accepting

    func accepted(_ socket: consuming FileDescriptor, from address: IPAddress) {
        let stream = ByteStream(socket)
        counters.accepted += 1
        if counters.open >= settings.connections, !displaceOldestIdle() {
            counters.turnedAway += 1
            let peer = Peer(address: address, connection: address, isTLS: settings.tls != nil)
            handler?.turnedAway(.tooManyConnections, nil, from: peer)
            return
        }
        let slot = freeSlots.popLast() ?? slots.count
        if slot == slots.count { slots.append(Slot()) }
        let connection = ServerConnection(stream, from: address, slot: slot, server: self)
        slots[slot].connection = connection
        counters.open += 1
        idle.append(slot)
        do {
            try connection.start()
        } catch {
            connection.failToOpen()
        }
    }

    /// - Returns: whether accepting may be tried again at once. Otherwise it rests until a connection closes or a while has
    ///   passed: a listener that cannot be served would wake a level-triggered loop without end.
    func madeRoomAfterExhaustion() -> Bool {
        if displaceOldestIdle() { return true }
        counters.acceptRests += 1
        handler?.turnedAway(.noDescriptors, nil, from: nil)
        isResting = true
        for listener in listeners { listener.rest() }
        let timer = restTimer ?? Timer { [weak self] in self?.resumeAccepting() }
        restTimer = timer
        loop.arm(timer, at: loop.now + settings.acceptRest)
        return false
    }

    private func resumeAccepting() {
        guard isResting else { return }
        isResting = false
        if let restTimer { loop.disarm(restTimer) }
        for listener in listeners { listener.resume() }
    }

    /// Closes the connection that has been idle longest, unless its next request already lies in the socket.
    private func displaceOldestIdle() -> Bool {
        for _ in 0..<Self.displacementTries {
            guard let slot = idle.oldest, let connection = slots[slot].connection else { return false }
            if connection.stream.hasWaiting {
                idle.append(slot)
            } else {
                counters.displaced += 1
                connection.close()
                return true
            }
        }
        return false
    }

    private static let displacementTries = 8

    private func stopListening() {
        for listener in listeners { listener.close() }
        listeners = []
        isResting = false
        if let restTimer { loop.disarm(restTimer) }
    }

    // MARK: For connections

    func issueTicket(for connection: ServerConnection) -> ReplyTicket {
        counters.requests += 1
        slots[connection.slot].generation &+= 1
        return ReplyTicket(slot: UInt32(connection.slot), generation: slots[connection.slot].generation)
    }

    func noteIdle(_ connection: ServerConnection) {
        if connection.isIdle { idle.append(connection.slot) } else { idle.remove(connection.slot) }
    }

    func closed(_ connection: ServerConnection) {
        let slot = connection.slot
        idle.remove(slot)
        growing.remove(slot)
        slots[slot].connection = nil
        slots[slot].generation &+= 1
        freeSlots.append(slot)
        counters.open -= 1
        resumeAccepting()
        reportDrained()
    }

    /// Its request has memory that others could use, and has grown to so many bytes.
    func noteGrowth(of connection: ServerConnection, to bytes: Int) {
        // Fewer than before: it is another request.
        let isSmall = 0..<Limits.stalledRequestBytes ~= bytes - connection.growth.bytes
        if growing.contains(connection.slot), isSmall { return }
        connection.growth = (bytes, loop.now)
        growing.append(connection.slot)
    }

    func noteRelease(by connection: ServerConnection) { growing.remove(connection.slot) }

    /// Refuses the request that has grown least lately, if it stands still, and so gives its memory back.
    ///
    /// - Returns: whether there was one.
    func displaceStalledRequest(for connection: ServerConnection) -> Bool {
        while let slot = growing.oldest, slot != connection.slot, let stalled = slots[slot].connection,
            stalled.growth.at + Limits.stalledRequestTime <= loop.now
        {
            growing.remove(slot)
            if stalled.giveUpRequest() { return true }
        }
        return false
    }

    private func reportDrained() {
        guard isDraining, counters.open == 0, let done = whenDrained else { return }
        whenDrained = nil
        done()
    }

    /// The second that the loop woke up in.
    var date: HTTPDate {
        if loop.now >= dateExpires {
            let wall = clock.wall()
            cachedDate = HTTPDate(wall)
            let untilNext = 1_000_000 - (wall.microseconds - wall.seconds * 1_000_000)
            dateExpires = loop.now + TimeSpan(microseconds: untilNext)
        }
        return cachedDate
    }
}
