package import Domain

/// Keys that were read from what a provider answered.
package struct FetchedKeys: Sendable {
    let keys: [JWTKey]
    /// How long they may be used without asking again.
    package let lifetime: TimeSpan

    init(_ keys: [JWTKey], lifetime: TimeSpan) { (self.keys, self.lifetime) = (keys, lifetime) }

    package var count: Int { keys.count }

    /// Whether a token that names its key so can be judged by these.
    func serve(_ id: [UInt8]?) -> Bool { keys.contains { $0.id == nil || id == nil || $0.id == id } }
}

/// What is known of the providers' keys at one moment. Immutable: whoever fetches publishes another one.
package final class KeySnapshot: Sendable {
    package struct Entry: Sendable {
        /// The last that were read, also when a later attempt failed.
        package var keys: FetchedKeys?
        package var keysUntil: MonotonicTime
        /// Of the last attempt.
        package var verdict: Verdict
        /// Until then the verdict stands and nothing is fetched.
        package var nextFetch: MonotonicTime

        package init(keys: FetchedKeys?, keysUntil: MonotonicTime, verdict: Verdict, nextFetch: MonotonicTime) {
            self.keys = keys
            self.keysUntil = keysUntil
            self.verdict = verdict
            self.nextFetch = nextFetch
        }
    }

    package enum Verdict: Sendable {
        case read
        /// The provider knows no such key.
        case absent
        /// A certificate that proves nothing.
        case untrusted
        /// Our own trouble, or the provider's.
        case failed
    }

    package let entries: [KeyName: Entry]
    /// Sources that are asked too often: nothing new is fetched from them until then.
    package let closed: [KeySource.ID: MonotonicTime]

    package init(entries: [KeyName: Entry], closed: [KeySource.ID: MonotonicTime]) {
        (self.entries, self.closed) = (entries, closed)
    }

    package static let empty = KeySnapshot(entries: [:], closed: [:])
}

/// The keys as one verification sees them.
package struct KnownKeys: Sendable {
    let snapshot: KeySnapshot
    let now: MonotonicTime

    package init(_ snapshot: KeySnapshot, at now: MonotonicTime) { (self.snapshot, self.now) = (snapshot, now) }

    package static let none = KnownKeys(.empty, at: MonotonicTime(nanoseconds: 0))

    enum Found {
        case keys(FetchedKeys)
        case refused(Verification.Refusal)
        case unknown
    }

    /// - Parameter id: of the key within a document.
    func find(_ name: KeyName, id: [UInt8]?) -> Found {
        if let entry = snapshot.entries[name] {
            if let keys = entry.keys, now < entry.keysUntil, keys.serve(id) { return .keys(keys) }
            if now < entry.nextFetch {
                switch entry.verdict {
                case .read, .absent: return .refused(.keyUnknown)
                case .untrusted: return .refused(.keyUntrusted)
                case .failed: return .refused(.keyUnavailable)
                }
            }
        }
        if let until = snapshot.closed[name.source], now < until { return .refused(.keyUnavailable) }
        return .unknown
    }
}

extension Evaluation {
    /// The keys of a source that may have signed; what is missing is noted in `wanted`, and refused as ours.
    ///
    /// - Parameter id: the `kid` of the token; nil for signatures, and for tokens without one.
    mutating func keys(of source: KeySource, id: [UInt8]? = nil) throws(Verification.Refusal) -> [JWTKey] {
        let name: [UInt8]
        switch source.naming {
        case .document: name = []
        case .token: name = id ?? []
        case .template(let template):
            guard let text = try text(of: template) else { throw .fieldMissing }
            name = text
        }
        guard let request = source.request(named: name) else { throw .keyForeign }
        switch known.find(request.name, id: id) {
        case .keys(let found): return found.keys
        case .refused(let refusal): throw refusal
        case .unknown:
            wanted = wanted ?? request
            throw .keyUnavailable
        }
    }
}
