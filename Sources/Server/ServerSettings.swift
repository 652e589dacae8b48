package import Crypto
package import Domain
package import Wire

package struct ServerSettings: Sendable {
    package var times = ConnectionTimes()
    /// For a PROXY header and a TLS handshake together.
    package var handshakeTime = Limits.handshakeTime
    /// Open at one time on this server's loop.
    package var connections = Limits.connections
    /// Shared by all servers that are given the same one.
    package var memory = ReceiveMemory(most: Limits.receiveBytes)
    /// How long accepting rests when the process or the system has no descriptor left and no idle connection to close.
    package var acceptRest = TimeSpan.milliseconds(200)
    /// Nil: plain HTTP. Replace it on the server to use another certificate for connections to come.
    package var tls: TLSContext?
    /// Every connection begins with a PROXY header; it is believed only from `trustedProxies`.
    package var proxyProtocol = false
    /// Whose X-Forwarded-For and PROXY headers name the true source.
    package var trustedProxies: [IPRange] = []

    package init() {}
}

/// What a server did so far; plain integers of its loop's thread.
package struct ServerCounters: Sendable {
    package internal(set) var open = 0
    package internal(set) var accepted = 0
    package internal(set) var requests = 0
    /// Closed right after accepting: as many were open as may be, and none of them idle.
    package internal(set) var turnedAway = 0
    /// Idle ones closed to make room.
    package internal(set) var displaced = 0
    package internal(set) var handshakesFailed = 0
    /// Times that accepting had to rest for want of descriptors.
    package internal(set) var acceptRests = 0
    private var refusals = [Int](repeating: 0, count: Refusal.allCases.count)

    package func refused(_ refusal: Refusal) -> Int { refusals[refusal.rawValue] }

    package func refused(_ status: Status) -> Int {
        Refusal.allCases.reduce(0) { $0 + ($1.status == status ? refused($1) : 0) }
    }

    mutating func count(_ refusal: Refusal) { refusals[refusal.rawValue] += 1 }
}
