internal import Config
internal import Signatures

extension RouteReader {
    /// Secrets that are given and never asked for: most are misspelt.
    mutating func lintSecrets(_ file: ConfigNode, _ route: RouteConfig, _ preset: Preset?) {
        guard let verify = file["verify"] else { return }
        let handshake = file["handshake"] ?? preset?.handshakeNode
        let read = VerifierSpec.secretNames(of: verify).union(handshake.map(Handshake.secretNames) ?? [])
            .subtracting([Self.tokenSecret])
        let given = ownSecretNames
        let unread = given.filter { isSecretName($0) && !read.contains($0) }
        var spelling = Diagnostics()
        if !unread.isEmpty {
            VerifierSpec.checkSpelling(of: verify, route: name, allow: route.allow, into: &spelling)
        }
        // A misspelt verifier reads nothing, and was reported.
        for name in unread where !spelling.hasErrors {
            guard let node = file["secrets"]?[name] else { continue }
            let missing = read.subtracting(given).sorted()
            let guess = nearest(to: name, in: missing) ?? (missing.count == 1 ? missing[0] : nil)
            let known = read.isEmpty ? "remove it" : "the verifier reads \(read.sorted().joined(separator: ", "))"
            diagnostics.report(
                node.warning("nothing reads it", cure: guess.map { "did you mean \($0)?" } ?? known))
        }
    }
}
