package import Crypto
internal import Domain
internal import Ledgers
internal import Net
package import Server
package import Telemetry
package import Wire

/// Answers the admin listener. Lives on its loop's thread, and so does its reader of the ledger: no query of an operator
/// stands in the way of an event.
package final class AdminHandler: RequestHandler {
    private let desk: AdminDesk
    private let access: Access
    private let log: Log
    private let later: @Sendable (ReplyTicket, Response) -> Void
    private var refusals = RefusalCount()
    /// When the use of a token was last put into the ledger.
    private var uses: [TokenID: MonotonicTime] = [:]

    /// - Parameters:
    ///   - token: of the settings; nil leaves health and metrics, and the API to those who have a token of the ledger.
    ///   - later: has a request answered that waited for the ledger, from any thread.
    ///   - names: under which the listener is asked besides addresses and local names.
    package init(
        desk: AdminDesk, token: Secret?, names: [String] = [], log: Log,
        later: @escaping @Sendable (ReplyTicket, Response) -> Void
    ) {
        self.later = later
        self.desk = desk
        access = Access(token: token.flatMap { $0.isEmpty ? nil : $0 }, names: names.map { $0.lowercased() })
        self.log = log
    }

    package func admit(_ request: RequestView, from peer: Peer) -> Admission { .body(limit: Limits.adminBodyBytes) }

    package func handle(_ request: RequestView, from peer: Peer, ticket: ReplyTicket) -> Handling {
        switch answer(request, from: peer) {
        case .now(let response): return .reply(response)
        case .afterwards(let operation, let answer):
            let path = String(decoding: request.path, as: UTF8.self)
            desk.state.operate(operation) { [later] result in
                do throws(Problem) {
                    switch result {
                    case .success(let result): later(ticket, try answer(result))
                    case .failure(let error): throw Problem(.serviceUnavailable, "\(error)")
                    }
                } catch {
                    later(ticket, error.response(at: path))
                }
            }
            return .later
        }
    }

    func answer(_ request: RequestView, from peer: Peer) -> Answer {
        let now = desk.clock.monotonic()
        for (who, count) in refusals.takeUnwritten(at: now) {
            let token = RefusalCount.token(of: who)
            record(token ?? who, count, by: token, "more of the same")
        }
        let verdict = access.judge(request, at: desk.clock.wall(), desk.token)
        do throws(Problem) {
            var asked = try APIRequest(request, isTrusted: verdict.holder != nil)
            if let holder = verdict.holder { asked.holder = holder }
            let answer = AdminAPI.answer(asked, as: verdict, hasToken: access.token != nil, at: desk)
            if case .now(let response) = answer, let reason = verdict.reason(of: response.status) {
                return .now(try refused(verdict, reason, request, peer, at: now) ?? response)
            }
            noteUse(of: verdict.holder, at: now)
            return answer
        } catch {
            return .now(error.response(at: String(decoding: request.path, as: UTF8.self)))
        }
    }

    // MARK: Who was not let in

    /// - Returns: nil when the answer stands.
    /// - Throws: when they must wait.
    private func refused(
        _ verdict: Access.Verdict, _ reason: StaticString, _ request: RequestView, _ peer: Peer, at now: MonotonicTime
    ) throws(Problem) -> Response? {
        log.write(.warning, "admin refused") { line in
            line.add("reason", "\(reason)")
            line.add("path", request.path)
            line.add("source", peer.address.text)
            if let name = verdict.name { line.add("token", name) }
        }
        let who = verdict.holder.map { RefusalCount.key(of: $0) } ?? RefusalCount.key(of: peer.address)
        let decision = refusals.note(who, at: now)
        if let count = decision.record { record(peer.address.text, count, by: verdict.name, "\(reason)") }
        guard let wait = decision.wait, verdict.isGuess else { return nil }
        let seconds = String(wait.microseconds / 1_000_000 + 1)
        throw Problem(
            .tooManyRequests, "too many wrong tokens from this address; the right one is taken at any time",
            fields: [(name: "Retry-After", value: seconds)])
    }

    /// - Parameter token: whose they were, by name; nil of a stranger's.
    private func record(_ who: String, _ count: Int64, by token: String?, _ reason: String) {
        let operation = Operation(
            .access(.refused(who: who, count: count)), actor: token ?? Holder.strangerName, reason: reason)
        desk.state.operate(operation) { _ in }
    }

    // MARK: Who was

    private func noteUse(of holder: Holder?, at now: MonotonicTime) {
        guard let token = holder?.token else { return }
        if let last = uses[token], now - last < RefusalCount.window { return }
        uses[token] = now
        desk.state.operate(Operation(.access(.used(token)), actor: "headgate", reason: "")) { _ in }
    }
}

extension Access.Verdict {
    /// Why an answer of this status is a refusal that counts: nil for whoever merely has no token, and for a right one's
    /// mistakes.
    fileprivate func reason(of status: Status) -> StaticString? {
        switch (self, status) {
        case (.wrongToken, .unauthorized), (.wrongToken, .forbidden): "wrong-token"
        case (.endedToken, .unauthorized): "ended-token"
        case (.foreignHost, _): "foreign-host"
        case (.holder, .forbidden): "not-permitted"
        default: nil
        }
    }

    fileprivate var isGuess: Bool {
        switch self {
        case .wrongToken, .endedToken: true
        case .holder, .stranger, .foreignHost, .undecided: false
        }
    }

    fileprivate var name: String? {
        switch self {
        case .holder(let holder): holder.name
        case .endedToken(let name, _): name
        case .stranger, .wrongToken, .foreignHost, .undecided: nil
        }
    }
}
