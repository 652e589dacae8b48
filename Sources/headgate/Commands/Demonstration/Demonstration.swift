internal import Config
internal import Net

/// What a demonstration shows and with what: its script is `DemoStage`.
struct Demonstration: Sendable {
    let routes: DemoRoutes
    let secrets: DemoSecrets
    let addresses: ListenAddresses
    let console: Console
    let isOnce: Bool
    /// Ends the gateway, and so the process.
    let stop: @Sendable () -> Void

    /// Returns when the demonstration ends by itself; otherwise it goes on until the process ends.
    func run(into result: DemoResult) {
        do {
            let stage = try DemoStage(self)
            try stage.perform { isWell in
                if !isWell { result.fail() }
                if isOnce { return stop() }
                for line in DemoHints(self).lines { console.print(line) }
            }
        } catch {
            console.complain("headgate: \(onOneLine("\(error)"))")
            result.fail()
            stop()
        }
    }

    var intake: String { "http://\(addresses.intake[0].asked.text)" }
    var admin: String { "http://\(addresses.admin.asked.text)" }
    var ledger: AdminSource { .listener(url: admin, token: secrets.adminToken) }
}
