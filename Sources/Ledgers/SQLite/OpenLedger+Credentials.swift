internal import Domain

/// What is changed of routes, inside the batch's transaction: the change, and the record of it.
extension OpenLedger {
    func operate(
        _ change: RouteChange, by operation: Operation, at now: WallTime
    ) throws(SQLiteError) -> OperationResult {
        switch change {
        case .add(let new): try add(new, by: operation, at: now)
        case .regenerate(let new): try replace(new, .regenerateCredential, new.target, by: operation, at: now)
        case .endOverlap(let new):
            try replace(new, .removeCredential, "\(new.target) secrets before", by: operation, at: now)
        case .remove(let id, let version): try remove(credential: id, version, by: operation, at: now)
        case .reseal(let boxes): try reseal(boxes, by: operation, at: now)
        case .disable(let route): try set(route, disabled: operation.reason, by: operation, at: now)
        case .enable(let route): try set(route, disabled: nil, by: operation, at: now)
        case .allow(let route, let allow, let version): try set(route, allow, version, by: operation, at: now)
        }
    }

    private func add(
        _ new: RouteCredential, by operation: Operation, at now: WallTime
    ) throws(SQLiteError) -> OperationResult {
        if try credentials.isNamed(new.route, new.name) { return .refused(.route(.nameTaken)) }
        if let key = new.idempotencyKey, try credentials.isKeyTaken(key, of: new.createdBy) {
            return .refused(.route(.keyTaken))
        }
        guard try credentials.count(ofRoute: new.route) < Limits.credentialsPerRoute else {
            return .refused(.route(.full(Limits.credentialsPerRoute)))
        }
        try credentials.insert(new)
        try record(.addCredential, of: new.target, done: 1, by: operation, at: now)
        return .done(changed: 1, subscribers: [])
    }

    private func replace(
        _ new: RouteCredential, _ kind: ActionKind, _ target: String, by operation: Operation, at now: WallTime
    ) throws(SQLiteError) -> OperationResult {
        guard let old = try credentials.credential(new.id) else { return .refused(.route(.noSuchCredential)) }
        guard old.version + 1 == new.version else { return .refused(.route(.changed)) }
        try credentials.update(new)
        try record(kind, of: target, done: 1, by: operation, at: now)
        return .done(changed: 1, subscribers: [])
    }

    private func remove(
        credential id: String, _ version: Int64, by operation: Operation, at now: WallTime
    ) throws(SQLiteError) -> OperationResult {
        guard let old = try credentials.credential(id) else { return .refused(.route(.noSuchCredential)) }
        guard old.version == version else { return .refused(.route(.changed)) }
        try credentials.remove(id)
        try record(.removeCredential, of: old.target, done: 1, by: operation, at: now)
        return .done(changed: 1, subscribers: [])
    }

    private func reseal(
        _ boxes: [RouteChange.Resealed], by operation: Operation, at now: WallTime
    ) throws(SQLiteError) -> OperationResult {
        for box in boxes {
            guard let old = try credentials.credential(box.id) else { return .refused(.route(.noSuchCredential)) }
            guard old.version == box.version else { return .refused(.route(.changed)) }
        }
        for box in boxes { try credentials.reseal(box) }
        try record(.rekey, of: "credentials", done: Int64(boxes.count), by: operation, at: now)
        return .done(changed: boxes.count, subscribers: [])
    }

    // MARK: Settings

    private func set(
        _ route: String, disabled: String?, by operation: Operation, at now: WallTime
    ) throws(SQLiteError) -> OperationResult {
        let old = try credentials.settings(route)
        guard old?.disabled != disabled else { return .done(changed: 0, subscribers: []) }
        try credentials.store(
            RouteSettings(
                route: route, disabled: disabled, allow: old?.allow, version: (old?.version ?? 0) + 1, changedAt: now,
                changedBy: operation.actor))
        try record(disabled == nil ? .enableRoute : .disableRoute, of: route, done: 1, by: operation, at: now)
        return .done(changed: 1, subscribers: [])
    }

    private func set(
        _ route: String, _ allow: [String]?, _ version: Int64?, by operation: Operation, at now: WallTime
    ) throws(SQLiteError) -> OperationResult {
        let old = try credentials.settings(route)
        if let version, version != old?.version ?? 0 { return .refused(.route(.changed)) }
        guard old?.allow != allow else { return .done(changed: 0, subscribers: []) }
        try credentials.store(
            RouteSettings(
                route: route, disabled: old?.disabled, allow: allow, version: (old?.version ?? 0) + 1, changedAt: now,
                changedBy: operation.actor))
        let words = allow.map { "allow=" + $0.joined(separator: ",") } ?? "allow of its file"
        try record(.changeAddresses, of: "\(route) \(words)", done: 1, by: operation, at: now)
        return .done(changed: 1, subscribers: [])
    }

    /// What was changed of the routes that are there.
    func changes(of given: Directory) throws(SQLiteError) -> RouteChanges {
        let names = Set(given.routes.map(\.name))
        return RouteChanges(
            settings: try credentials.allSettings().filter { names.contains($0.route) },
            credentials: try credentials.all().filter { names.contains($0.route) })
    }
}
