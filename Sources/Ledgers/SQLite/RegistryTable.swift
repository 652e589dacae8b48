internal import Domain

/// Registered subscribers, as the one who writes sees them.
final class RegistryTable {
    private let insert: Statement
    private let update: Statement
    private let reseal: Statement
    private let remove: Statement
    private let select: Statement
    private let selectAll: Statement
    private let selectNamed: Statement
    private let selectWebhook: Statement
    private let selectKey: Statement
    private let countOfPartner: Statement
    private let countOfRoute: Statement

    init(_ database: borrowing Database) throws(SQLiteError) {
        insert = try Statement(
            """
            INSERT INTO registrations (id, route, name, url, partner, type, public_key, definition, key_id, box, version,
                created_at, changed_at, idempotency_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, on: database)
        update = try Statement(
            """
            UPDATE registrations SET url = ?2, definition = ?3, key_id = ?4, box = ?5, version = ?6, changed_at = ?7
            WHERE id = ?1
            """, on: database)
        reseal = try Statement("UPDATE registrations SET key_id = ?2, box = ?3 WHERE id = ?1", on: database)
        remove = try Statement("DELETE FROM registrations WHERE id = ?", on: database)
        select = try Statement("SELECT * FROM registrations WHERE id = ?", on: database)
        selectAll = try Statement("SELECT * FROM registrations ORDER BY id", on: database)
        selectNamed = try Statement("SELECT id FROM registrations WHERE route = ? AND name = ?", on: database)
        selectWebhook = try Statement(
            "SELECT id FROM registrations WHERE route = ? AND type = ? AND url = ? AND partner = ?", on: database)
        selectKey = try Statement(
            "SELECT id FROM registrations WHERE partner = ? AND idempotency_key = ?", on: database)
        countOfPartner = try Statement("SELECT count(*) FROM registrations WHERE partner = ?", on: database)
        countOfRoute = try Statement("SELECT count(*) FROM registrations WHERE route = ?", on: database)
    }

    func insert(_ new: Registration) throws(SQLiteError) {
        try insert.run {
            $0.add(new.id)
            $0.add(new.route)
            $0.add(new.name)
            $0.add(new.url)
            $0.add(new.partner)
            $0.add(new.type)
            $0.add(new.publicKey)
            $0.add(new.definition)
            $0.add(new.secrets)
            $0.add(new.version)
            $0.add(new.createdAt)
            $0.add(new.changedAt)
            $0.add(new.idempotencyKey)
        }
    }

    func update(_ changed: Registration) throws(SQLiteError) {
        try update.run {
            $0.add(changed.id)
            $0.add(changed.url)
            $0.add(changed.definition)
            $0.add(changed.secrets)
            $0.add(changed.version)
            $0.add(changed.changedAt)
        }
    }

    func reseal(_ id: String, _ secrets: SealedBytes) throws(SQLiteError) {
        try reseal.run {
            $0.add(id)
            $0.add(secrets)
        }
    }

    func remove(_ id: String) throws(SQLiteError) { try remove.run { $0.add(id) } }

    func registration(_ id: String) throws(SQLiteError) -> Registration? {
        try select.first({ $0.add(id) }) { $0.registration() }
    }

    func all() throws(SQLiteError) -> [Registration] {
        try selectAll.all { $0.registration() }
    }

    func isNamed(_ route: String, _ name: String) throws(SQLiteError) -> Bool {
        try selectNamed.exists {
            $0.add(route)
            $0.add(name)
        }
    }

    /// The id of the one that is the same to whoever registers by `/v1/webhook`.
    func same(as new: Registration) throws(SQLiteError) -> String? {
        guard let type = new.type else { return nil }
        return try selectWebhook.first({
            $0.add(new.route)
            $0.add(type)
            $0.add(new.url)
            $0.add(new.partner)
        }) { $0.text(0) }
    }

    func isKeyTaken(_ key: String, of partner: String) throws(SQLiteError) -> Bool {
        try selectKey.exists {
            $0.add(partner)
            $0.add(key)
        }
    }

    func count(ofPartner partner: String) throws(SQLiteError) -> Int {
        Int(try countOfPartner.first({ $0.add(partner) }) { $0.int(0) } ?? 0)
    }

    func count(ofRoute route: String) throws(SQLiteError) -> Int {
        Int(try countOfRoute.first({ $0.add(route) }) { $0.int(0) } ?? 0)
    }
}

extension Row {
    /// From all columns of `registrations`, in the order of the schema.
    func registration() -> Registration {
        let secrets = textIfAny(8).map { SealedBytes(keyID: $0, box: Array(buffer(9))) }
        return Registration(
            id: text(0), route: text(1), name: text(2), url: text(3), partner: text(4), type: textIfAny(5),
            publicKey: textIfAny(6), definition: text(7), secrets: secrets, version: int(10), createdAt: time(11),
            changedAt: time(12), idempotencyKey: textIfAny(13))
    }
}

extension Values {
    /// `key_id` and `box`.
    mutating func add(_ secrets: SealedBytes?) {
        add(secrets?.keyID)
        if let secrets { add(copying: secrets.box) } else { addNull() }
    }
}
