internal import CCurl
package import Domain
internal import Glibc
package import Net
package import Signatures
internal import Synchronization
package import Telemetry

/// Fetches providers' keys on a thread of its own, so that no loop ever waits for a name server or a stranger's machine.
/// Many requests that wait for one key cause one fetch; what is known is published to everybody who listens.
///
/// Its thread sleeps while nothing is asked: routes whose keys are kept cost nothing.
package final class KeyFetcher: Sendable {
    enum Order: Sendable {
        case want(KeyRequest)
        case confirm(Confirmation)
        case listen(@Sendable (KeySnapshot) -> Void)
    }

    private let orders = Mutex<[Order]>([])
    // curl_multi_wakeup is the only call from other threads, and made for that; all others come from the fetcher's own.
    nonisolated(unsafe) private let multi: UnsafeMutableRawPointer

    /// Starts the thread, which runs until the process ends.
    package init(clock: any Clock, log: Log, metrics: Metrics) throws(SystemError) {
        guard let multi = curl_multi_init() else { throw SystemError(call: "curl_multi_init", code: ENOMEM) }
        self.multi = multi
        _ = try Thread(name: "keys") { [self] in
            let turns = KeyTurns(self.multi, clock: clock, log: log, metrics: metrics)
            while true {
                turns.take(
                    orders.withLock { waiting in
                        let taken = waiting
                        waiting = []
                        return taken
                    })
                turns.perform()
            }
        }
    }

    /// Asks for a key. The answer, whatever it is, comes as a snapshot to everybody who listens.
    package func want(_ request: KeyRequest) { post(.want(request)) }

    /// Opens a URL once.
    package func confirm(_ confirmation: Confirmation) { post(.confirm(confirmation)) }

    /// - Parameter listener: called on the fetcher's thread.
    package func listen(_ listener: @escaping @Sendable (KeySnapshot) -> Void) { post(.listen(listener)) }

    private func post(_ order: Order) {
        orders.withLock { $0.append(order) }
        curl_multi_wakeup(multi)
    }
}
