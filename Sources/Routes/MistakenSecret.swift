internal import Config

/// Text in place of a secret that was plainly meant to name one. Taken for the secret itself, it would let everybody sign
/// who guesses the name.
///
/// Its words never show the text: it may be a secret after all, one of capital letters and digits alone, for which the cure
/// leaves a way.
enum MistakenSecret: Sendable, Equatable {
    /// `STRIPE_SECRET`, `$STRIPE_SECRET`, `${STRIPE_SECRET}`
    case variable
    /// `ENV:STRIPE_SECRET`, and in a verifier any source.
    case source
    /// That of one of the route's own secrets.
    case ownName

    /// - Parameter ownNames: of the route's secrets.
    init?(_ text: String, ownNames: [String]) {
        let word = text.drop(while: \.isWhitespace).lowercased()
        if word.hasPrefix("env:") || word.hasPrefix("file:") {
            self = .source
        } else if ownNames.contains(text) {
            self = .ownName
        } else if text.utf8.count >= 3, text.wholeMatch(of: /\$?\{?[A-Z][A-Z0-9_]*\}?/) != nil, !isLikelySecret(text) {
            self = .variable
        } else {
            return nil
        }
    }

    var problem: String {
        switch self {
        case .variable: "this is the name of a variable, not a secret"
        case .source: "this names where a secret is kept, and would be the secret itself"
        case .ownName: "this is the name of a secret, not a secret"
        }
    }

    var cure: String {
        switch self {
        case .variable: "write \"env:\" before it; a secret that looks so goes into a variable or a file: \"file:PATH\""
        case .source: "begin with env: or file:, in small letters"
        case .ownName: "say where it is kept: \"env:NAME\" or \"file:PATH\""
        }
    }
}

/// In base 32, or a provider's id: the name of a variable as long as this has words with "_" between them.
private func isLikelySecret(_ text: String) -> Bool {
    text.utf8.count >= 16 && text.contains(where: \.isNumber) && !text.contains { "$_".contains($0) }
}

extension RouteReader {
    /// Of the route's secrets, as the file has them.
    var ownSecretNames: [String] {
        guard case .object(let members) = document["secrets"]?.value else { return [] }
        return members.map(\.key)
    }

    /// Keys and users that stand in a verifier and were meant to name a secret; reported.
    ///
    /// - Returns: their paths.
    mutating func mistakenKeys(in verify: ConfigNode) -> Set<String> {
        var paths: Set<String> = []
        for list in [verify["all"], verify["any"], verify["of"]].compactMap({ $0 }) {
            for member in list.elements { paths.formUnion(mistakenKeys(in: member)) }
        }
        // A public key may be anything that can be read.
        guard verify["type"]?.value != .string("signature") else { return paths }
        for list in [verify["key"], verify["users"]].compactMap({ $0 }) {
            for element in list.elements {
                let node = element["value"] ?? element
                guard case .string(let text) = node.value,
                    let mistake = MistakenSecret(text, ownNames: ownSecretNames)
                else { continue }
                diagnostics.report(
                    node.error(mistake.problem, cure: "name it in secrets and write {secret:NAME} here"))
                paths.insert(node.path)
            }
        }
        return paths
    }
}
