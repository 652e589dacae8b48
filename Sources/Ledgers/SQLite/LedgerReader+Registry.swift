extension LedgerReader {
    /// All of them, the oldest first.
    package func registrations() throws(LedgerError) -> [Registration] {
        try snapshot { () throws(SQLiteError) in
            try Statement("SELECT * FROM registrations ORDER BY id", on: database).all { $0.registration() }
        }
    }

    package func registration(_ id: String) throws(LedgerError) -> Registration? {
        try snapshot { () throws(SQLiteError) in
            try Statement("SELECT * FROM registrations WHERE id = ?", on: database).first({ $0.add(id) }) {
                $0.registration()
            }
        }
    }

    package func registration(route: String, name: String) throws(LedgerError) -> Registration? {
        try snapshot { () throws(SQLiteError) in
            try Statement("SELECT * FROM registrations WHERE route = ? AND name = ?", on: database).first({
                $0.add(route)
                $0.add(name)
            }) { $0.registration() }
        }
    }

    package func registration(partner: String, idempotencyKey: String) throws(LedgerError) -> Registration? {
        try snapshot { () throws(SQLiteError) in
            try Statement("SELECT * FROM registrations WHERE partner = ? AND idempotency_key = ?", on: database).first({
                $0.add(partner)
                $0.add(idempotencyKey)
            }) { $0.registration() }
        }
    }
}

/// A subscriber's name, and that of its route.
package struct SubscriberPlace: Sendable, Hashable {
    package let route: String
    package let name: String

    package init(route: String, name: String) { (self.route, self.name) = (route, name) }
}

extension LedgerReader {
    package func pausedSubscribers() throws(LedgerError) -> Set<SubscriberPlace> {
        try snapshot { () throws(SQLiteError) in
            var found: Set<SubscriberPlace> = []
            try Statement(
                """
                SELECT r.name, s.name FROM subscribers AS s JOIN routes AS r ON r.id = s.route WHERE s.paused IS NOT NULL
                """, on: database
            ).forEach { row in
                found.insert(SubscriberPlace(route: row.text(0), name: row.text(1)))
                return true
            }
            return found
        }
    }
}
