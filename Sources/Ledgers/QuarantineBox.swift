internal import Domain
internal import Synchronization

/// Refused requests on their way to the ledger's thread. Small, and fair: what does not fit is dropped, whoever floods
/// drops his own first. Nobody waits for it.
final class QuarantineBox: Sendable {
    private struct State: Sendable {
        var waiting: [RefusedRequest] = []
        var bytes = 0
        var ofRoute: [RouteID: Int] = [:]
        var ofSource: [Place: Int] = [:]
        var isRung = false

        func hasRoom(for route: RouteID, _ source: IPAddress, weight: Int) -> Bool {
            waiting.count < Limits.quarantineWaiting && bytes + weight <= Limits.quarantineWaitingBytes
                && ofRoute[route, default: 0] < Limits.quarantineWaitingOfRoute
                && ofSource[Place(route, source), default: 0] < Limits.quarantineWaitingOfSource
        }
    }

    private struct Place: Hashable, Sendable {
        let route: RouteID
        let origin: RefusedRequest.Origin

        init(_ route: RouteID, _ source: IPAddress) {
            self.route = route
            origin = RefusedRequest.Origin(source: source, hasBody: true)
        }
    }

    let caps: QuarantineCaps
    private let state = Mutex(State())

    init(_ caps: QuarantineCaps) { self.caps = caps }

    /// Whether a request would be taken: asked before it is copied.
    func hasRoom(for route: RouteID, from source: IPAddress, weight: Int) -> Bool {
        caps.requests > 0 && state.withLock { $0.hasRoom(for: route, source, weight: weight) }
    }

    enum Entry {
        case dropped
        case taken
        /// It is the first since `takeAll`: the ledger's thread must be told.
        case first
    }

    func put(_ request: RefusedRequest) -> Entry {
        state.withLock { state in
            guard state.hasRoom(for: request.route, request.source, weight: request.weight) else { return .dropped }
            state.waiting.append(request)
            state.bytes += request.weight
            state.ofRoute[request.route, default: 0] += 1
            state.ofSource[Place(request.route, request.source), default: 0] += 1
            let isFirst = !state.isRung
            state.isRung = true
            return isFirst ? .first : .taken
        }
    }

    func takeAll() -> [RefusedRequest] {
        state.withLock { state in
            let waiting = state.waiting
            state = State()
            return waiting
        }
    }
}
