internal import Domain

/// The newest entries of `dedup`, sorted by key in partitions of the key space. Keys are random: entered one by one, each
/// would have a page of its own written, and the more events the window holds the fewer would share one. So they gather
/// here, and a hand goes round the partitions and takes out one at a time, whose entries then lie side by side.
struct DedupBuffer {
    struct Entry {
        let key: Int64
        let event: Int64
    }

    private var partitions = [[Entry]](repeating: [], count: DedupBuffer.partitionCount)
    private var hand = 0
    private var added = 0

    private static let partitionBits = 12
    static let partitionCount = 1 << partitionBits
    /// Entries added for each partition taken out: the buffer holds about half of `partitionCount` times this (64 thousand
    /// entries in two megabytes), never more than all of it.
    private static let pace = 32
    static let entriesMost = partitionCount * pace

    func event(_ key: Int64) -> EventID? {
        let partition = partitions[Self.partition(of: key)]
        let place = Self.place(of: key, in: partition)
        return place < partition.count && partition[place].key == key ? EventID(partition[place].event) : nil
    }

    /// - Parameter isNew: false for an entry that comes back from the log: it is taken out in its time, and does not hurry
    ///   the others.
    mutating func set(_ key: Int64, to event: EventID, isNew: Bool = true) {
        let index = Self.partition(of: key)
        let place = Self.place(of: key, in: partitions[index])
        let entry = Entry(key: key, event: event.raw)
        if place < partitions[index].count, partitions[index][place].key == key {
            partitions[index][place] = entry
        } else {
            partitions[index].insert(entry, at: place)
        }
        if isNew { added += 1 }
    }

    /// The entries of the next partition, when enough have come since the last.
    mutating func takeDue() -> [Entry]? {
        guard added >= Self.pace else { return nil }
        added -= Self.pace
        hand = (hand + 1) % Self.partitionCount
        defer { partitions[hand].removeAll(keepingCapacity: true) }
        return partitions[hand]
    }

    /// Of all partitions, in the order of the keys.
    mutating func takeAll() -> [Entry] {
        defer { partitions = [[Entry]](repeating: [], count: Self.partitionCount) }
        return partitions.flatMap { $0 }
    }

    /// In the order of the signed keys.
    private static func partition(of key: Int64) -> Int {
        Int((UInt64(bitPattern: key) ^ 1 << 63) >> (64 - UInt64(partitionBits)))
    }

    /// Of the first entry that is not before `key`.
    private static func place(of key: Int64, in partition: [Entry]) -> Int {
        var (low, high) = (0, partition.count)
        while low < high {
            let middle = (low + high) / 2
            if partition[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
