internal import Config
internal import Crypto
internal import Signatures

/// What the provider asks before it sends events.
extension RouteReader {
    /// - Parameter node: takes the place of the preset's; an empty list is none.
    mutating func handshakes(_ node: ConfigNode?, secrets: SecretTable, preset: Preset?) -> [Handshake] {
        if let node { return written(node, secrets) }
        guard let preset, let node = preset.handshakeNode else { return [] }
        var found = Diagnostics()
        if let handshakes = Handshake.read(node, secrets: secrets, route: name, into: &found) { return handshakes }
        // What the verifier lacks as well is reported with it.
        let missing = Handshake.secretNames(of: node).filter { secrets[$0]?.isEmpty ?? true }
            .subtracting(preset.secrets).sorted()
        if !missing.isEmpty, unavailable == nil {
            let names = missing.joined(separator: ", ")
            let place = document["secrets"] ?? document
            diagnostics.report(
                place.warning(
                    "without \(names) the provider is not answered when it asks whether the URL is yours",
                    cure: "add \(names) to secrets, or write handshake: [] when it never asks"))
        }
        return []
    }

    private mutating func written(_ node: ConfigNode, _ secrets: SecretTable) -> [Handshake] {
        if unavailable == nil {
            return Handshake.read(node, secrets: secrets, route: name, into: &diagnostics) ?? []
        }
        // A secret that cannot be used was reported where it stands: only the spelling is judged, with others in its
        // place, and nothing is answered but what needs none.
        let filled = secrets.mapValues { $0.isEmpty ? [Secret("-")] : $0 }
        guard Handshake.read(node, secrets: filled, route: name, into: &diagnostics) != nil else { return [] }
        var unheard = Diagnostics()
        return Handshake.read(node, secrets: secrets, route: name, into: &unheard) ?? []
    }
}
