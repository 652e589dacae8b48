package import Domain
internal import Glibc
internal import Ledgers
package import Telemetry

/// Figures that are found when somebody asks.
extension AdminState {
    /// Adds this state's gauges, and those of the process, to what `metrics` shows.
    ///
    /// - Parameters:
    ///   - build: labels of `headgate_build_info`.
    ///   - schedule: the clock of the ledger's due times.
    package func addGauges(to metrics: Metrics, build: [(String, String)], clock: any Clock, schedule: any Clock) {
        let start = clock.wall()
        metrics.atScrape { text in
            let statistics = self.statistics()
            let subscribers = self.subscribers().sorted { $0.key < $1.key }
            text.gauge(
                "headgate_deliveries", "Deliveries in the ledger, by state.",
                subscribers.flatMap { id, subscriber in
                    subscriber.counts(statistics.deliveries[id] ?? [:]).map { state, count in
                        (subscriber.labels + [("state", state.text)], Double(count))
                    }
                })
            let now = schedule.wall()
            text.gauge(
                "headgate_oldest_due_seconds",
                "How long the oldest pending delivery has been due; 0 when none is, or all are held.",
                subscribers.map { id, subscriber in
                    let oldest = subscriber.isHeld ? nil : statistics.oldestDue[id]
                    return (subscriber.labels, oldest.map { max(0, (now - $0).inSeconds) } ?? 0)
                })
            let depths = self.depths()
            text.gauge(
                "headgate_lane_depth", "Deliveries in memory: waiting to be sent, on their way, or not yet settled.",
                subscribers.map { id, subscriber in (subscriber.labels, Double(depths[id] ?? 0)) })
            text.gauge(
                "headgate_ledger_bytes", "Size of the ledger's file.", [([], Double(statistics.ledgerBytes))])
            text.gauge("headgate_wal_bytes", "Size of the ledger's log.", [([], Double(statistics.walBytes))])
            text.gauge(
                "headgate_quarantine_requests", "Refused requests that are kept.",
                [([], Double(statistics.quarantineRequests))])
            text.gauge(
                "headgate_quarantine_bytes", "What they count for, in bytes.",
                [([], Double(statistics.quarantineBytes))])
            text.gauge("headgate_build_info", "What runs; always 1.", [(build, 1)])
            let readiness = self.readiness()
            text.gauge("headgate_ready", "1 while events are taken.", [([], readiness.isReady ? 1 : 0)])
            text.gauge(
                "headgate_routes_unavailable", "Routes that lack a secret and answer 503.",
                [([], Double(readiness.unavailable.count))])
            let reload = self.reload()
            text.gauge(
                "headgate_reload_ok", "0 after a reload that failed, and changed nothing.",
                [([], reload.isGood ? 1 : 0)])
            text.gauge(
                "headgate_reloaded_seconds", "When routes were last read well, since unix epoch in seconds.",
                [([], Double(reload.at.milliseconds) / 1000)])
            ProcessFigures.now().add(to: &text, start: start)
        }
    }
}

extension AdminState.Subscriber {
    fileprivate var labels: [(String, String)] { [("route", route), ("subscriber", name)] }

    /// All four states, so that a dashboard's lines do not begin in the middle.
    fileprivate func counts(_ stored: [DeliveryState: Int64]) -> [(DeliveryState, Int64)] {
        let pending = stored[.pending] ?? 0
        return [
            (.pending, isHeld ? 0 : pending), (.delivered, stored[.delivered] ?? 0), (.dead, stored[.dead] ?? 0),
            (.held, isHeld ? pending : 0),
        ]
    }
}

/// This process as the kernel sees it, under the names of Prometheus' client libraries.
private struct ProcessFigures {
    let residentBytes: Int?
    let openDescriptors: Int?
    let mostDescriptors: Int?

    static func now() -> ProcessFigures {
        var limit = rlimit()
        let hasLimit = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
        return ProcessFigures(
            residentBytes: residentPages().map { $0 * Int(sysconf(Int32(_SC_PAGESIZE))) },
            openDescriptors: openDescriptorCount(), mostDescriptors: hasLimit ? Int(clamping: limit.rlim_cur) : nil)
    }

    func add(to text: inout MetricsText, start: WallTime) {
        func add(_ name: String, _ help: String, _ value: Int?) {
            if let value { text.gauge(name, help, [([], Double(value))]) }
        }
        add("process_resident_memory_bytes", "Resident memory size in bytes.", residentBytes)
        add("process_open_fds", "Number of open file descriptors.", openDescriptors)
        add("process_max_fds", "Maximum number of open file descriptors.", mostDescriptors)
        text.gauge(
            "process_start_time_seconds", "Start time of the process since unix epoch in seconds.",
            [([], Double(start.milliseconds) / 1000)])
    }

    /// The second number of statm (proc(5)).
    private static func residentPages() -> Int? {
        let file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        return withUnsafeTemporaryAllocation(byteCount: 256, alignment: 1) { buffer in
            let count = read(file, buffer.baseAddress, buffer.count)
            guard count > 0 else { return nil }
            let fields = UnsafeRawBufferPointer(buffer)[..<count].split(separator: UInt8(ascii: " "))
            return fields.count > 1 ? Int(String(decoding: fields[1], as: UTF8.self)) : nil
        }
    }

    private static func openDescriptorCount() -> Int? {
        guard let directory = opendir("/proc/self/fd") else { return nil }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        return count - 3  // `.`, `..`, and the one this reads with
    }
}
