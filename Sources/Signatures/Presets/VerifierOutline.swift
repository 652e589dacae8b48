package import Config
internal import Crypto
package import Domain

/// What a verifier does, told without its secrets: for lists, and for route files to start from.
package struct VerifierOutline: Sendable {
    /// `hmac-sha256`, `token`, … each once.
    package private(set) var schemes: [String] = []
    /// Where signatures and tokens stand, as in the file: `header:X-Signature`.
    package private(set) var places: [String] = []
    /// The widest replay window of any way in; nil when one of them has none.
    package private(set) var window: TimeSpan?
    /// The least that an accepted request proves.
    package let coverage: Coverage
    package let signsURL: Bool
    /// It counts on the route's list of addresses.
    package private(set) var needsAddresses = false
    /// Of the secrets: those that keep a key which is fetched without them.
    package private(set) var kept: Set<String> = []
    /// From where keys are fetched; each once.
    package private(set) var issuers: [String] = []
    /// The route has to say where its keys are.
    package private(set) var needsKeyURL = false
    /// By name: how it is written.
    package private(set) var secrets: [String: SecretForm] = [:]

    package enum SecretForm: String, Sendable {
        case text
        case hex
        case base64
        case pem = "PEM"
        case der = "base64 of DER"
        case ed25519Hex = "hexadecimal Ed25519 key"
        case ed25519Base64 = "base64 Ed25519 key"
        case jwk = "JWK"
        case jwks = "JWKS"
    }

    package init(_ node: ConfigNode) {
        let names = VerifierSpec.secretNames(of: node)
        let filled = Dictionary(uniqueKeysWithValues: names.map { ($0, [Secret("-")]) })
        var reader = SpecReader(root: node, secrets: filled, route: "", allow: [])
        secrets = Dictionary(uniqueKeysWithValues: names.map { ($0, .text) })
        let facts = Self.read(node, &reader, depth: 0)
        coverage = facts.coverage
        window = facts.window
        signsURL = facts.signsURL
        for scheme in facts.schemes where !schemes.contains(scheme) { schemes.append(scheme) }
        for place in facts.places where !places.contains(place) { places.append(place) }
        needsAddresses = facts.needsAddresses
        for (name, form) in facts.forms { secrets[name] = form }
        var bare = SpecReader(root: node, secrets: [:], route: "", allow: [])
        _ = bare.scheme(node)
        kept = bare.keptNames
        needsKeyURL = bare.lacksKeyURL
        for issuer in bare.keyIssuers where !issuers.contains(issuer) { issuers.append(issuer) }
    }

    private struct Facts {
        var schemes: [String] = []
        var places: [String] = []
        var window: TimeSpan?
        var coverage = Coverage.none
        var signsURL = false
        var needsAddresses = false
        var forms: [String: SecretForm] = [:]
    }

    private static func read(_ node: ConfigNode, _ reader: inout SpecReader, depth: Int) -> Facts {
        if case .string(let name) = node.value {
            return Preset.named(name).map { read($0.node, &reader, depth: depth + 1) } ?? Facts()
        }
        guard depth <= 8 else { return Facts() }
        if let members = node["of"] ?? node["all"] ?? node["any"] {
            let isAny = node["any"] != nil || text(node["type"]) == "any"
            return join(members.elements.map { read($0, &reader, depth: depth + 1) }, isAny: isAny)
        }
        var facts = Facts()
        facts.places = (node["in"] ?? node["signature"]?["in"])?.elements.compactMap { text($0) } ?? []
        facts.forms = forms(node)
        let type = text(node["type"]) ?? ""
        reader.takesMany = node["each"] != nil
        defer { reader.takesMany = false }
        switch type {
        case "hmac", "digest", "signature":
            let algorithm = text(node["algorithm"]) ?? "\(type)-\(text(node["hash"]) ?? "")"
            facts.schemes = [algorithm]
            let guards = reader.guards(node["require"])
            let messages = node["message"].map { reader.forms($0) } ?? []
            let covered = messages.map { $0.covering(guards).coverage }
            facts.coverage = covered.min { $0.rawValue < $1.rawValue } ?? .none
            facts.signsURL = messages.contains { form in
                form.segments.contains { $0.template.references.contains { $0.source == .url } }
            }
            facts.window = reader.window(node["timestamp"]).flatMap { $0.isOff ? nil : $0.tolerance }
        case "jwt":
            facts.schemes = node["algorithms"]?.elements.compactMap { text($0) }.map { "jwt-\($0.lowercased())" } ?? []
            let bindsBody = reader.claims(node["claims"]).contains { rule in
                rule.values.allSatisfy { $0.references.contains { $0.source == .body } }
            }
            facts.coverage = bindsBody ? .full : .partial
            var unheard = Diagnostics()
            let age = node["maxAge"]?.int(in: 1...86400, into: &unheard)
            facts.window = age.map { .seconds(Int64($0)) }
        case "token", "basic":
            facts.schemes = [type]
            facts.coverage = .partial
            if type == "basic" { facts.places = ["header:Authorization"] }
        case "ip":
            facts.schemes = [type]
            facts.coverage = .address
            facts.needsAddresses = node["allow"] == nil
        default: facts.schemes = [type]
        }
        return facts
    }

    private static func join(_ members: [Facts], isAny: Bool) -> Facts {
        var whole = Facts()
        for member in members {
            whole.schemes += member.schemes
            whole.places += member.places
            whole.signsURL = whole.signsURL || member.signsURL
            whole.needsAddresses = whole.needsAddresses || member.needsAddresses
            whole.forms.merge(member.forms) { $1 }
        }
        let windows = members.compactMap(\.window)
        whole.window = isAny ? windows.count == members.count ? windows.max() : nil : windows.min()
        let covered = members.map(\.coverage)
        whole.coverage =
            (isAny ? covered.min { $0.rawValue < $1.rawValue } : covered.max { $0.rawValue < $1.rawValue }) ?? .none
        return whole
    }

    /// How the secrets in a verifier's keys are written.
    private static func forms(_ node: ConfigNode) -> [String: SecretForm] {
        var forms: [String: SecretForm] = [:]
        for key in node["key"]?.elements ?? [] {
            guard let value = text(key["value"]), let written = try? TemplateText(value) else { continue }
            let form: SecretForm? =
                switch text(key["format"]) ?? text(key["encoding"]) {
                case "pem": .pem
                case "der-base64": .der
                case "ed25519-hex": .ed25519Hex
                case "ed25519-base64": .ed25519Base64
                case "jwk": .jwk
                case "jwks": .jwks
                case "hex": .hex
                case "base64": .base64
                default: text(node["type"]) == "signature" ? .pem : nil
                }
            for case .reference("secret", let name?, _, _) in written.parts { forms[name] = form }
        }
        return forms
    }

    private static func text(_ node: ConfigNode?) -> String? {
        if case .string(let text)? = node?.value { text } else { nil }
    }
}
