internal import Net
internal import Routes
package import Server
package import Wire

/// What never becomes a request of a route.
extension IntakeDesk {
    /// A body that grew too large is the route's own refusal, as if its length had been announced; all else has no route.
    package func turnedAway(_ reason: TurnedAway, _ request: RequestView?, from peer: Peer?) {
        if reason == .request(.bodyTooLarge), let request, let peer, let match = table.match(request.path) {
            switch match {
            case .route(let place): refuse(routes[place], "too-large", peer, keeping: request, hasBody: false)
            case .tokens(let place): refuse(routes[place], "too-large", peer)
            }
        } else {
            turnedAway.note(reason, from: peer, at: loop.now)
        }
    }
}
