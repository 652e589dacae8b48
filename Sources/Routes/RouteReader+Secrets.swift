internal import Config
internal import Crypto
internal import Domain

extension RouteReader {
    /// Where the token endpoint's secret stands in the route's table, for the verifier of the tokens.
    static let tokenSecret = "TOKENS_CLIENT_SECRET"

    /// The route's secrets by name. One that cannot be used makes the route unavailable.
    mutating func secretTable(_ node: ConfigNode?) -> SecretTable {
        guard let node, let members = node.members(into: &diagnostics) else { return [:] }
        var table: SecretTable = [:]
        for (key, member) in members {
            guard isSecretName(key) else {
                diagnostics.report(
                    member.error(
                        "this name of a secret cannot be used",
                        cure: "use letters, digits and \"_\", beginning with a letter, and not \(Self.tokenSecret)"))
                continue
            }
            if let candidate, candidate.name == key || candidate.name == nil && members.count == 1 {
                table[key] = [candidate.value]
                self.candidate?.isUsed = true
                continue
            }
            let live = liveSecrets(member) { $0.unavailable = $1 }
            if live.isEmpty { unusableSecrets.insert(key) }
            table[key] = live
        }
        return table
    }

    /// One secret or a list of live ones; empty when one of them cannot be used, which is reported and noted.
    ///
    /// - Parameter note: takes the reason, which names the secret and never holds it.
    mutating func liveSecrets(_ node: ConfigNode, note: (inout RouteReader, String) -> Void) -> [Secret] {
        let elements = node.elements
        guard (1...Limits.liveSecrets).contains(elements.count) else {
            diagnostics.report(
                node.error("a list of \(elements.count) secrets", cure: "name 1 to \(Limits.liveSecrets) live ones"))
            return []
        }
        let found = elements.compactMap { secret($0, note: note) }
        return found.count == elements.count ? found : []
    }

    mutating func secret(_ node: ConfigNode, note: (inout RouteReader, String) -> Void) -> Secret? {
        guard let text = node.string(into: &diagnostics) else { return nil }
        let source = SecretSource(text)
        if case .request = origin, !source.isLiteral {
            diagnostics.report(
                node.error(
                    "env: and file: name secrets of the gateway itself", cure: "send the secret, or write a route file")
            )
            return nil
        }
        if case .file = origin, case .literal(let text) = source,
            let mistake = MistakenSecret(text, ownNames: ownSecretNames)
        {
            report(unusable: mistake.problem, cure: mistake.cure, at: node)
            note(&self, "\(node.path): \(mistake.problem)")
            return nil
        }
        switch secrets.read(source) {
        case .success(let secret):
            if source.isLiteral, case .file = origin {
                diagnostics.report(
                    node.warning(
                        "the secret itself stands in the file", cure: "keep it elsewhere: \"env:NAME\" or \"file:PATH\""
                    ))
            }
            return secret
        case .failure(let problem):
            report(unusable: problem.text, cure: problem.cure, at: node)
            note(&self, "\(node.path): \(problem.text)")
            return nil
        }
    }

    /// What stops a route or a subscriber, and not the gateway.
    mutating func report(unusable problem: String, cure: String, at node: ConfigNode) {
        diagnostics.report(
            Diagnostic(unusable, file: node.file, path: node.path, problem: problem, cure: cure))
    }

    /// - Parameter table: takes the client secrets, which the verifier of the tokens needs.
    mutating func tokens(_ node: ConfigNode?, path: String, table: inout SecretTable) -> RouteConfig.Tokens? {
        guard let node,
            let object = node.object(keys: ["clientId", "clientSecret", "expires"], into: &diagnostics)
        else { return nil }
        let lifetime =
            object["expires"]?.duration(in: .seconds(60)...Limits.tokenLifetimeMost, into: &diagnostics)
            ?? Limits.tokenLifetime
        guard let id = object["clientId"], let secret = object["clientSecret"] else {
            diagnostics.report(
                node.error(
                    "clientId and clientSecret are both needed", cure: "name them: \"env:NAME\" or \"file:PATH\""))
            return nil
        }
        let clientIDs = liveSecrets(id) { $0.unavailable = $1 }
        let clientSecrets = liveSecrets(secret) { $0.unavailable = $1 }
        if clientSecrets.contains(where: { $0.count < 16 }) {
            diagnostics.report(
                secret.warning(
                    "shorter than 16 bytes, and tokens are signed with it", cure: "use 32 random bytes or more"))
        }
        table[Self.tokenSecret] = clientSecrets
        return RouteConfig.Tokens(
            path: path.hasSuffix("/") ? path + "token" : path + "/token",
            clientIDs: clientIDs, clientSecrets: clientSecrets, lifetime: lifetime, issuer: "headgate", audience: name)
    }

    func isSecretName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(0x30...0x39).contains(first), text.utf8.count <= Limits.nameBytes else {
            return false
        }
        return text != Self.tokenSecret
            && text.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5a).contains($0) || (0x61...0x7a).contains($0) || $0 == 0x5f
            }
    }
}
