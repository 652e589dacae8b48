import Config
import Domain
import Ledgers
import Net
import Routes
import Telemetry

/// Why the gateway does not start, in words for the operator.
enum StartFailure: Error, CustomStringConvertible {
    case routes(Diagnostics)
    case listen(SocketAddress, any Error)
    case ledgerKey(LedgerKeyProblem)

    var description: String {
        switch self {
        case .routes(let diagnostics): diagnostics.all.map(\.line).joined(separator: "\n")
        case .ledgerKey(let problem): problem.description
        case .listen(let address, let error):
            "cannot listen on \(address.text): \(error); stop what uses it, or name another address"
        }
    }
}

extension Diagnostics {
    func report(to log: Log) {
        for diagnostic in all {
            log.write(diagnostic.severity == .error ? .error : .warning, "configuration") { line in
                line.add("file", diagnostic.file)
                line.add("path", diagnostic.path)
                line.add("problem", diagnostic.problem)
                line.add("cure", diagnostic.cure)
            }
        }
    }
}

extension Log {
    convenience init(_ settings: Settings, clock: some Clock) {
        let level: Level =
            switch settings.logLevel {
            case .debug: .debug
            case .info: .info
            case .warning: .warning
            case .error: .error
            }
        self.init(level: level, format: settings.logFormat == .json ? .json : .text, clock: clock)
    }

    func report(recovered: Int) {
        guard recovered > 0 else { return }
        write(.warning, "recovered") { $0.add("sends_of_unknown_outcome", recovered) }
    }
}
