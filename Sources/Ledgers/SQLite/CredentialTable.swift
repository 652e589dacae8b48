internal import Domain

/// Credentials and settings of routes, as the one who writes sees them.
final class CredentialTable {
    private let insert: Statement
    private let update: Statement
    private let reseal: Statement
    private let remove: Statement
    private let select: Statement
    private let selectAll: Statement
    private let selectNamed: Statement
    private let selectKey: Statement
    private let countOfRoute: Statement
    private let selectSettings: Statement
    private let selectAllSettings: Statement
    private let store: Statement

    init(_ database: borrowing Database) throws(SQLiteError) {
        insert = try Statement(
            """
            INSERT INTO credentials (id, route, name, secrets, generated, not_before, not_after, key_id, box, old_key_id,
                old_box, old_version, old_until, version, created_at, created_by, changed_at, idempotency_key)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, on: database)
        update = try Statement(
            """
            UPDATE credentials SET key_id = ?2, box = ?3, old_key_id = ?4, old_box = ?5, old_version = ?6, old_until = ?7,
                version = ?8, changed_at = ?9 WHERE id = ?1
            """, on: database)
        reseal = try Statement(
            "UPDATE credentials SET key_id = ?2, box = ?3, old_key_id = ?4, old_box = ?5 WHERE id = ?1", on: database)
        remove = try Statement("DELETE FROM credentials WHERE id = ?", on: database)
        select = try Statement("SELECT * FROM credentials WHERE id = ?", on: database)
        selectAll = try Statement("SELECT * FROM credentials ORDER BY id", on: database)
        selectNamed = try Statement("SELECT 1 FROM credentials WHERE route = ? AND name = ?", on: database)
        selectKey = try Statement(
            "SELECT 1 FROM credentials WHERE created_by = ? AND idempotency_key = ?", on: database)
        countOfRoute = try Statement("SELECT count(*) FROM credentials WHERE route = ?", on: database)
        selectSettings = try Statement("SELECT * FROM route_settings WHERE route = ?", on: database)
        selectAllSettings = try Statement("SELECT * FROM route_settings ORDER BY route", on: database)
        store = try Statement(
            """
            INSERT INTO route_settings (route, disabled, allow, version, changed_at, changed_by) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET disabled = excluded.disabled, allow = excluded.allow, version = excluded.version, changed_at = excluded.changed_at,
                changed_by = excluded.changed_by
            """, on: database)
    }

    func insert(_ new: RouteCredential) throws(SQLiteError) {
        try insert.run {
            $0.add(new.id)
            $0.add(new.route)
            $0.add(new.name)
            $0.add(new.secretNames.joined(separator: " "))
            $0.add(Int64(new.isGenerated ? 1 : 0))
            $0.add(new.notBefore?.microseconds)
            $0.add(new.notAfter?.microseconds)
            $0.add(boxes: new)
            $0.add(new.version)
            $0.add(new.createdAt)
            $0.add(new.createdBy)
            $0.add(new.changedAt)
            $0.add(new.idempotencyKey)
        }
    }

    func update(_ changed: RouteCredential) throws(SQLiteError) {
        try update.run {
            $0.add(changed.id)
            $0.add(boxes: changed)
            $0.add(changed.version)
            $0.add(changed.changedAt)
        }
    }

    func reseal(_ box: RouteChange.Resealed) throws(SQLiteError) {
        try reseal.run {
            $0.add(box.id)
            $0.add(box.secrets)
            $0.add(box.replaced)
        }
    }

    func remove(_ id: String) throws(SQLiteError) { try remove.run { $0.add(id) } }

    func credential(_ id: String) throws(SQLiteError) -> RouteCredential? {
        try select.first({ $0.add(id) }) { $0.credential() }
    }

    func all() throws(SQLiteError) -> [RouteCredential] {
        try selectAll.all { $0.credential() }
    }

    func isNamed(_ route: String, _ name: String) throws(SQLiteError) -> Bool {
        try selectNamed.exists {
            $0.add(route)
            $0.add(name)
        }
    }

    func isKeyTaken(_ key: String, of actor: String) throws(SQLiteError) -> Bool {
        try selectKey.exists {
            $0.add(actor)
            $0.add(key)
        }
    }

    func count(ofRoute route: String) throws(SQLiteError) -> Int {
        Int(try countOfRoute.first({ $0.add(route) }) { $0.int(0) } ?? 0)
    }

    func settings(_ route: String) throws(SQLiteError) -> RouteSettings? {
        try selectSettings.first({ $0.add(route) }) { $0.routeSettings() }
    }

    func allSettings() throws(SQLiteError) -> [RouteSettings] {
        try selectAllSettings.all { $0.routeSettings() }
    }

    func store(_ settings: RouteSettings) throws(SQLiteError) {
        try store.run {
            $0.add(settings.route)
            $0.add(settings.disabled)
            $0.add(settings.allow.map { $0.joined(separator: " ") })
            $0.add(settings.version)
            $0.add(settings.changedAt)
            $0.add(settings.changedBy)
        }
    }
}

extension Values {
    /// `key_id` to `old_until`.
    fileprivate mutating func add(boxes credential: RouteCredential) {
        add(credential.secrets)
        add(credential.replaced?.secrets)
        add(credential.replaced?.version)
        add(credential.replaced?.until.microseconds)
    }
}

extension Row {
    /// From all columns of `credentials`, in the order of the schema.
    func credential() -> RouteCredential {
        func box(_ column: Int32) -> SealedBytes? {
            textIfAny(column).map { SealedBytes(keyID: $0, box: Array(buffer(column + 1))) }
        }
        func timeIfAny(_ column: Int32) -> WallTime? { intIfAny(column).map { WallTime(microseconds: $0) } }
        let replaced = box(9).map {
            RouteCredential.Replaced(
                secrets: $0, version: int(11), until: timeIfAny(12) ?? WallTime(microseconds: 0))
        }
        return RouteCredential(
            id: text(0), route: text(1), name: text(2), secretNames: text(3).split(separator: " ").map(String.init),
            isGenerated: int(4) != 0, notBefore: timeIfAny(5), notAfter: timeIfAny(6),
            secrets: box(7) ?? SealedBytes(keyID: "", box: []), replaced: replaced, version: int(13),
            createdAt: time(14), createdBy: text(15), changedAt: time(16), idempotencyKey: textIfAny(17))
    }

    /// From all columns of `route_settings`, in the order of the schema.
    func routeSettings() -> RouteSettings {
        RouteSettings(
            route: text(0), disabled: textIfAny(1),
            allow: textIfAny(2).map { $0.split(separator: " ").map(String.init) }, version: int(3),
            changedAt: time(4), changedBy: text(5))
    }
}
