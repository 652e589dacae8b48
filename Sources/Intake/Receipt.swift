internal import Domain
internal import Ledgers
internal import Net
internal import Server
internal import Telemetry
internal import Wire

/// The ledger's word on one request, on its way back to the loop that holds the connection.
struct Receipt: Sendable {
    let ticket: ReplyTicket
    let arrived: MonotonicTime
    let result: Result<AppendResult, LedgerError>
    private let answers: RouteAnswers
    // Of the event, whose body must not wait for that loop.
    private let providerID: Bytes?
    private let type: Bytes?
    private let bodyBytes: Int
    private let source: IPAddress
    private let provenBy: String

    init(
        _ result: Result<AppendResult, LedgerError>, of event: Event, arrived: MonotonicTime, for ticket: ReplyTicket,
        answers: RouteAnswers
    ) {
        (self.result, self.arrived, self.ticket, self.answers) = (result, arrived, ticket, answers)
        (providerID, type, bodyBytes) = (event.providerID, event.type, event.body.count)
        (source, provenBy) = (event.source, event.provenBy)
    }

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
            if let providerID { line.add("provider_id", providerID.buffer) }
            if let type { line.add("type", type.buffer) }
            line.add("bytes", bodyBytes)
            line.add("source", source.text)
            line.add("proven_by", provenBy)
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
