package import Config
package import Crypto

/// How a route tells genuine requests.
package struct RouteProof: Sendable {
    package let verify: ConfigNode
    package let secrets: SecretTable
}

extension RouteReader {
    mutating func proof(
        _ file: ConfigNode, secrets: SecretTable, tokens: RouteConfig.Tokens?, publicURL: String?
    ) -> RouteProof? {
        guard let verify = file["verify"] else {
            diagnostics.report(
                file.error(
                    "nothing says how requests are verified",
                    cure: "name a preset or a verifier with verify, or \"none\" to take everything"))
            return nil
        }
        return RouteProof(verify: verify, secrets: secrets)
    }
}
