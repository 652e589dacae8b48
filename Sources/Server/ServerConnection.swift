import Domain
import Net
import Wire

/// One accepted connection: the shell around `Wire.Connection` that does what the machine says.
final class ServerConnection: Watcher {
    enum Stage { case proxyHeader, handshake, http, closed }

    let server: HTTPServer
    let slot: Int
    let stream: ByteStream
    var peer: Peer
    /// Of the current request: what trusted proxies say may change from one to the next.
    var source: Peer
    /// What is to be read of the current request; nil while nothing is.
    var input: ByteQueue?
    var outgoing = Outgoing()
    var machine: Connection
    /// Answered inside `handle`, before it returned.
    var earlyReply: Response?
    var isInsideHandler = false
    /// What the request had grown to when it last grew by enough, and when that was.
    var growth = (bytes: 0, at: MonotonicTime(nanoseconds: 0))

    var stage: Stage
    private var token: Token?
    private var interest: Interest = .read
    private var timer: Timer?
    private var armedFor: MonotonicTime?
    private let handshakeDeadline: MonotonicTime

    init(_ stream: ByteStream, from address: IPAddress, slot: Int, server: HTTPServer) {
        self.server = server
        self.slot = slot
        self.stream = stream
        let settings = server.settings
        peer = Peer(address: address, connection: address, isTLS: settings.tls != nil)
        source = peer
        machine = Connection(times: settings.times, at: server.loop.now)
        handshakeDeadline = server.loop.now + settings.handshakeTime
        stage = settings.proxyProtocol ? .proxyHeader : settings.tls != nil ? .handshake : .http
    }

    func start() throws {
        if stage == .handshake, let context = server.settings.tls { try stream.begin(context) }
        token = try server.loop.watch(stream.fd, for: .read, by: self)
        // Weak: a timer that was taken out as due may ring after its connection was closed in the same turn.
        timer = Timer { [weak self] in self?.timePassed() }
        armTimer()
    }

    var isClosed: Bool { stage == .closed }

    /// May be closed without anybody missing an answer.
    var isIdle: Bool { stage == .http ? machine.isIdle && outgoing.count == 0 : true }

    // MARK: Events

    func ready(_ readiness: Readiness, token: Token) {
        switch stage {
        case .proxyHeader: readProxyHeader()
        case .handshake: shakeHands()
        case .http: readyForHTTP(readiness)
        case .closed: return
        }
        armTimer()
    }

    private func readyForHTTP(_ readiness: Readiness) {
        // A reset shows as readable too; without interest in reading only this flag tells.
        if readiness.contains(.failed), !interest.contains(.read) || machine.awaitsAnswer { return close() }
        if outgoing.count > 0 {
            guard flush() else { return }
            pump(mayRead: false)
        } else if machine.awaitsAnswer {
            // What comes meanwhile waits in the kernel.
            want([])
        } else {
            pump(mayRead: true)
        }
    }

    private func timePassed() {
        armedFor = nil
        let now = server.loop.now
        switch stage {
        case .closed: return
        case .proxyHeader, .handshake:
            if handshakeDeadline <= now { return failToOpen() }
        case .http:
            if machine.timePassed(at: now) {
                // With bytes stuck there is only one thing left to do.
                if outgoing.count > 0 { return close() }
                pump(mayRead: false)
            }
        }
        armTimer()
    }

    /// One timer for all deadlines, moved only when the next one is nearer than what it is armed for.
    func armTimer() {
        guard let timer, stage != .closed else { return }
        guard let deadline = stage == .http ? machine.deadline : handshakeDeadline else { return }
        if let armedFor, armedFor <= deadline { return }
        armedFor = deadline
        server.loop.arm(timer, at: deadline)
    }

    func want(_ wanted: Interest) {
        guard wanted != interest, let token else { return }
        interest = wanted
        server.loop.change(token, to: wanted)
    }

    /// The answer that the handler had put off.
    func reply(_ response: Response) {
        if isInsideHandler {
            earlyReply = response
        } else if machine.awaitsAnswer {
            answer(response)
            pump(mayRead: false)
            armTimer()
        }
    }

    func drain() {
        machine.isDraining = true
        // A request may already lie in the socket: better answered than reset.
        if stage == .http, outgoing.count == 0, !machine.awaitsAnswer, !isInsideHandler { pump(mayRead: true) }
        if isIdle { close() } else { armTimer() }
    }

    /// Its memory goes to others that do send.
    ///
    /// - Returns: false when there is no request that waits for more of itself.
    func giveUpRequest() -> Bool {
        guard stage == .http, machine.isReceiving else { return false }
        machine.refuse(.outOfMemory, at: server.loop.now)
        pump(mayRead: false)
        armTimer()
        return true
    }

    func close() {
        guard stage != .closed else { return }
        stage = .closed
        if let token { server.loop.unwatch(token) }
        if let timer { server.loop.disarm(timer) }
        (token, timer) = (nil, nil)
        outgoing.release(to: server.pool)
        // A handler that closes its own connection still reads the request; the memory goes when it returns.
        if !isInsideHandler { releaseInput() }
        stream.close()
        server.closed(self)
    }

    func releaseInput() {
        if let input {
            if input.capacity > ByteQueue.standardCapacity { server.noteRelease(by: self) }
            server.pool.giveBack(input, isCounted: true)
        }
        input = nil
    }
}
