/// How one send ended. The raw values are kept in the ledger: never renumber.
package enum Outcome: UInt8, Sendable, CaseIterable {
    /// A whole response with a 2xx status.
    case ok = 0
    /// A whole response with any other status.
    case http = 1
    case dns = 2
    case connect = 3
    case tls = 4
    /// Time was up before the request had been sent whole: the subscriber cannot have acted on it.
    case timeoutBeforeSend = 5
    case timeoutAfterSend = 6
    case reset = 7
    case `protocol` = 8
    case tooLarge = 9
    /// The address policy refused the dial; nothing was sent.
    case blocked = 10
    /// A send that may have happened before a crash.
    case unknown = 11

    package var text: String {
        switch self {
        case .ok: "ok"
        case .http: "http"
        case .dns: "dns"
        case .connect: "connect"
        case .tls: "tls"
        case .timeoutBeforeSend: "timeout-before-send"
        case .timeoutAfterSend: "timeout-after-send"
        case .reset: "reset"
        case .protocol: "protocol"
        case .tooLarge: "too-large"
        case .blocked: "blocked"
        case .unknown: "unknown"
        }
    }
}

/// One send of one delivery, as the ledger keeps it.
package struct Attempt: Sendable {
    /// 1 for the first send.
    package let number: Int32
    package let startedAt: WallTime
    package let took: TimeSpan
    package let outcome: Outcome
    /// 0 when no status line was read.
    package let status: Int32
    /// The address that was dialled; nil when none was.
    package let address: IPAddress?
    package let phases: Phases
    /// Status line, fields and the first bytes of the body (`Limits.keptResponseBytes`), as received.
    package let response: Bytes

    package init(
        number: Int32, startedAt: WallTime, took: TimeSpan, outcome: Outcome, status: Int32, address: IPAddress?,
        phases: Phases, response: Bytes
    ) {
        self.number = number
        self.startedAt = startedAt
        self.took = took
        self.outcome = outcome
        self.status = status
        self.address = address
        self.phases = phases
        self.response = response
    }

    /// Microseconds from the start until each phase was done; 0 when it was not needed (a kept connection) or not reached.
    package struct Phases: Sendable, Equatable {
        package var resolved: UInt32
        package var connected: UInt32
        package var secured: UInt32
        package var firstByte: UInt32

        package init(resolved: UInt32 = 0, connected: UInt32 = 0, secured: UInt32 = 0, firstByte: UInt32 = 0) {
            self.resolved = resolved
            self.connected = connected
            self.secured = secured
            self.firstByte = firstByte
        }
    }
}
