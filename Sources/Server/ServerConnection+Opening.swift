import Domain
import Net
import Wire

/// What comes before HTTP: who the balancer speaks for, and TLS.
extension ServerConnection {
    /// Takes from the socket exactly what belongs to the header, because what follows may be for TLS to read.
    func readProxyHeader() {
        let queue = input ?? server.pool.take()
        input = queue
        let before = queue.count
        let space = server.pool.space(in: queue, room: ByteQueue.standardCapacity)
        let seen: Int
        switch stream.peek(into: space) {
        case .blocked: return
        case .ended where queue.isEmpty: return close()  // a balancer that looks whether we are there
        case .ended, .failed: return failToOpen()
        case .bytes(let count): seen = count
        }
        queue.didFill(seen)
        let header: ProxyHeader?
        do {
            header = try ProxyHeader.parse(queue.bytes) { text, isV6 in
                IPAddress(text: String(decoding: text, as: UTF8.self)).flatMap {
                    isV6 == text.contains(0x3a) ? $0 : nil
                }
            }
        } catch {
            return failToOpen()
        }
        // An unfinished header owns all that was seen.
        queue.truncate(to: before)
        let own = header.map { $0.length - before } ?? seen
        guard case .bytes(own) = stream.read(into: UnsafeMutableRawBufferPointer(rebasing: queue.space()[..<own]))
        else {
            return failToOpen()
        }
        queue.didFill(own)
        if let header { opened(by: header) }
    }

    private func opened(by header: ProxyHeader) {
        releaseInput()
        if let source = header.source, server.proxies.trusts(peer.connection) {
            peer = Peer(address: source, connection: peer.connection, isTLS: peer.isTLS)
        }
        guard peer.isTLS, let context = server.settings.tls else { return beginHTTP() }
        stage = .handshake
        do { try stream.begin(context) } catch { return failToOpen() }
    }

    func shakeHands() {
        switch stream.handshake() {
        case .bytes: beginHTTP()
        case .blocked(let interest): want(interest)
        case .ended where !stream.hasHeard: close()
        case .ended, .failed: failToOpen()
        }
    }

    private func beginHTTP() {
        stage = .http
        machine = Connection(times: server.settings.times, at: server.loop.now)
        want(.read)
        // TLS may hold bytes that came with the end of the handshake.
        pump(mayRead: false)
    }

    func failToOpen() {
        server.counters.handshakesFailed += 1
        let reason: TurnedAway =
            switch stage {
            case .proxyHeader: .proxyHeader
            case .handshake: .tlsHandshake
            case .http, .closed: .noDescriptors
            }
        server.handler?.turnedAway(reason, nil, from: peer)
        close()
    }
}
