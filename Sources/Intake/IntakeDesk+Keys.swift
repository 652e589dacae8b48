internal import Domain
internal import Keys
internal import Net
internal import Routes
internal import Server
internal import Signatures
internal import Wire

/// Requests that wait for the key of their provider.
extension IntakeDesk {
    func park(
        _ request: RequestView, until key: KeyRequest, on route: IntakeRoute, from peer: Peer, _ ticket: ReplyTicket,
        arrived: WallTime
    ) -> Handling {
        guard waiting.hasRoom(for: request) else { return .reply(keyMissing(route, peer)) }
        waiting.enter(
            ParkedRequest(
                request, on: route, from: peer, ticket, arrived: arrived, deadline: loop.now + Limits.keyWait))
        keys.want(key)
        armWaiting()
        return .later
    }

    /// Everything is looked at again: what still lacks its key goes on waiting until its own deadline.
    func learn(_ snapshot: KeySnapshot) {
        known = snapshot
        var replies: [(ReplyTicket, Response)] = []
        for parked in waiting.takeAll() {
            switch prove(parked.view, on: parked.route, from: parked.peer, parked.ticket, arrived: parked.arrived) {
            case .judged(.reply(let response)): replies.append((parked.ticket, response))
            case .judged(.later): break
            case .needs(let key):
                waiting.enter(parked)
                keys.want(key)
            }
        }
        // Afterwards: an answer lets the next request of its connection in, which may wait too, behind these.
        for (ticket, response) in replies { server?.reply(ticket, response) }
        armWaiting()
    }

    private func armWaiting() {
        guard let deadline = waiting.deadline else { return loop.disarm(waitingTimer) }
        loop.arm(waitingTimer, at: deadline)
    }

    func giveUpWaiting() {
        for parked in waiting.takeOverdue(at: loop.now) {
            server?.reply(parked.ticket, keyMissing(parked.route, parked.peer))
        }
        armWaiting()
    }

    private func keyMissing(_ route: IntakeRoute, _ peer: Peer) -> Response {
        refuse(route, Verification.Refusal.keyUnavailable.rawValue, peer)
        return Answers.unavailable
    }

    // MARK: Confirmations

    /// Opens what a provider asks to be opened before it sends events, where the route says so: only then its request is
    /// answered, so that the provider asks again when it failed.
    func confirm(_ answer: Handshake.Answer, of route: IntakeRoute, _ ticket: ReplyTicket) -> Handling? {
        guard route.config.confirms, answer.isAddress, let shown = answer.shown else { return nil }
        keys.confirm(
            Confirmation(
                url: String(decoding: shown, as: UTF8.self), route: route.config.name, settings: route.config.keys
            ) { [confirmed, response = Response(answer)] isDone in
                confirmed.post((ticket, isDone ? response : Answers.unavailable))
            })
        return .later
    }
}
