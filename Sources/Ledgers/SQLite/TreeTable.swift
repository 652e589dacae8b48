internal import Crypto
internal import Domain

/// Lets the tree over the batches grow with the chain. A batch costs two hashes; a row is written every 256 batches.
final class TreeTable {
    private let insert: Statement
    private var frontier = TreeFrontier()
    private var complete: [(node: TreeFrontier.Node, place: Int64)] = []

    /// Reads no more than 256 rows of the chain, unless the file is from before there was a tree: then all of them, once.
    /// A crash meanwhile leaves the rest to the next start.
    init(_ database: borrowing Database, sha256: inout SHA256) throws(SQLiteError) {
        insert = try Statement("INSERT INTO tree (level, place, records, hash) VALUES (?, ?, ?, ?)", on: database)
        let reader = try TreeReader(database)
        var read = try reader.keptBatches()
        frontier = try reader.frontier(of: read, sha256: &sha256)
        while true {
            let some = try reader.batches(after: read, upTo: read + Self.stride)
            complete.removeAll()
            for batch in some {
                frontier.add(batch.hash, records: batch.records, sha256: &sha256) { node, place in
                    if node.level >= ChainTree.keptLevel { complete.append((node, place)) }
                }
            }
            if !complete.isEmpty {
                try database.execute("BEGIN IMMEDIATE")
                for (node, place) in complete { try add(node, at: place) }
                try database.execute("COMMIT")
            }
            if some.count < Self.stride { return }
            read += Self.stride
        }
    }

    private static let stride: Int64 = 1 << 14

    /// Leaves of all batches.
    var records: Int64 { frontier.records }

    /// Inside the transaction of the batch.
    func add(_ batch: Digest256, records: Int, sha256: inout SHA256) throws(SQLiteError) {
        complete.removeAll(keepingCapacity: true)
        frontier.add(batch, records: Int64(records), sha256: &sha256) { node, place in
            if node.level >= ChainTree.keptLevel { complete.append((node, place)) }
        }
        for (node, place) in complete { try add(node, at: place) }
    }

    private func add(_ node: TreeFrontier.Node, at place: Int64) throws(SQLiteError) {
        try insert.run {
            $0.add(Int64(node.level))
            $0.add(place)
            $0.add(node.records)
            $0.add(node.hash)
        }
    }
}

/// Nodes of the tree as the file has them: read where they are kept, made from the chain where they are not.
final class TreeReader {
    private let selectNode: Statement
    private let selectKept: Statement
    private let selectBatches: Statement
    /// Of the last 256 batches that were read: neighbours are often asked for together.
    private var block: (first: Int64, hashes: [Digest256])?

    init(_ database: borrowing Database) throws(SQLiteError) {
        selectNode = try Statement("SELECT hash, records FROM tree WHERE level = ? AND place = ?", on: database)
        selectKept = try Statement("SELECT max(place) FROM tree WHERE level = ?", on: database)
        selectBatches = try Statement(
            "SELECT hash, length(leaves) / 32 FROM chain WHERE id > ? AND id <= ? ORDER BY id", on: database)
    }

    /// How many batches the kept nodes cover.
    func keptBatches() throws(SQLiteError) -> Int64 {
        let last = try selectKept.first({ $0.add(Int64(ChainTree.keptLevel)) }) { $0.intIfAny(0) } ?? nil
        return ((last ?? -1) + 1) << Int64(ChainTree.keptLevel)
    }

    func batches(after: Int64, upTo last: Int64) throws(SQLiteError) -> [(hash: Digest256, records: Int64)] {
        try selectBatches.all({
            $0.add(after)
            $0.add(last)
        }) { row in
            (hash: row.digest(0), records: row.int(1))
        }
    }

    /// Of the tree over the first `size` batches.
    func frontier(of size: Int64, sha256: inout SHA256) throws(SQLiteError) -> TreeFrontier {
        let kept = Self.startOfBlock(size)
        var nodes: [TreeFrontier.Node] = []
        var start: Int64 = 0
        for level in stride(from: 62, through: ChainTree.keptLevel, by: -1) where kept & 1 << Int64(level) != 0 {
            nodes.append(try node(level, at: start >> Int64(level), sha256: &sha256))
            start += 1 << Int64(level)
        }
        var frontier = TreeFrontier(nodes)
        for batch in try batches(after: kept, upTo: size) {
            frontier.add(batch.hash, records: batch.records, sha256: &sha256)
        }
        return frontier
    }

    /// The siblings on the way from the leaf at `place` up to the root of the tree over `size` batches, the lowest first.
    func path(to place: Int64, in size: Int64, sha256: inout SHA256) throws(SQLiteError) -> [Digest256] {
        var path: [Digest256] = []
        var (start, end) = (Int64(0), size)
        while end - start > 1 {
            let middle = start + Self.split(end - start)
            if place < middle {
                path.append(try hash(middle, end, &sha256))
                end = middle
            } else {
                path.append(try hash(start, middle, &sha256))
                start = middle
            }
        }
        return path.reversed()
    }

    private static func startOfBlock(_ place: Int64) -> Int64 { place & ~(1 << Int64(ChainTree.keptLevel) - 1) }

    /// The largest power of two that is less than `count`.
    private static func split(_ count: Int64) -> Int64 { 1 << Int64(63 - (count - 1).leadingZeroBitCount) }

    /// Of the subtree over the leaves from `start` to before `end`, which RFC 9162 divides there.
    private func hash(_ start: Int64, _ end: Int64, _ sha256: inout SHA256) throws(SQLiteError) -> Digest256 {
        let count = end - start
        if count & (count - 1) == 0 {
            let level = count.trailingZeroBitCount
            return try node(level, at: start >> Int64(level), sha256: &sha256).hash
        }
        let middle = start + Self.split(count)
        let left = try hash(start, middle, &sha256)
        return ChainTree.node(left, try hash(middle, end, &sha256), sha256: &sha256)
    }

    private func node(
        _ level: Int, at place: Int64, sha256: inout SHA256
    ) throws(SQLiteError) -> TreeFrontier.Node {
        if level < ChainTree.keptLevel { return try small(level, at: place, &sha256) }
        let found = try selectNode.first({
            $0.add(Int64(level))
            $0.add(place)
        }) { TreeFrontier.Node(level: level, hash: $0.digest(0), records: $0.int(1)) }
        guard let found else { throw .damaged("node \(level)/\(place) of the chain's tree is missing") }
        return found
    }

    /// Below the kept ones; its records are not counted.
    private func small(
        _ level: Int, at place: Int64, _ sha256: inout SHA256
    ) throws(SQLiteError) -> TreeFrontier.Node {
        let (start, count) = (place << Int64(level), 1 << level)
        let first = Self.startOfBlock(start)
        if block?.first != first {
            let last = first + 1 << Int64(ChainTree.keptLevel)
            block = (first, try batches(after: first, upTo: last).map(\.hash))
        }
        let hashes = block?.hashes ?? []
        let offset = Int(start - first)
        guard offset + count <= hashes.count else { throw .damaged("batch \(start + 1) of the chain is missing") }
        var frontier = TreeFrontier()
        for hash in hashes[offset..<offset + count] { frontier.add(hash, records: 0, sha256: &sha256) }
        return TreeFrontier.Node(level: level, hash: frontier.root(sha256: &sha256), records: 0)
    }
}
