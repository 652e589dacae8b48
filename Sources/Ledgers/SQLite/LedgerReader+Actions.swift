package import Domain

/// What a list of actions is narrowed to. Everything that is nil matches.
package struct ActionQuery: Sendable {
    package var kind: ActionKind?
    package var actor: String?
    /// A glob on what was changed: `hurupay/*`.
    package var target: String?
    package var since: WallTime?
    /// Exclusive.
    package var until: WallTime?

    package init() {}
}

extension LedgerReader {
    /// Newest first.
    package func actions(
        _ query: ActionQuery = ActionQuery(), after: Int64?, limit: Int
    ) throws(LedgerError) -> Page<ActionRecord, Int64> {
        let targets = query.target.map { EventFilter([$0]) }
        return try snapshot { () throws(SQLiteError) in
            var rows: [ActionRecord] = []
            let found = try scan(limit: limit, { $0.add(after ?? .max) }, selectActions) { row in
                let at = row.time(1)
                let isWanted =
                    query.kind.map { $0.rawValue == row.uint8(2) } ?? true
                    && query.actor.map { $0.utf8.elementsEqual(row.buffer(3)) } ?? true
                    && targets?.matches(row.buffer(4)) ?? true
                    && query.since.map { $0 <= at } ?? true && query.until.map { at < $0 } ?? true
                if isWanted { rows.append(row.action()) }
                return (row.int(0), isWanted)
            }
            return Page(rows: rows, next: found.next)
        }
    }
}
