package import Domain
package import Wire

/// Who answers a server's requests. Lives on the loop of its server: every call comes on that thread.
package protocol RequestHandler: AnyObject {
    /// Judges a request by its head, before any byte of its body is asked for.
    func admit(_ request: RequestView, from peer: Peer) -> Admission

    /// Takes a whole request; the view is valid during the call only. After `.later` the ticket is answered with
    /// `HTTPServer.reply`, exactly once, however long it takes.
    func handle(_ request: RequestView, from peer: Peer, ticket: ReplyTicket) -> Handling

    /// Hears of what came to nothing without `handle`, to count it and say so; it is answered already.
    ///
    /// - Parameters:
    ///   - request: its head, when that was whole; the view is valid during the call only.
    ///   - peer: nil where nobody is known.
    func turnedAway(_ reason: TurnedAway, _ request: RequestView?, from peer: Peer?)
}

extension RequestHandler {
    package func turnedAway(_ reason: TurnedAway, _ request: RequestView?, from peer: Peer?) {}
}

package enum Admission {
    /// Read the body, if it is no longer than this many bytes; else the server answers 413.
    case body(limit: Int)
    case reply(Response)
}

package enum Handling {
    case reply(Response)
    case later
}

/// Names one request that waits for its answer. Answering a stale one (its connection is gone, it was answered) does
/// nothing.
package struct ReplyTicket: Sendable, Hashable {
    let slot: UInt32
    let generation: UInt32
}

/// Where a request comes from.
package struct Peer: Sendable, Equatable {
    /// The true source as far as trusted proxies tell it, else `connection`.
    package let address: IPAddress
    /// The other end of the TCP connection.
    package let connection: IPAddress
    package let isTLS: Bool

    package init(address: IPAddress, connection: IPAddress, isTLS: Bool) {
        (self.address, self.connection, self.isTLS) = (address, connection, isTLS)
    }
}
