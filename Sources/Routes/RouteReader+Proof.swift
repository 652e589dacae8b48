internal import Config
internal import Crypto
internal import Domain
internal import Signatures

/// How genuine requests are told, and what their provider's preset brings along.
extension RouteReader {
    /// - Parameter preset: names the event's parts where the file says nothing.
    mutating func proof(
        _ file: ConfigNode, secrets: SecretTable, allow: [IPRange], keys: KeySettings, preset: Preset?
    ) -> RouteProof? {
        let event = file["event"]?.object(keys: ["id", "type"], into: &diagnostics)
        eventID = extractor(event?["id"], preset: preset?.id)
        eventType = extractor(event?["type"], preset: preset?.type)
        return verifier(file, secrets: secrets, allow: allow, keys: keys).map {
            RouteProof(verifier: $0, id: eventID, type: eventType)
        }
    }

    private mutating func extractor(_ node: ConfigNode?, preset: String?) -> Extractor? {
        if let node { return Extractor(node, into: &diagnostics) }
        return preset.flatMap { Extractor($0) }
    }

    /// Nil when the verifier is misspelt, which is an error, or a secret cannot be used, which closes the route.
    private mutating func verifier(
        _ file: ConfigNode, secrets: SecretTable, allow: [IPRange], keys: KeySettings
    ) -> VerifierSpec? {
        guard let verify = file["verify"] else {
            diagnostics.report(
                file.error(
                    "nothing says how requests are verified",
                    cure: "name a preset or a verifier with verify; { type: \"none\" } takes everything"))
            return nil
        }
        var spelling = Diagnostics()
        VerifierSpec.checkSpelling(of: verify, route: name, allow: allow, keys: keys, into: &spelling)
        let mistaken = mistakenKeys(in: verify)
        for diagnostic in spelling.all where !mistaken.contains(diagnostic.path) { diagnostics.report(diagnostic) }
        // A secret that cannot be used was reported where it stands; what it leaves out would only be reported again.
        if spelling.hasErrors || !mistaken.isEmpty || unavailable != nil { return nil }
        var found = Diagnostics()
        let spec = VerifierSpec(verify, secrets: secrets, route: name, allow: allow, keys: keys, into: &found)
        for diagnostic in found.all where !spelling.all.contains(diagnostic) {
            guard diagnostic.severity == .error else {
                diagnostics.report(diagnostic)
                continue
            }
            report(unusable: diagnostic.problem, cure: diagnostic.cure, at: verify)
            if unavailable == nil { unavailable = "\(verify.path): \(diagnostic.problem)" }
        }
        return spec
    }

    /// The first preset that `verify` names, itself or in a list: what the file does not say, it does.
    static func preset(_ verify: ConfigNode?) -> Preset? {
        guard let verify else { return nil }
        if case .string(let name) = verify.value { return Preset.named(name) }
        let lists = [verify["all"], verify["any"], verify["of"]].compactMap { $0 }
        for list in lists {
            guard case .array = list.value else { continue }
            for element in list.elements {
                if case .string(let name) = element.value, let preset = Preset.named(name) { return preset }
            }
        }
        return nil
    }
}
