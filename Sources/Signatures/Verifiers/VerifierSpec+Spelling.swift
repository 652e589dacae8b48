package import Config
package import Domain

extension VerifierSpec {
    /// Reports what is wrong with a verifier whatever its secrets are: an unknown preset, a misspelt key, a template that
    /// cannot be read. What `init` reports beyond this lies in the secrets.
    package static func checkSpelling(
        of node: ConfigNode, route: String = "", allow: [IPRange] = [], keys: KeySettings = KeySettings(),
        into diagnostics: inout Diagnostics
    ) {
        var reader = SpecReader(root: node, secrets: [:], route: route, allow: allow)
        reader.keySettings = keys
        _ = reader.scheme(node)
        for diagnostic in reader.diagnostics.all { diagnostics.report(diagnostic) }
    }
}
