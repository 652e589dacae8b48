internal import Synchronization

/// The figures of a process under their Prometheus names. Whoever counts asks once for its counter and keeps it; a
/// scrape reads all of them.
package final class Metrics: Sendable {
    private enum Source: Sendable {
        case counter(Counter)
        case histogram(Histogram)
    }

    private struct Series: Sendable {
        let labels: String
        let source: Source
    }

    private struct Family: Sendable {
        let help: String
        let kind: String
        var series: [Series] = []
        /// By labels: gateways with ten thousand routes ask for a hundred thousand.
        var places: [String: Int] = [:]

        mutating func add(_ one: Series) {
            places[one.labels] = series.count
            series.append(one)
        }

        mutating func remove(_ labels: String) {
            guard let place = places.removeValue(forKey: labels) else { return }
            series.swapAt(place, series.count - 1)
            series.removeLast()
            if place < series.count { places[series[place].labels] = place }
        }
    }

    private struct State: Sendable {
        var families: [String: Family] = [:]
        var gauges: [@Sendable (inout MetricsText) -> Void] = []
    }

    private let state = Mutex(State())

    package init() {}

    /// The counter of that name and labels, made at the first call.
    package func counter(_ name: String, _ help: String, _ labels: [(String, String)] = []) -> Counter {
        series(name, help, kind: "counter", labels) {
            if case .counter(let counter) = $0 { counter } else { nil }
        } make: {
            let counter = Counter()
            return (counter, .counter(counter))
        }
    }

    package func histogram(
        _ name: String, _ help: String, bounds: [Double] = Histogram.latencies, _ labels: [(String, String)] = []
    ) -> Histogram {
        series(name, help, kind: "histogram", labels) {
            if case .histogram(let histogram) = $0 { histogram } else { nil }
        } make: {
            let histogram = Histogram(bounds: bounds)
            return (histogram, .histogram(histogram))
        }
    }

    /// What it counted is gone, and a scrape has no more of it.
    package func remove(_ name: String, _ labels: [(String, String)]) {
        let key = MetricsText.labels(labels)
        state.withLock { $0.families[name]?.remove(key) }
    }

    /// `write` adds gauges whose values are found at the time of a scrape.
    package func atScrape(_ write: @escaping @Sendable (inout MetricsText) -> Void) {
        state.withLock { $0.gauges.append(write) }
    }

    /// The Prometheus text format, version 0.0.4.
    package func text() -> String {
        let snapshot = state.withLock { $0 }
        var text = MetricsText()
        for (name, family) in snapshot.families.sorted(by: { $0.key < $1.key }) {
            text.head(name, family.help, kind: family.kind)
            for series in family.series {
                switch series.source {
                case .counter(let counter): text.sample(name, series.labels, Double(counter.value))
                case .histogram(let histogram): text.histogram(name, series.labels, histogram)
                }
            }
        }
        for write in snapshot.gauges { write(&text) }
        return text.output
    }

    private func series<Found>(
        _ name: String, _ help: String, kind: String, _ labels: [(String, String)],
        existing: (Source) -> Found?, make: () -> (Found, Source)
    ) -> Found {
        let key = MetricsText.labels(labels)
        return state.withLock { state in
            if let family = state.families[name], let place = family.places[key],
                let found = existing(family.series[place].source)
            {
                return found
            }
            let (found, source) = make()
            state.families[name, default: Family(help: help, kind: kind)].add(Series(labels: key, source: source))
            return found
        }
    }
}
