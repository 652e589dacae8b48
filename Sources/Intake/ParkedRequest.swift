internal import Domain
internal import Server
internal import Wire

/// A request that waits for the key it is to be verified with. It owns its bytes: the connection's are gone by then.
struct ParkedRequest {
    private let head: RequestHead
    private let bytes: Bytes
    private let body: Bytes
    let route: IntakeRoute
    let peer: Peer
    let ticket: ReplyTicket
    /// When it came, which is what its own timestamp is compared with: that the key was slow is not its fault.
    let arrived: WallTime
    let deadline: MonotonicTime

    init(
        _ request: RequestView, on route: IntakeRoute, from peer: Peer, _ ticket: ReplyTicket, arrived: WallTime,
        deadline: MonotonicTime
    ) {
        head = request.head
        bytes = Bytes(copying: UnsafeRawBufferPointer(rebasing: request.bytes.prefix(request.head.length)))
        body = Bytes(copying: request.body)
        self.route = route
        self.peer = peer
        self.ticket = ticket
        self.arrived = arrived
        self.deadline = deadline
    }

    /// The view is valid while this request lives.
    var view: RequestView { RequestView(head: head, bytes: bytes.buffer, body: body.buffer) }

    var weight: Int { bytes.count + body.count }
}

/// Requests that wait for keys, in the order they came, bounded in number and bytes.
struct WaitingRoom {
    private var parked: [ParkedRequest] = []
    private var weight = 0

    /// All have the same time to wait, so the first is the first to go.
    var deadline: MonotonicTime? { parked.first?.deadline }

    func hasRoom(for request: RequestView) -> Bool {
        parked.count < Limits.keyWaiters
            && weight + request.head.length + request.body.count <= Limits.keyWaiterBytes
    }

    mutating func enter(_ request: ParkedRequest) {
        parked.append(request)
        weight += request.weight
    }

    mutating func takeAll() -> [ParkedRequest] {
        let all = parked
        (parked, weight) = ([], 0)
        return all
    }

    mutating func takeOverdue(at now: MonotonicTime) -> [ParkedRequest] {
        let overdue = parked.prefix { $0.deadline <= now }
        parked.removeFirst(overdue.count)
        weight -= overdue.reduce(0) { $0 + $1.weight }
        return Array(overdue)
    }
}
