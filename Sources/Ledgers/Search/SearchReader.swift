internal import Domain

/// What a search asks the index: which events may be wanted. It is of one moment, which began before the ledger's own: what
/// came between is looked for in the ledger.
final class SearchReader {
    let place: SearchPlace
    private let database: Database
    private let blocks: [SearchBlock]
    private let selectIDs: Statement
    private let selectTerm: Statement
    private let selectTerms: Statement
    private let selectLate: Statement
    private let selectSomeLate: Statement

    /// Nil when there is none.
    init?(of ledger: String) throws(SQLiteError) {
        guard let database = try SearchFile.read(of: ledger) else { return nil }
        try database.execute("BEGIN")
        guard let place = try SearchPlace.read(database) else { return nil }
        self.place = place
        var blocks: [SearchBlock] = []
        try Statement(
            """
            SELECT id, level, first, last, events, gone_bodies, gone_events FROM blocks WHERE state = 0
            ORDER BY first DESC
            """, on: database
        ).forEach { row in
            blocks.append(row.searchBlock())
            return true
        }
        self.blocks = blocks
        selectIDs = try Statement("SELECT ids FROM blocks WHERE id = ?", on: database)
        selectTerm = try Statement("SELECT events FROM terms WHERE block = ? AND term = ?", on: database)
        selectTerms = try Statement(
            "SELECT term, events FROM terms WHERE block = ? AND term >= ? AND term <= ?", on: database)
        selectLate = try Statement("SELECT event FROM late WHERE class = ? AND event >= ? AND event <= ?", on: database)
        selectSomeLate = try Statement("SELECT event, class FROM late WHERE event >= ? AND event <= ?", on: database)
        self.database = database
    }

    /// Whether the index is at fault, and not the ledger that is searched beside it.
    func hasFailed(_ error: SQLiteError) -> Bool { error.isOf(database) }

    func classes(where isWanted: (DeliveryClass) -> Bool) throws(SQLiteError) -> [Int64] {
        var numbers: [Int64] = []
        try Statement("SELECT id, subscriber, state, outcome, status FROM classes", on: database).forEach { row in
            let outcome = row.int(3) == DeliveryClasses.noOutcome ? nil : row.int(3)
            let one = DeliveryClass(subscriber: row.id(1), state: row.int(2), outcome: outcome, status: row.int(4))
            if isWanted(one) { numbers.append(row.int(0)) }
            return true
        }
        return numbers
    }

    /// Calls `each` for events that may be wanted, the newest first, until it returns false.
    ///
    /// - Parameters:
    ///   - end: exclusive.
    ///   - isLate: asked between two blocks.
    /// - Returns: where to go on when it was late: behind all that was looked at.
    func walk(
        _ needs: [SearchNeed], from start: EventID, before end: EventID, isLate: () -> Bool,
        _ each: (EventID) throws(SQLiteError) -> Bool
    ) throws(SQLiteError) -> EventID? {
        for block in blocks where block.last >= start && block.first < end {
            if let found = try events(of: block, needs) {
                let ids = try ids(of: block)
                var next = ids.count
                while let place = found.last(before: next) {
                    next = place
                    guard place < ids.count, ids[place] < end else { continue }
                    guard ids[place] >= start else { return nil }
                    if try !each(ids[place]) { return nil }
                }
            }
            if isLate(), block.first > start { return block.first }
        }
        return nil
    }

    private func ids(of block: SearchBlock) throws(SQLiteError) -> [EventID] {
        let ids = try selectIDs.first({ $0.add(block.id) }) { BlockIDs.decode($0.buffer(0)) } ?? []
        guard ids.count == block.events else {
            throw SQLiteError.damaged("a block of the index has lost events").of(database)
        }
        return ids
    }

    // MARK: One block

    /// Nil for none.
    private func events(of block: SearchBlock, _ needs: [SearchNeed]) throws(SQLiteError) -> EventSet? {
        var found: EventSet?
        for need in needs {
            let some = try events(of: block, need)
            if found == nil { found = some } else { found?.formIntersection(some) }
            if found?.isEmpty ?? true { return nil }
        }
        return found
    }

