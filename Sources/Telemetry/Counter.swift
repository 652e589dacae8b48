internal import Synchronization

/// A number that only grows. Shared by threads without a lock.
package final class Counter: Sendable {
    private let count = Atomic<Int>(0)
    package init() {}
    package func add(_ amount: Int = 1) { count.wrappingAdd(amount, ordering: .relaxed) }
    package var value: Int { count.load(ordering: .relaxed) }
}

/// Observations sorted into buckets by upper bound.
package final class Histogram: Sendable {
    package let bounds: [Double]
    private let buckets: [Counter]
    /// In billionths, so that an integer can be added to from several threads.
    private let sum = Atomic<Int>(0)

    package init(bounds: [Double]) {
        self.bounds = bounds
        buckets = (0...bounds.count).map { _ in Counter() }
    }

    package func observe(_ value: Double) {
        buckets[bounds.firstIndex { value <= $0 } ?? bounds.count].add()
        sum.wrappingAdd(Int(value * 1e9), ordering: .relaxed)
    }

    package var total: Double { Double(sum.load(ordering: .relaxed)) / 1e9 }
    package var counts: [Int] { buckets.map(\.value) }

    /// Seconds, from a memory copy to a stuck subscriber.
    package static let latencies: [Double] = [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
    ]
    package static let sizes: [Double] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]
}
