internal import Config
package import Crypto
package import Domain
package import Signatures

/// What the API has changed of a route, beside its file.
package struct RouteOverlay: Sendable {
    /// Why it takes nothing for now; nil while it is enabled.
    package var disabled: String?
    /// In place of the file's; nil leaves those.
    package var allow: [IPRange]?
    package var added: [AddedSecrets]

    package init(disabled: String? = nil, allow: [IPRange]? = nil, added: [AddedSecrets] = []) {
        (self.disabled, self.allow, self.added) = (disabled, allow, added)
    }

    package var isNothing: Bool { disabled == nil && allow == nil && added.isEmpty }
}

/// What a route's verifier is made of, so that it can be made again with more secrets or other addresses.
struct VerifierRecipe: Sendable {
    let verify: ConfigNode
    let secrets: SecretTable
    /// Of a route that is closed: an open one has the rest in its state.
    let closed: Closed?

    final class Closed: Sendable {
        /// Names of secrets of the file that cannot be read.
        let unusable: Set<String>
        let id: Extractor?
        let type: Extractor?

        init(unusable: Set<String>, id: Extractor?, type: Extractor?) {
            (self.unusable, self.id, self.type) = (unusable, id, type)
        }
    }
}

/// A secret by which a route may be proven now.
package struct LiveSecret: Sendable {
    /// As `Proof.provenBy` names it.
    package let label: String
    /// Its name in templates.
    package let name: String
    /// The credential that has it, as `AddedSecrets.label`; nil when the file has.
    package let credential: String?
    package let secret: Secret
}

extension RouteConfig {
    /// Names of the secrets that its verifier refers to.
    package var secretNames: Set<String> {
        if case .ready(let proof) = state { return proof.verifier.secretNames.subtracting([RouteReader.tokenSecret]) }
        guard let recipe else { return [] }
        return VerifierSpec.secretNames(of: recipe.verify).subtracting([RouteReader.tokenSecret])
    }

    /// - Parameter overlay: counts from what the file says, not from what was changed before.
    /// - Returns: also what is wrong with the added secrets together; the route is then as without them.
    package func overlaid(by overlay: RouteOverlay) -> (route: RouteConfig, problem: String?) {
        let written = asWritten
        if overlay.isNothing { return (written, nil) }
        let allow = overlay.allow ?? written.allow
        func changed(_ state: State, _ added: [AddedSecrets]) -> RouteConfig {
            RouteConfig(written, state: state, disabled: overlay.disabled, allow: allow, added: added)
        }
        guard overlay.allow != nil || !overlay.added.isEmpty else { return (changed(written.state, []), nil) }
        guard let recipe else {
            return (changed(written.state, []), overlay.added.isEmpty ? nil : "the route is closed for another reason")
        }
        var problem: String?
        // One that does not fit the file any more must not take the others along.
        let fitting = { overlay.added.filter { recipe.fits($0, for: written, allow: allow) } }
        for choose in [{ overlay.added }, fitting, { [] }] {
            let added = choose()
            switch recipe.make(for: written, allow: allow, added: added) {
            case .success(let proof): return (changed(.ready(proof), added), problem)
            case .failure(let error): problem = problem ?? error.description
            }
        }
        // What the file lacks is told as the file's.
        if case .unavailable = written.state {
            return (changed(written.state, []), overlay.added.isEmpty ? nil : problem)
        }
        return (changed(.unavailable(reason: problem ?? "its verifier is wrong"), []), problem)
    }

    /// This route with one more credential, beside those that count now.
    ///
    /// - Throws: `CandidateProblem` when its verifier cannot use it.
    package func adding(_ values: [String: Secret], as label: String) throws(CandidateProblem) -> RouteConfig {
        let new = AddedSecrets(label: label, values: values)
        var overlay = overlay
        overlay.added.append(new)
        let (trial, problem) = overlaid(by: overlay)
        if let problem { throw CandidateProblem(description: "route \(name) cannot use this: \(problem)") }
        guard case .ready(let proof) = trial.state, proof.verifier.addedLabels.contains(new.label) else {
            throw CandidateProblem(
                description: "route \(name) makes no use of \(new.values.keys.sorted().joined(separator: ", "))")
        }
        return trial
    }

    /// This route with other addresses; nil for those of its file.
    package func admitting(_ allow: [IPRange]?) -> (route: RouteConfig, problem: String?) {
        var overlay = overlay
        overlay.allow = allow
        return overlaid(by: overlay)
    }

    /// What was changed through the API, as far as it counts now.
    var overlay: RouteOverlay {
        RouteOverlay(disabled: disabled, allow: allow == asWritten.allow ? nil : allow, added: added)
    }

    /// Whether some secret of it has more than one live value.
    package var hasSeveralSecrets: Bool {
        !added.isEmpty || recipe?.secrets.contains { $0.value.count > 1 } ?? false
    }

    /// Every secret that may prove a request now, the file's first.
    package var liveSecrets: [LiveSecret] {
        guard let recipe, case .ready(let proof) = state else { return [] }
        var live: [LiveSecret] = []
        for name in proof.verifier.secretNames.sorted() {
            let own = recipe.secrets[name] ?? []
            for (place, secret) in own.enumerated() {
                let label = own.count == 1 ? name : "\(name)[\(place)]"
                live.append(LiveSecret(label: label, name: name, credential: nil, secret: secret))
            }
            for set in added {
                guard let secret = set.values[name] else { continue }
                live.append(
                    LiveSecret(label: "\(name):\(set.label)", name: name, credential: set.label, secret: secret))
            }
        }
        return live
    }
}

struct OverlayProblem: Error {
    let description: String
}

extension VerifierRecipe {
    func make(
        for route: RouteConfig, allow: [IPRange], added: [AddedSecrets]
    ) -> Result<RouteProof, OverlayProblem> {
        let given = Set(added.flatMap(\.values.keys))
        if let name = closed?.unusable.subtracting(given).min() {
            return .failure(OverlayProblem(description: "the file's secret \(name) cannot be used"))
        }
        var diagnostics = Diagnostics()
        let spec = VerifierSpec(
            verify, secrets: secrets, route: route.name, allow: allow, keys: route.keys, adding: added,
            into: &diagnostics)
        guard let spec else {
            let first = diagnostics.all.first { $0.severity == .error }
            return .failure(OverlayProblem(description: first?.problem ?? "the verifier cannot be made"))
        }
        if case .ready(let proof) = route.state {
            return .success(RouteProof(verifier: spec, id: proof.id, type: proof.type))
        }
        return .success(RouteProof(verifier: spec, id: closed?.id, type: closed?.type))
    }

    func fits(_ added: AddedSecrets, for route: RouteConfig, allow: [IPRange]) -> Bool {
        if case .success = make(for: route, allow: allow, added: [added]) { true } else { false }
    }
}

extension RouteTable {
    /// The same table with some of its routes changed.
    package func mapping(_ change: (RouteConfig) -> RouteConfig) -> RouteTable {
        RouteTable(routes.map(change), signing: signing)
    }
}

extension AddedSecrets {
    /// Behind a credential's name: its secrets before the last ones.
    package static let old = "[old]"
}
