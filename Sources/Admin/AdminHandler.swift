package import Crypto
internal import Domain
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

    /// - Parameters:
    ///   - token: nil closes everything but health and metrics.
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
        let verdict = access.judge(request)
        if verdict == .wrongToken || verdict == .foreignHost {
            log.write(.warning, "admin refused") { line in
                line.add("reason", verdict == .wrongToken ? "wrong-token" : "foreign-host")
                line.add("path", request.path)
                line.add("source", peer.address.text)
            }
        }
        do throws(Problem) {
            let asked = try APIRequest(request, isTrusted: verdict == .operate)
            return AdminAPI.answer(asked, as: verdict, hasToken: access.token != nil, at: desk)
        } catch {
            return .now(error.response(at: String(decoding: request.path, as: UTF8.self)))
        }
    }
}
