internal import Synchronization

/// Memory for requests that outgrow a connection's first buffer, of all servers that share it. Used from several loops.
package final class ReceiveMemory: Sendable {
    private let most: Int
    private let taken = Atomic<Int>(0)

    /// - Parameter most: bytes; the sum of what is lent never exceeds it.
    package init(most: Int) { self.most = most }

    /// - Returns: how many of `wanted` bytes are lent, to be given back later.
    func take(upTo wanted: Int) -> Int {
        let before = taken.wrappingAdd(wanted, ordering: .relaxed).oldValue
        let lent = min(max(most - before, 0), wanted)
        give(wanted - lent)
        return lent
    }

    func give(_ bytes: Int) { if bytes != 0 { taken.wrappingSubtract(bytes, ordering: .relaxed) } }
}
