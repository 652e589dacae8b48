internal import Config
internal import Crypto
internal import Domain
internal import Ledgers
internal import Routes
internal import Wire

/// What a request says of a credential, taken apart.
struct AskedCredential {
    /// Nil when the request gives none, so that they are made here.
    let secrets: [String: Secret]?
    let notBefore: Moment?
    let notAfter: Moment?

    /// A time, or how long after the creation: the same words mean the same credential whenever they are said again.
    enum Moment {
        case at(WallTime)
        case after(TimeSpan)

        func time(from creation: WallTime) -> WallTime {
            switch self {
            case .at(let time): time
            case .after(let span): creation + span
            }
        }
    }

    static let keys = ["secret", "secrets", "notBefore", "notAfter"]

    /// - Parameter document: read already, but for what it says of the credential.
    init(_ document: ConfigNode, of route: RouteConfig, at now: WallTime) throws(Problem) {
        var diagnostics = Diagnostics()
        secrets = Self.secrets(document, of: route, into: &diagnostics)
        notBefore = Self.time(document["notBefore"], into: &diagnostics)
        notAfter = Self.time(document["notAfter"], into: &diagnostics)
        if let notAfter, let node = document["notAfter"],
            notAfter.time(from: now) <= max(notBefore?.time(from: now) ?? now, now)
        {
            diagnostics.report(node.error("ends before it begins, or in the past", cure: "name a later time"))
        }
        if diagnostics.hasErrors { throw .badRequest("the body cannot be used", errors: diagnostics.all) }
    }

    private static func secrets(
        _ document: ConfigNode, of route: RouteConfig, into diagnostics: inout Diagnostics
    ) -> [String: Secret]? {
        let known = route.secretNames
        var found: [String: Secret] = [:]
        if let node = document["secret"], node.value != .null {
            if known.count == 1, let name = known.first {
                found[name] = secret(node, into: &diagnostics)
            } else {
                diagnostics.report(
                    node.error(
                        "route \(route.name) has several secrets", cure: "write secrets: { \(list(known)): … }"))
            }
        }
        guard let node = document["secrets"], node.value != .null, let members = node.members(into: &diagnostics) else {
            return found.isEmpty ? nil : found
        }
        for (name, member) in members {
            if !known.contains(name) {
                let cure = nearest(to: name, in: Array(known)).map { "did you mean \($0)?" }
                diagnostics.report(
                    member.error(
                        "route \(route.name) has no secret \(quoted(name))", cure: cure ?? "it has \(list(known))"))
            } else {
                found[name] = secret(member, into: &diagnostics)
            }
        }
        if members.isEmpty {
            diagnostics.report(node.error("is empty", cure: "leave it out to have one made, or name \(list(known))"))
        }
        return found
    }

    private static func list(_ names: Set<String>) -> String { names.sorted().joined(separator: ", ") }

    private static func secret(_ node: ConfigNode, into diagnostics: inout Diagnostics) -> Secret? {
        guard let text = node.nonEmptyString(into: &diagnostics) else { return nil }
        guard SecretSource(text).isLiteral else {
            diagnostics.report(
                node.error("env: and file: name secrets of the gateway itself", cure: "send the secret itself"))
            return nil
        }
        guard !text.utf8.allSatisfy({ $0 == 0x20 || (0x09...0x0d).contains($0) }) else {
            diagnostics.report(node.error("is blank", cure: "send the secret"))
            return nil
        }
        return Secret(text)
    }

    /// RFC 3339, seconds since 1970, or a length.
    private static func time(_ node: ConfigNode?, into diagnostics: inout Diagnostics) -> Moment? {
        guard let node, node.value != .null else { return nil }
        let found: Moment? =
            switch node.value {
            case .string(let text): WallTime(rfc3339: text).map { .at($0) } ?? length(text).map { .after($0) }
            case .number(let text): Int64(text).flatMap { WallTime(unix: $0) }.map { .at($0) }
            case .null, .bool, .array, .object: nil
            }
        if found == nil {
            diagnostics.report(
                node.error("is no time", cure: "write 2026-01-31T09:30:00Z, seconds since 1970, or 30d from now"))
        }
        return found
    }

    /// Every sum with it is a time.
    private static func length(_ text: String) -> TimeSpan? {
        Quantity.duration(text).flatMap { $0 <= .seconds(100 * 366 * 86_400) ? $0 : nil }
    }

    /// Whether this would have made `old`, whose secrets are `opened`.
    func isSame(as old: RouteCredential, _ opened: [String: Secret]) -> Bool {
        guard notBefore?.time(from: old.createdAt) == old.notBefore,
            notAfter?.time(from: old.createdAt) == old.notAfter, (secrets == nil) == old.isGenerated
        else { return false }
        guard let secrets else { return true }
        guard secrets.count == opened.count else { return false }
        var isSame = true
        for (name, secret) in secrets {
            guard let other = opened[name] else { return false }
            let equal = secret.withBytes { one in other.withBytes { equalInConstantTime(one, $0) } }
            isSame = isSame && equal
        }
        return isSame
    }
}

/// Secrets that are ours to choose. 64 hexadecimal digits are a key in every encoding that providers write theirs in: as
/// text, in hexadecimal, and in base64.
enum MadeSecrets {
    static func make(for route: RouteConfig) throws(Problem) -> [String: Secret] {
        let names = route.secretNames
        let live = Set(route.asWritten.liveSecrets.map(\.name)).intersection(names)
        return try make(live.isEmpty ? names : live)
    }

    static func make(_ names: Set<String>) throws(Problem) -> [String: Secret] {
        var made: [String: Secret] = [:]
        do throws(CryptoError) {
            for name in names { made[name] = Secret(Hex.encode(try randomBytes(32))) }
        } catch {
            throw Problem(.internalServerError, "\(error)")
        }
        return made
    }
}
