package import Crypto
package import Domain

/// Secrets that may prove a route's requests beside those of its file, added through the API: one sender's, perhaps, or
/// the new ones while old ones are still in use. The secrets themselves are sealed.
package struct RouteCredential: Sendable {
    /// What counted before it was made anew, and still does for a while.
    package struct Replaced: Sendable, Equatable {
        package let secrets: SealedBytes
        /// Of the credential when it had them.
        package let version: Int64
        package let until: WallTime

        package init(secrets: SealedBytes, version: Int64, until: WallTime) {
            (self.secrets, self.version, self.until) = (secrets, version, until)
        }
    }

    /// 24 hexadecimal digits that sort by time; never used again.
    package let id: String
    package let route: String
    /// Unique within its route.
    package let name: String
    /// Names of its secrets in the verifier's templates, sorted.
    package let secretNames: [String]
    /// Its secrets were made here.
    package let isGenerated: Bool
    /// It counts not before the one and before the other; nil: without such a bound.
    package let notBefore: WallTime?
    package let notAfter: WallTime?
    package let secrets: SealedBytes
    package let replaced: Replaced?
    /// 1 for a new one; each change adds 1.
    package let version: Int64
    package let createdAt: WallTime
    package let createdBy: String
    package let changedAt: WallTime
    /// Under which its creation may be repeated.
    package let idempotencyKey: String?

    package init(
        id: String, route: String, name: String, secretNames: [String], isGenerated: Bool, notBefore: WallTime? = nil,
        notAfter: WallTime? = nil, secrets: SealedBytes, replaced: Replaced? = nil, version: Int64 = 1,
        createdAt: WallTime, createdBy: String, changedAt: WallTime, idempotencyKey: String? = nil
    ) {
        self.id = id
        self.route = route
        self.name = name
        self.secretNames = secretNames
        self.isGenerated = isGenerated
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.secrets = secrets
        self.replaced = replaced
        self.version = version
        self.createdAt = createdAt
        self.createdBy = createdBy
        self.changedAt = changedAt
        self.idempotencyKey = idempotencyKey
    }

    /// The same with new secrets; those that it has count until `end`, where that is still to come.
    ///
    /// - Parameter keepsReplaced: those before them go on to count instead: nobody has got the last ones.
    package func regenerated(
        _ secrets: SealedBytes, of names: [String], isGenerated: Bool, overlap end: WallTime, at now: WallTime,
        keepsReplaced: Bool = false
    ) -> RouteCredential {
        let before =
            keepsReplaced
            ? replaced.map { ($0.secrets, $0.version) } : (self.secrets, version)
        return RouteCredential(
            id: id, route: route, name: name, secretNames: names, isGenerated: isGenerated, notBefore: notBefore,
            notAfter: notAfter, secrets: secrets,
            replaced: end > now ? before.map { Replaced(secrets: $0.0, version: $0.1, until: end) } : nil,
            version: version + 1, createdAt: createdAt, createdBy: createdBy, changedAt: now,
            idempotencyKey: idempotencyKey)
    }

    package enum State: String, Sendable, CaseIterable {
        case active
        /// Not yet.
        case waiting
        case expired
    }

    package func state(at now: WallTime) -> State {
        if let notBefore, now < notBefore { return .waiting }
        if let notAfter, now >= notAfter { return .expired }
        return .active
    }

    /// Whether the secrets before the last ones still count.
    package func hasOverlap(at now: WallTime) -> Bool { replaced.map { now < $0.until } ?? false }

    /// When another set of its secrets counts than now; nil when that stays.
    package func nextChange(after now: WallTime) -> WallTime? {
        [notBefore, notAfter, replaced?.until].compactMap { $0 }.filter { $0 > now }.min()
    }

    /// What a box is sealed for: neither another row's box nor that of another version opens in its place.
    package static func context(id: String, version: Int64) -> [UInt8] {
        Array("headgate credential \(id) \(version)".utf8)
    }

    /// How the record of an action names it.
    package var target: String { "\(route)/\(name)" }

    /// - Throws: when they cannot be opened with `key`.
    package func open(with key: SealingKey?) throws(LedgerKeyProblem) -> [String: Secret] {
        try Self.unpack(secrets, with: key, for: Self.context(id: id, version: version), of: target)
    }

    /// The secrets before the last ones.
    package func openReplaced(with key: SealingKey?) throws(LedgerKeyProblem) -> [String: Secret]? {
        guard let replaced else { return nil }
        let context = Self.context(id: id, version: replaced.version)
        return try Self.unpack(replaced.secrets, with: key, for: context, of: target)
    }

    private static func unpack(
        _ box: SealedBytes, with key: SealingKey?, for context: [UInt8], of owner: String
    ) throws(LedgerKeyProblem) -> [String: Secret] {
        guard let table = [String: Secret](packed: try box.open(with: key, for: context, of: owner)) else {
            throw .changed(owner: owner)
        }
        return table
    }
}

/// Secrets in one text to be sealed: of each its name's and its own length, in four bytes, and both.
extension [String: Secret] {
    package var packed: Secret {
        var bytes: [UInt8] = []
        for (name, secret) in sorted(by: { $0.key < $1.key }) {
            for count in [name.utf8.count, secret.count] {
                Swift.withUnsafeBytes(of: UInt32(count).bigEndian) { bytes.append(contentsOf: $0) }
            }
            bytes.append(contentsOf: name.utf8)
            secret.withBytes { bytes.append(contentsOf: $0) }
        }
        defer { bytes.withUnsafeMutableBytes { cleanse($0) } }
        return Secret(bytes)
    }

    init?(packed: Secret) {
        self = [:]
        let isWhole = packed.withBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                guard rest.count >= 8 else { return false }
                let counts = [0, 4].map { place in
                    Int(
                        UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: rest.startIndex + place, as: UInt32.self))
                    )
                }
                rest = rest.dropFirst(8)
                guard rest.count >= counts[0] + counts[1] else { return false }
                let name = String(decoding: rest.prefix(counts[0]), as: UTF8.self)
                rest = rest.dropFirst(counts[0])
                self[name] = Secret(copying: UnsafeRawBufferPointer(rebasing: rest.prefix(counts[1])))
                rest = rest.dropFirst(counts[1])
            }
            return true
        }
        if !isWhole { return nil }
    }
}
