import Config
import Domain
import Glibc
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
            "cannot listen on \(address.text): \(error); \(Self.cure(for: error, of: address))"
        }
    }

    private static func cure(for error: any Error, of address: SocketAddress) -> String {
        switch (error as? SystemError)?.code {
        case EACCES where address.port < 1024: "ports below 1024 need CAP_NET_BIND_SERVICE; or name a higher port"
        case EADDRNOTAVAIL: "no interface of this machine has it; name one of this machine's, or 0.0.0.0"
        default: "stop what uses it, or name another address"
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
}
