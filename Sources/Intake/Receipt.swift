internal import Domain
internal import Ledgers
internal import Net
internal import Server
internal import Telemetry
internal import Wire

/// The ledger's word on one request, on its way back to the loop that holds the connection.
struct Receipt: Sendable {
    let ticket: ReplyTicket
    let answers: RouteAnswers
    let event: Event
    let arrived: MonotonicTime
    let result: Result<AppendResult, LedgerError>

    /// 2xx for what is on disk, also when it was there before; 503 for what is not.
    var answer: Response {
        switch result {
        case .success: answers.acknowledgement
        case .failure: Answers.unavailable
        }
    }

    func count() {
        switch result {
        case .success(.accepted(_, conflictsWith: nil)): answers.accepted.add()
        case .success(.accepted): answers.conflict.add()
        case .success(.duplicate): answers.duplicate.add()
        case .failure: answers.unavailable.add()
        }
    }

    /// One line for each event.
    func report(to log: Log, took: TimeSpan) {
        log.write(level, name) { line in
            line.add("route", answers.name)
            switch result {
            case .success(.accepted(let id, let other)):
                line.add("id", id.text)
                if let other { line.add("conflicts_with", other.text) }
            case .success(.duplicate(let first)): line.add("id", first.text)
            case .failure(let error): line.add("reason", error.description)
            }
            if let id = event.providerID { line.add("provider_id", id.buffer) }
            if let type = event.type { line.add("type", type.buffer) }
            line.add("bytes", event.body.count)
            line.add("source", event.source.text)
            line.add("proven_by", event.provenBy)
            line.add("took", milliseconds: took)
        }
    }

    private var level: Log.Level { if case .failure = result { .error } else { .info } }

    private var name: StaticString {
        switch result {
        case .success(.accepted): "accepted"
        case .success(.duplicate): "duplicate"
        case .failure: "not accepted"
        }
    }
}
