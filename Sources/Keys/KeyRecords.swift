internal import Domain
internal import Signatures
internal import Telemetry

/// Lines of the log and figures about fetches. Issuers in labels are those of the configuration, never what a request
/// names.
struct KeyRecords {
    private let log: Log
    private let metrics: Metrics

    init(_ log: Log, _ metrics: Metrics) { (self.log, self.metrics) = (log, metrics) }

    func settled(_ request: KeyRequest, _ reading: KeyReading, took: TimeSpan) {
        switch reading {
        case .keys(let keys):
            write(.info, "key fetched", request, "fetched") { line in
                line.add("keys", keys.count)
                line.add("for_seconds", Int(keys.lifetime.microseconds / 1_000_000))
                line.add("took", milliseconds: took)
            }
        case .absent: write(.warning, "key unknown to its provider", request, "absent") { _ in }
        case .untrusted(let reason):
            write(.warning, "key not trusted", request, "untrusted") { $0.add("reason", reason) }
        case .failed(let reason): write(.error, "key not fetched", request, "failed") { $0.add("reason", reason) }
        case .needsIssuer(let url):
            write(.error, "key not fetched", request, "failed") { $0.add("reason", "its issuer is at \(url)") }
        }
        metrics.histogram("headgate_key_fetch_seconds", "From the first wish for a key to its answer.")
            .observe(took.inSeconds)
    }

    /// Once for each time that a source is closed.
    func refused(_ request: KeyRequest) {
        write(.error, "key not fetched", request, "refused") { line in
            line.add("reason", "its source was asked too often; requests name keys that nobody knows")
        }
    }

    func confirmed(_ confirmation: Confirmation, failure: String?) {
        metrics.counter(
            "headgate_confirmations_total", "Subscriptions that were confirmed by opening a URL, by result.",
            [("route", confirmation.route), ("result", failure == nil ? "confirmed" : "failed")]
        ).add()
        log.write(failure == nil ? .info : .error, failure == nil ? "confirmed" : "not confirmed") { line in
            line.add("route", confirmation.route)
            // Without its query, in which the token is.
            line.add("url", String(confirmation.url.prefix { $0 != "?" }))
            if let failure { line.add("reason", failure) }
        }
    }

    private func write(
        _ level: Log.Level, _ name: StaticString, _ request: KeyRequest, _ result: String,
        _ more: (inout LogLine) -> Void
    ) {
        metrics.counter(
            "headgate_key_fetches_total", "Fetches of providers' keys, by result.",
            [("issuer", request.source.issuer), ("result", result)]
        ).add()
        log.write(level, name) { line in
            line.add("issuer", request.source.issuer)
            if !request.name.text.isEmpty { line.add("key", String(decoding: request.name.text, as: UTF8.self)) }
            more(&line)
        }
    }
}
