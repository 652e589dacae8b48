internal import Glibc

/// Paths in one sorted block of bytes, searched by halving: no allocation, no text, 15 comparisons for twenty thousand.
struct PathIndex<Target: Sendable>: Sendable {
    private struct Entry {
        let start: Int
        let count: Int
        let target: Target
    }

    private let bytes: [UInt8]
    private let entries: [Entry]

    /// - Parameter paths: no two alike.
    init(_ paths: [(path: String, target: Target)]) {
        var bytes: [UInt8] = []
        entries = paths.sorted { Array($0.path.utf8).lexicographicallyPrecedes(Array($1.path.utf8)) }.map {
            path, target in
            let entry = Entry(start: bytes.count, count: path.utf8.count, target: target)
            bytes += path.utf8
            return entry
        }
        self.bytes = bytes
    }

    subscript(path: UnsafeRawBufferPointer) -> Target? {
        guard let wanted = path.baseAddress else { return nil }
        return bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return nil }
            var (low, high) = (0, entries.count)
            while low < high {
                let middle = low + (high - low) / 2
                let entry = entries[middle]
                var order = memcmp(base + entry.start, wanted, min(entry.count, path.count))
                if order == 0 { order = entry.count < path.count ? -1 : entry.count > path.count ? 1 : 0 }
                if order == 0 { return entry.target }
                if order < 0 { low = middle + 1 } else { high = middle }
            }
            return nil
        }
    }
}
