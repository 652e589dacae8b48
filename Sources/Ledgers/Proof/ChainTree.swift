package import Crypto
package import Domain

/// A Merkle tree over the hashes of the chain's batches, as RFC 9162 (section 2.1) builds it: batch n is leaf n - 1. Its
/// root stands in every checkpoint, so that one batch is shown to belong to a chain of any length by some thirty hashes.
package enum ChainTree {
    /// Nodes of this level and above are kept in the ledger once they are complete, one for each 256 batches and fewer
    /// above; those below are made from the chain's own rows.
    static let keptLevel = 8

    package static func leaf(_ batch: Digest256, sha256: inout SHA256) -> Digest256 {
        update(0x00, &sha256)
        batch.withBytes { sha256.update($0) }
        return sha256.finish()
    }

    package static func node(_ left: Digest256, _ right: Digest256, sha256: inout SHA256) -> Digest256 {
        update(0x01, &sha256)
        left.withBytes { sha256.update($0) }
        right.withBytes { sha256.update($0) }
        return sha256.finish()
    }

    private static func update(_ kind: UInt8, _ sha256: inout SHA256) {
        withUnsafeBytes(of: kind) { sha256.update($0) }
    }

    /// The root that a leaf and its path lead to (RFC 9162, section 2.1.3.2); nil when the path has another length than a
    /// leaf at this place has in a tree of this size.
    ///
    /// - Parameter place: counted from 0.
    package static func root(
        of leaf: Digest256, at place: Int64, in size: Int64, along path: [Digest256], sha256: inout SHA256
    ) -> Digest256? {
        guard place >= 0, place < size else { return nil }
        var (first, last, hash) = (place, size - 1, leaf)
        for sibling in path {
            guard last > 0 else { return nil }
            if first & 1 == 1 || first == last {
                hash = node(sibling, hash, sha256: &sha256)
                while first & 1 == 0, first > 0 { (first, last) = (first >> 1, last >> 1) }
            } else {
                hash = node(hash, sibling, sha256: &sha256)
            }
            (first, last) = (first >> 1, last >> 1)
        }
        return last == 0 ? hash : nil
    }
}

/// The complete subtrees at the right edge of a growing tree: all that is needed to let it grow and to tell its root.
package struct TreeFrontier: Sendable {
    package struct Node: Sendable {
        /// 0 for a leaf.
        package let level: Int
        package let hash: Digest256
        /// Leaves of the chain, not of the tree: events, attempts and actions in its batches.
        package let records: Int64
    }

    /// Levels fall from left to right.
    private(set) var nodes: [Node] = []

    package init() {}

    init(_ nodes: [Node]) { self.nodes = nodes }

    /// Batches in the tree.
    package var count: Int64 { nodes.reduce(0) { $0 + 1 << Int64($1.level) } }
    package var records: Int64 { nodes.reduce(0) { $0 + $1.records } }

    /// - Parameter completed: called with each subtree that this batch completes, and its place among those of its level.
    package mutating func add(
        _ batch: Digest256, records: Int64, sha256: inout SHA256,
        completed: (Node, _ place: Int64) -> Void = { _, _ in }
    ) {
        let count = count + 1
        var node = Node(level: 0, hash: ChainTree.leaf(batch, sha256: &sha256), records: records)
        while let left = nodes.last, left.level == node.level {
            nodes.removeLast()
            node = Node(
                level: node.level + 1, hash: ChainTree.node(left.hash, node.hash, sha256: &sha256),
                records: left.records + node.records)
            completed(node, count >> Int64(node.level) - 1)
        }
        nodes.append(node)
    }

    /// Of an empty tree: the hash of nothing.
    package func root(sha256: inout SHA256) -> Digest256 {
        guard var root = nodes.last?.hash else {
            return sha256.hash(UnsafeRawBufferPointer(start: nil, count: 0))
        }
        for left in nodes.dropLast().reversed() { root = ChainTree.node(left.hash, root, sha256: &sha256) }
        return root
    }
}
