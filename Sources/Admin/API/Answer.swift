internal import Domain
internal import Ledgers
internal import Wire

/// What an endpoint makes of a request.
enum Answer: Sendable {
    case now(Response)
    /// The ledger's thread does this first; then the answer is known.
    case afterwards(Operation, @Sendable (OperationResult) throws(Problem) -> Response)
}

extension OperationResult.Refusal {
    var problem: Problem {
        switch self {
        case .noSuchSubscriber: .notFound("the ledger has no such subscriber")
        case .noSuchDelivery: .notFound("the ledger has no such delivery")
        case .notDead(.pending):
            Problem(
                .conflict,
                "it is pending, or held; only a dead delivery is retried or discarded, and cancel gives up this one")
        case .notDead(let state):
            Problem(.conflict, "it is \(state.text); only a dead delivery is retried or discarded")
        case .notPending(let state):
            Problem(.conflict, "it is \(state.text); only a pending delivery is sent or cancelled")
        case .beingSent: Problem(.conflict, "it is being sent, or next in memory; pause its subscriber to hold it")
        case .pendingAlready(let other):
            Problem(.conflict, "the same event is pending for this subscriber as \(other.text)")
        case .noSuchJob: .notFound("the ledger has no such job")
        case .jobEnded: Problem(.conflict, "the job has ended")
        case .access(.nameTaken): Problem(.conflict, "a token has or had this name; names stand in the record for ever")
        case .access(.noSuchToken): .notFound("there is no token of this name")
        case .access(.tooMany):
            Problem(.conflict, "\(Limits.tokens) tokens were granted already, as many as the ledger keeps")
        case .access(.revokedAlready): Problem(.conflict, "it is revoked already")
        case .noSuchEvent: .notFound("the ledger has no such event")
        case .redactionWouldLose(let delivery):
            Problem(
                .conflict, "\(delivery.text) is not sent yet and would be lost; wait for it, or cancel it first")
        case .noBody(let event):
            Problem(.conflict, "the body of \(event.text) was removed; there is nothing left to send or to remove")
        case .registry(let refusal): refusal.problem
        case .route(let refusal): refusal.problem
        }
    }
}

extension Answer {
    /// - Parameters:
    ///   - reason: kept in the ledger for ever, beside `request`'s actor.
    ///   - write: the answer when it is done; the number is how much was changed.
    static func ordered(
        _ deed: Operation.Deed, by request: APIRequest, reason: String,
        _ write: @escaping @Sendable (inout JSONWriter, Int) -> Void
    ) -> Answer {
        let operation = Operation(deed, actor: request.actor, reason: reason)
        return .afterwards(operation) { result throws(Problem) in
            switch result {
            case .done(let changed, _): return Response(json: .ok) { json in json.object { write(&$0, changed) } }
            case .started(let job):
                return Response(json: .accepted) { json in json.object { $0.member("id", job.text) } }
            case .released: throw Problem(.internalServerError, "the ledger answered another question")
            case .refused(let refusal): throw refusal.problem
            }
        }
    }
}
