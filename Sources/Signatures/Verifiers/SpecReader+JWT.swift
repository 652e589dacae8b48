internal import Config
internal import Crypto
internal import Domain

extension SpecReader {
    private enum JWTKeyFormat: String, CaseIterable {
        case text
        case pem
        case jwk
        case jwks
    }

    mutating func jwt(_ node: ConfigNode) -> Scheme? {
        let keys = [
            "type", "in", "prefix", "algorithms", "key", "claims", "maxAge", "leeway", "requireExpiry", "require",
        ]
        guard node.object(keys: keys, into: &diagnostics) != nil else { return nil }
        let location = location(node["in"], node)
        let prefix = prefix(node)
        let guards = guards(node["require"])
        let claims = claims(node["claims"])
        let ageMost = node["maxAge"].flatMap { $0.int(in: 1...86400, into: &diagnostics) }
        let leeway = node["leeway"].flatMap { $0.int(in: 0...300, into: &diagnostics) }
        // A token that must be fresh needs no end of its own (Plaid gives none).
        let needsExpiry = node["requireExpiry"].flatMap { $0.bool(into: &diagnostics) } ?? (ageMost == nil)
        guard let algorithmsNode = node["algorithms"] else {
            return wrong(node, "has no algorithms", cure: "name the provider's own: algorithms: [\"RS256\"]")
        }
        let algorithms = algorithmsNode.elements.compactMap { $0.choice(JWTAlgorithm.self, into: &diagnostics) }
        guard !algorithms.isEmpty else { return nil }
        let material = jwtKeys(node, algorithms)
        guard let location, !material.isEmpty || keySource != nil else { return nil }
        if keySource != nil, let shared = algorithms.first(where: { $0.signature == nil }) {
            return wrong(
                algorithmsNode, "\(shared.rawValue) needs a secret, which is never fetched",
                cure: "name the issuer's own, such as RS256")
        }
        if case .headers = location {
            return wrong(node, "a token stands in one field", cure: "write in: \"header:NAME\" without a star")
        }
        if !needsExpiry, ageMost == nil {
            diagnostics.report(
                node.warning("accepts tokens that never end", cure: "set maxAge, or leave requireExpiry out"))
        }
        let bindsBody = claims.contains { rule in
            rule.values.allSatisfy { $0.references.contains { $0.source == .body } }
        }
        return .jwt(
            JWTScheme(
                location: location, prefix: prefix, algorithms: algorithms, keys: material, claims: claims,
                ageMost: ageMost.map { .seconds(Int64($0)) },
                leeway: leeway.map { .seconds(Int64($0)) } ?? JWTScheme.leewayStandard, needsExpiry: needsExpiry,
                guards: guards, coverage: bindsBody ? .full : .partial, source: keySource))
    }

    mutating func claims(_ node: ConfigNode?) -> [ClaimRule] {
        guard let node, let members = node.members(into: &diagnostics) else { return [] }
        return members.compactMap { name, value in
            let values = value.elements.flatMap { templates($0) }.map(\.template)
            return values.isEmpty ? nil : ClaimRule(name: Array(name.utf8), values: values)
        }
    }

    private mutating func jwtKeys(_ node: ConfigNode, _ algorithms: [JWTAlgorithm]) -> [JWTKey] {
        guard let keyNode = node["key"] else {
            return wrong(node, "has no key", cure: "write key: { value: \"{secret:NAME}\", format: \"jwks\" }") ?? []
        }
        var keys: [JWTKey] = []
        for element in keyNode.elements {
            if case .object = element.value, let fetch = element["fetch"] {
                if !readFetch(element, fetch, isToken: true) { continue }
            }
            guard case .object = element.value, let formatNode = element["format"] else {
                keys += textKeys(element, node)
                continue
            }
            guard element.object(keys: ["value", "format", "strip", "encoding", "fetch"], into: &diagnostics) != nil,
                let format = formatNode.choice(JWTKeyFormat.self, into: &diagnostics)
            else { continue }
            if format == .text {
                keys += textKeys(element, node)
            } else {
                keys += publicJWTKeys(element, format)
            }
        }
        // Each key serves the algorithms of its own kind alone: a public key never becomes an HMAC secret.
        for key in keys where !algorithms.contains(where: key.fits) {
            return wrong(
                keyNode,
                "\(key.label) fits none of the algorithms \(algorithms.map(\.rawValue).joined(separator: ", "))",
                cure: "name the algorithm that goes with this kind of key") ?? []
        }
        // A preset names all that its provider may use; nobody can take one out of it.
        if node.file.hasPrefix(Preset.filePrefix) { return keys }
        for algorithm in algorithms where !keys.isEmpty && !keys.contains(where: { $0.fits(algorithm) }) {
            diagnostics.report(
                node.warning("no key fits \(algorithm.rawValue)", cure: "leave it out of algorithms, or add its key"))
        }
        return keys
    }

    private mutating func textKeys(_ element: ConfigNode, _ node: ConfigNode) -> [JWTKey] {
        let members: [ConfigValue.Member] =
            if case .object(let members) = element.value { members.filter { $0.key != "format" } } else {
                [.init(key: "value", value: element.value)]
            }
        let single = ConfigNode(
            .object([.init(key: "key", value: .object(members))]), file: element.file, path: element.path)
        return secretKeys(single).map {
            JWTKey(label: $0.label, material: .secret($0.secret), id: nil, algorithm: nil)
        }
    }

    private mutating func publicJWTKeys(_ element: ConfigNode, _ format: JWTKeyFormat) -> [JWTKey] {
        guard let value = element["value"] else {
            return wrong(element, "has no value", cure: "write value: \"{secret:NAME}\"") ?? []
        }
        var keys: [JWTKey] = []
        for choice in templates(value, .secrets) {
            let text = String(decoding: Self.bytes(choice.template), as: UTF8.self)
            do throws(CryptoError) {
                if format == .pem {
                    let key = try PublicKey(pem: text)
                    keys.append(JWTKey(label: choice.label, material: .publicKey(key), id: nil, algorithm: nil))
                } else {
                    keys += try JWKReader.keys(text, label: choice.label)
                }
            } catch {
                diagnostics.report(
                    value.error("\(choice.label) \(error.description)", cure: "see which key the provider publishes"))
            }
        }
        return keys
    }
}
