internal import Domain

/// Registered subscribers, inside the batch's transaction: the change, and the record of it.
extension OpenLedger {
    func operate(
        _ change: RegistryChange, by operation: Operation, at now: WallTime
    ) throws(SQLiteError) -> OperationResult {
        switch change {
        case .add(let new, let paused): try add(new, paused, by: operation, at: now)
        case .change(let new, let pause): try self.change(new, pause, by: operation, at: now)
        case .remove(let id, let version): try remove(id, version, by: operation, at: now)
        case .reseal(let boxes): try reseal(boxes, by: operation, at: now)
        }
    }

    private func add(
        _ new: Registration, _ paused: String?, by operation: Operation, at now: WallTime
    ) throws(SQLiteError) -> OperationResult {
        if try registry.isNamed(new.route, new.name) { return .refused(.registry(.nameTaken)) }
        if let key = new.idempotencyKey, try registry.isKeyTaken(key, of: new.partner) {
            return .refused(.registry(.keyTaken))
        }
        if let other = try registry.same(as: new) { return .refused(.registry(.urlTaken(id: other))) }
        guard try registry.count(ofPartner: new.partner) < Limits.registrationsPerPartner else {
            return .refused(.registry(.tooMany(Limits.registrationsPerPartner)))
        }
        guard try registry.count(ofRoute: new.route) < Limits.subscribersPerRoute else {
            return .refused(.registry(.routeFull(Limits.subscribersPerRoute)))
        }
        try registry.insert(new)
        // A name that was used before may have been paused then.
        let ids = try directory.enroll(new.name, at: new.url, of: new.route)
        if ids.paused != paused { try directory.pause(ids.subscriber, reason: paused) }
        try record(.register, of: new.target, done: 1, by: operation, at: now)
        return .done(changed: 1, subscribers: [])
    }

    private func change(
        _ new: Registration, _ pause: RegistryChange.PauseChange, by operation: Operation, at now: WallTime
    ) throws(SQLiteError) -> OperationResult {
        guard let old = try registry.registration(new.id) else { return .refused(.registry(.noSuchRegistration)) }
        guard old.version + 1 == new.version else { return .refused(.registry(.changed)) }
        try registry.update(new)
        let ids = try directory.enroll(new.name, at: new.url, of: new.route)
        switch pause {
        case .none: break
        case .resume: try directory.pause(ids.subscriber, reason: nil)
        case .pause(let reason): try directory.pause(ids.subscriber, reason: reason)
        }
        try record(.changeRegistration, of: new.target, done: 1, by: operation, at: now)
        return .done(changed: 1, subscribers: [ids.subscriber])
    }

    private func remove(
        _ id: String, _ version: Int64, by operation: Operation, at now: WallTime
    ) throws(SQLiteError) -> OperationResult {
        guard let old = try registry.registration(id) else { return .refused(.registry(.noSuchRegistration)) }
        guard old.version == version else { return .refused(.registry(.changed)) }
        try registry.remove(id)
        try record(.deregister, of: old.target, done: 1, by: operation, at: now)
        return .done(changed: 1, subscribers: [])
    }

    private func reseal(
        _ boxes: [RegistryChange.Resealed], by operation: Operation, at now: WallTime
    ) throws(SQLiteError) -> OperationResult {
        for box in boxes {
            guard let old = try registry.registration(box.id) else { return .refused(.registry(.noSuchRegistration)) }
            guard old.version == box.version else { return .refused(.registry(.changed)) }
        }
        for box in boxes { try registry.reseal(box.id, box.secrets) }
        try record(.rekey, of: "ledger", done: Int64(boxes.count), by: operation, at: now)
        return .done(changed: boxes.count, subscribers: [])
    }

    /// The registrations of the routes that are there, with ids. A name that a route file uses is the file's.
    func enroll(_ given: Directory, _ ids: DirectoryIDs) throws(SQLiteError) -> DirectoryIDs {
        let places = Dictionary(uniqueKeysWithValues: given.routes.enumerated().map { ($1.name, $0) })
        var registered: [RegisteredSubscriber] = []
        for one in try registry.all() {
            guard let place = places[one.route],
                !given.routes[place].subscribers.contains(where: { $0.name == one.name })
            else { continue }
            let entry = try directory.enroll(one.name, at: one.url, of: one.route)
            registered.append(RegisteredSubscriber(place: place, registration: one, ids: entry))
        }
        return DirectoryIDs(routes: ids.routes, registered: registered, changes: try changes(of: given))
    }
}

extension Registration {
    /// How the record of an action names it.
    var target: String { "\(route)/\(name)" }
}
