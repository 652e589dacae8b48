internal import CLinux
internal import Config
internal import Routes

extension Command {
    static let serve = Command(
        "serve", "take webhooks in and send them on",
        about: """
            Takes webhooks in, keeps them in the ledger, and sends them on to every subscriber. SIGHUP reloads routes and \
            certificates, SIGTERM and SIGINT finish what was accepted and end it.
            """,
        flags: Settings.flags,
        examples: ["headgate serve", "headgate serve --listen 127.0.0.1:8080 --ledger /var/lib/headgate/ledger.db"]
    ) { call in
        Gateway.blockSignals()
        returnLargeMemory()
        var diagnostics = Diagnostics()
        let settings = Settings.read(call.values, surroundings: call.surroundings, into: &diagnostics)
        guard !diagnostics.hasErrors else {
            throw CommandFailure(diagnostics.all.map(\.line).joined(separator: "\n"), status: .usage)
        }
        let gateway = try Gateway(settings, surroundings: call.surroundings)
        diagnostics.report(to: gateway.log)
        gateway.reportListening()
        gateway.didReload = { [log = gateway.log] in
            var ignored = Diagnostics()
            let now = Settings.read(call.values, surroundings: call.surroundings, into: &ignored)
            settings.warnOfStaleSecrets(beside: now, to: log)
        }
        // Some of its threads run until the process ends, which is soon after `run` returns.
        _ = Unmanaged.passRetained(gateway)
        try gateway.run()
        return .success
    }

    /// glibc raises the size from which it maps memory to that of whatever was freed last: after one large body the next ones
    /// come from the threads' own heaps, and stay there when they are freed. Before any thread is started.
    private static func returnLargeMemory() {
        mallopt(M_MMAP_THRESHOLD, 1 << 20)
        mallopt(M_TRIM_THRESHOLD, 2 << 20)
    }
}