    private func events(of block: SearchBlock, _ need: SearchNeed) throws(SQLiteError) -> EventSet {
        var found = EventSet(block.events)
        switch need {
        case .term(let term): try add(term, of: block, to: &found)
        case .anyTerm(let terms): for term in terms { try add(term, of: block, to: &found) }
        case .terms(let first, let last, let isWanted):
            try add(from: first, through: last, of: block, to: &found, where: isWanted)
        case .words(let ways):
            for way in ways { found.formUnion(try words(of: block, way.whole, way.beginning)) }
            try add(SearchTerm.bytes(.unread, []), of: block, to: &found)
        case .deliveries(let classes): try add(classes, of: block, to: &found)
        }
        return found
    }

    private func words(
        of block: SearchBlock, _ whole: [[UInt8]], _ beginning: [UInt8]?
    ) throws(SQLiteError) -> EventSet {
        var found: EventSet?
        for word in whole where !(found?.isEmpty ?? false) {
            var some = EventSet(block.events)
            try add(SearchTerm.bytes(.word, word), of: block, to: &some)
            if found == nil { found = some } else { found?.formIntersection(some) }
        }
        if let beginning, !(found?.isEmpty ?? false) {
            var some = EventSet(block.events)
            let first = SearchTerm.bytes(.word, beginning)
            try add(from: first, through: SearchTerm.end(of: first), of: block, to: &some) { $0.starts(with: first) }
            if found == nil { found = some } else { found?.formIntersection(some) }
        }
        return found ?? EventSet(block.events)
    }

    private func add(_ term: [UInt8], of block: SearchBlock, to found: inout EventSet) throws(SQLiteError) {
        var some = found
        found = EventSet(0)  // so that the other is not copied
        defer { found = some }
        try selectTerm.forEach({
            $0.add(block.id)
            $0.add(copying: term)
        }) { row in
            EventList.forEach(in: row.buffer(0)) { some.insert($0) }
            return false
        }
    }

    private func add(
        from first: [UInt8], through last: [UInt8], of block: SearchBlock, to found: inout EventSet,
        where isWanted: (UnsafeRawBufferPointer) -> Bool
    ) throws(SQLiteError) {
        var some = found
        found = EventSet(0)
        defer { found = some }
        try selectTerms.forEach({
            $0.add(block.id)
            $0.add(copying: first)
            $0.add(copying: last)
        }) { row in
            if isWanted(row.buffer(0)) { EventList.forEach(in: row.buffer(1)) { some.insert($0) } }
            return true
        }
    }

    /// More classes than this are not asked for one by one.
    private static let fewClasses = 32

    private func add(
        _ classes: SearchedClasses, of block: SearchBlock, to found: inout EventSet
    ) throws(SQLiteError) {
        for number in classes.numbers { try add(SearchTerm.bytes(.delivered, number), of: block, to: &found) }
        var events: [EventID] = []
        if classes.numbers.count <= Self.fewClasses {
            for number in classes.numbers {
                try selectLate.forEach({
                    $0.add(number)
                    $0.add(block.first)
                    $0.add(block.last)
                }) { row in
                    events.append(row.id(0))
                    return true
                }
            }
        } else {
            let wanted = Set(classes.numbers)
            try selectSomeLate.forEach({
                $0.add(block.first)
                $0.add(block.last)
            }) { row in
                if wanted.contains(row.int(1)) { events.append(row.id(0)) }
                return true
            }
        }
        events += classes.changed.filter { $0 >= block.first && $0 <= block.last }
        guard !events.isEmpty else { return }
        let ids = try ids(of: block)
        for event in events { if let place = Self.place(of: event, in: ids) { found.insert(place) } }
    }

    private static func place(of event: EventID, in ids: [EventID]) -> Int? {
        var (low, high) = (0, ids.count)
        while low < high {
            let middle = (low + high) / 2
            if ids[middle] < event { low = middle + 1 } else { high = middle }
        }
        return low < ids.count && ids[low] == event ? low : nil
    }
}
