/// A place outside the ledger that checkpoints are sent to.
package enum CheckpointTarget: Sendable, Equatable {
    /// Appended.
    case file(String)
    /// The socket of the system's log.
    case syslog(String)
    /// Signed as Standard Webhooks has it.
    case webhook(String)

    package static let systemLog = "/dev/log"

    /// `file:PATH`, `syslog`, `syslog:SOCKET`, `https://…`, `http://…`.
    package init?(text: String) {
        func rest(after prefix: String) -> String? {
            text.hasPrefix(prefix) && text.utf8.count > prefix.utf8.count
                ? String(text.dropFirst(prefix.utf8.count)) : nil
        }
        if let path = rest(after: "file:") {
            self = .file(path)
        } else if text == "syslog" {
            self = .syslog(Self.systemLog)
        } else if let path = rest(after: "syslog:") {
            self = .syslog(path)
        } else if rest(after: "https://") ?? rest(after: "http://") != nil {
            self = .webhook(text)
        } else {
            return nil
        }
    }

    /// For logs: of a URL no more than scheme and host, since its path may be a secret.
    package var label: String {
        switch self {
        case .file(let path): "file:\(path)"
        case .syslog(let path): path == Self.systemLog ? "syslog" : "syslog:\(path)"
        case .webhook(let url):
            String(
                url.split(separator: "/", maxSplits: 2)[..<2].joined(separator: "//").split(separator: "@").last ?? "")
        }
    }

    var isWebhook: Bool { if case .webhook = self { true } else { false } }
}
