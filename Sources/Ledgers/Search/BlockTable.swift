internal import Domain

/// Events side by side, in the order of their ids.
struct SearchBlock {
    let id: Int64
    let level: Int64
    let first: EventID
    let last: EventID
    let events: Int
    let goneBodies: Int
    let goneEvents: Int
}

/// The blocks of the index and their terms, for the one who writes it.
final class BlockTable {
    private let selectLive: Statement
    private let selectIDs: Statement
    private let selectDoomed: Statement
    private let insert: Statement
    private let finish: Statement
    private let doom: Statement
    private let delete: Statement
    private let insertTerm: Statement
    private let selectTerms: Statement
    private let selectFarTerm: Statement
    private let deleteTermsBefore: Statement
    private let deleteTerms: Statement
    private let selectNewest: Statement
    private let selectUsed: Statement

    /// Terms that one step reads or removes.
    static let stride = 2000

    init(_ database: borrowing Database) throws(SQLiteError) {
        selectLive = try Statement(
            """
            SELECT id, level, first, last, events, gone_bodies, gone_events FROM blocks WHERE state = 0 ORDER BY first
            """, on: database)
        selectIDs = try Statement("SELECT ids FROM blocks WHERE id = ?", on: database)
        selectDoomed = try Statement("SELECT id FROM blocks WHERE state = 2 LIMIT 1", on: database)
        insert = try Statement("INSERT INTO blocks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", on: database)
        finish = try Statement("UPDATE blocks SET state = 0 WHERE id = ?", on: database)
        doom = try Statement("UPDATE blocks SET state = 2 WHERE id = ?", on: database)
        delete = try Statement("DELETE FROM blocks WHERE id = ?", on: database)
        insertTerm = try Statement("INSERT INTO terms VALUES (?, ?, ?)", on: database)
        selectTerms = try Statement(
            "SELECT term, events FROM terms WHERE block = ? AND term > ? ORDER BY term LIMIT ?", on: database)
        selectFarTerm = try Statement(
            "SELECT term FROM terms WHERE block = ? ORDER BY term LIMIT 1 OFFSET ?", on: database)
        deleteTermsBefore = try Statement("DELETE FROM terms WHERE block = ? AND term < ?", on: database)
        deleteTerms = try Statement("DELETE FROM terms WHERE block = ?", on: database)
        selectNewest = try Statement("SELECT max(id) FROM blocks", on: database)
        selectUsed = try Statement(
            """
            SELECT (c.page_count - f.freelist_count) * s.page_size
            FROM pragma_page_count AS c, pragma_freelist_count AS f, pragma_page_size AS s
            """, on: database)
    }

    /// The oldest first.
    func live() throws(SQLiteError) -> [SearchBlock] {
        var blocks: [SearchBlock] = []
        try selectLive.forEach { row in
            blocks.append(row.searchBlock())
            return true
        }
        return blocks
    }

    func ids(of block: Int64) throws(SQLiteError) -> [EventID] {
        try selectIDs.first({ $0.add(block) }) { BlockIDs.decode($0.buffer(0)) } ?? []
    }

    /// - Returns: its number.
    func add(
        _ events: [EventID], level: Int64, as state: BlockState, goneBodies: Int = 0, goneEvents: Int = 0
    ) throws(SQLiteError) -> Int64 {
        let id = (try selectNewest.first { $0.int(0) } ?? 0) + 1
        try insert.run {
            $0.add(id)
            $0.add(state.rawValue)
            $0.add(level)
            $0.add(events.first ?? EventID(0))
            $0.add(events.last ?? EventID(0))
            $0.add(Int64(events.count))
            $0.add(Int64(goneBodies))
            $0.add(Int64(goneEvents))
            $0.add(copying: BlockIDs.encode(events))
        }
        return id
    }

    func finish(_ block: Int64) throws(SQLiteError) { try finish.run { $0.add(block) } }
    func doom(_ block: Int64) throws(SQLiteError) { try doom.run { $0.add(block) } }

    func add(_ term: UnsafeRawBufferPointer, _ places: [Int], to block: Int64) throws(SQLiteError) {
        try insertTerm.run {
            $0.add(block)
            $0.add(copying: Array(term))
            $0.add(copying: EventList.encode(places))
        }
    }

    /// The next terms of a block behind one.
    func terms(
        of block: Int64, after term: [UInt8], most: Int
    ) throws(SQLiteError) -> [(term: [UInt8], events: [UInt8])] {
        try selectTerms.all({
            $0.add(block)
            $0.add(copying: term)
            $0.add(Int64(most))
        }) { row in
            (term: Array(row.buffer(0)), events: Array(row.buffer(1)))
        }
    }

    /// - Returns: false when there is none.
    func removeSomeDoomed() throws(SQLiteError) -> Bool {
        let doomed = try selectDoomed.first { $0.int(0) }
        guard let block = doomed else { return false }
        let end = try selectFarTerm.first({
            $0.add(block)
            $0.add(Int64(Self.stride))
        }) { Array($0.buffer(0)) }
        guard let end else {
            try deleteTerms.run { $0.add(block) }
            try delete.run { $0.add(block) }
            return true
        }
        try deleteTermsBefore.run {
            $0.add(block)
            $0.add(copying: end)
        }
        return true
    }

    /// Of the file, without its free pages.
    func usedBytes() throws(SQLiteError) -> Int64 { try selectUsed.first { $0.int(0) } ?? 0 }
}

extension Row {
    /// id, level, first, last, events, gone_bodies, gone_events
    func searchBlock() -> SearchBlock {
        SearchBlock(
            id: int(0), level: int(1), first: id(2), last: id(3), events: Int(int(4)), goneBodies: Int(int(5)),
            goneEvents: Int(int(6)))
    }
}

/// The ids of a block's events: the distances from one to the next as base-128 numbers.
enum BlockIDs {
    static func encode(_ events: [EventID]) -> [UInt8] {
        var bytes: [UInt8] = []
        var before: UInt64 = 0
        for event in events {
            var distance = UInt64(bitPattern: event.raw) &- before
            before = UInt64(bitPattern: event.raw)
            while distance >= 0x80 {
                bytes.append(UInt8(truncatingIfNeeded: distance) | 0x80)
                distance >>= 7
            }
            bytes.append(UInt8(distance))
        }
        return bytes
    }

    static func decode(_ bytes: UnsafeRawBufferPointer) -> [EventID] {
        var events: [EventID] = []
        var (value, distance, shift) = (UInt64(0), UInt64(0), UInt64(0))
        for byte in bytes {
            distance |= UInt64(byte & 0x7f) << shift
            shift += 7
            if byte & 0x80 == 0 {
                value &+= distance
                events.append(EventID(Int64(bitPattern: value)))
                (distance, shift) = (0, 0)
            }
        }
        return events
    }
}
