internal import Config
internal import Crypto

extension SpecReader {
    /// Keys of one verifier, all of which are tried.
    static var keysMost: Int { 32 }

    /// `key`: a template, an object with one, or a list of either.
    private mutating func keyNodes(
        _ node: ConfigNode, of parent: [String], isPublic: Bool = false
    ) -> [(value: ConfigNode, object: ConfigNode?)] {
        node.elements.compactMap { element in
            if case .string = element.value { return (element, nil) }
            guard element.object(keys: parent, into: &diagnostics) != nil else { return nil }
            if let fetch = element["fetch"] {
                guard isPublic else {
                    return wrong(
                        fetch, "a secret that both sides share is never fetched", cure: "name it in secrets")
                }
                guard readFetch(element, fetch, isToken: false) else { return nil }
            }
            guard let value = element["value"] else {
                return wrong(element, "has no value", cure: "write value: \"{secret:NAME}\"")
            }
            return (value, element)
        }
    }

    private mutating func required(_ node: ConfigNode, _ key: String) -> ConfigNode? {
        if let found = node[key] { return found }
        return wrong(node, "has no \(key)", cure: key == "key" ? "write key: \"{secret:NAME}\"" : "add \(key): …")
    }

    private mutating func checkCount<Key>(_ keys: [Key], _ node: ConfigNode) -> [Key] {
        guard keys.count <= Self.keysMost else {
            return wrong(node, "has \(keys.count) keys", cure: "use at most \(Self.keysMost)") ?? []
        }
        return keys
    }

    enum KeyEncoding: String, CaseIterable {
        case utf8
        case hex
        case base64
        case base64Lenient = "base64-lenient"
    }

    /// Keys of MACs, and tokens: bytes.
    mutating func secretKeys(_ parent: ConfigNode) -> [LabelledSecret] {
        guard let node = required(parent, "key") else { return [] }
        var keys: [LabelledSecret] = []
        for (value, object) in keyNodes(node, of: ["value", "strip", "encoding", "derive", "id", "fetch"]) {
            let strip = object?["strip"].flatMap { $0.string(into: &diagnostics) }
            let encoding = object?["encoding"].flatMap { $0.choice(KeyEncoding.self, into: &diagnostics) } ?? .utf8
            let derivations = HashAlgorithm.allCases.map(\.rawValue) + [TokenKey.derivation]
            let derive = object?["derive"].flatMap { $0.word(of: derivations, into: &diagnostics) }
            let id = object?["id"].map { templates($0, .secrets) }
            let choices = templates(value, .secrets)
            if let id, id.count != 1, id.count != choices.count, !choices.isEmpty, !id.isEmpty {
                diagnostics.report(value.error("has more ids than keys", cure: "give each key one id"))
            }
            for (place, choice) in choices.enumerated() {
                warnOfLiteral(choice, value)
                guard let secret = keyBytes(choice, strip, encoding, derive, value) else { continue }
                let name = id.flatMap { $0.isEmpty ? nil : $0[$0.count == 1 ? 0 : min(place, $0.count - 1)] }
                keys.append(LabelledSecret(label: choice.label, secret: secret, id: name.map(Self.bytes)))
            }
        }
        return checkCount(keys, node)
    }

    mutating func warnOfLiteral(_ choice: ExpandedTemplate, _ node: ConfigNode) {
        let isLiteral = choice.template.parts.allSatisfy { if case .literal = $0 { true } else { false } }
        guard isLiteral, !choice.template.parts.isEmpty else { return }
        diagnostics.report(
            node.warning(
                "the secret itself stands in the file", cure: "name it in secrets and write {secret:NAME} here"))
    }

    private mutating func keyBytes(
        _ choice: ExpandedTemplate, _ strip: String?, _ encoding: KeyEncoding, _ derive: String?,
        _ node: ConfigNode
    ) -> Secret? {
        var bytes = Self.bytes(choice.template)
        defer { bytes.withUnsafeMutableBytes { cleanse($0) } }
        if let strip, bytes.starts(with: Array(strip.utf8)) { bytes.removeFirst(strip.utf8.count) }
        let name = choice.label.isEmpty ? "the key" : choice.label
        let decoded: [UInt8]? =
            switch encoding {
            case .utf8: bytes
            case .hex: Hex.decode(String(decoding: trimmed(bytes), as: UTF8.self))
            case .base64: Base64.decode(String(decoding: trimmed(bytes), as: UTF8.self), .key)
            case .base64Lenient: Base64.decode(String(decoding: bytes, as: UTF8.self), .lenient)
            }
        guard var key = decoded else {
            return wrong(node, "\(name) is no \(encoding.rawValue)", cure: "see how the provider writes its key")
        }
        defer { key.withUnsafeMutableBytes { cleanse($0) } }
        guard !key.isEmpty, !bytes.isEmpty else {
            return wrong(node, "\(name) is empty", cure: "give it the provider's key: an empty one lets everybody sign")
        }
        guard let derive else { return Secret(key) }
        let derived = key.withUnsafeBytes { bytes in
            derive == TokenKey.derivation
                ? try? TokenKey.derive(from: bytes) : try? HashAlgorithm(rawValue: derive)?.digest(bytes)
        }
        return derived.map { Secret($0) } ?? wrong(node, "\(name) cannot be derived", cure: "check OpenSSL's providers")
    }

    /// The text of a template without parts of a request.
    static func bytes(_ template: Template) -> [UInt8] {
        template.parts.flatMap { part -> [UInt8] in
            switch part {
            case .literal(let bytes): bytes
            case .secret(let secret): secret.withBytes { Array($0) }
            case .reference: []
            }
        }
    }

    static func bytes(_ expanded: ExpandedTemplate) -> [UInt8] { bytes(expanded.template) }

    enum KeyFormat: String, CaseIterable {
        case pem
        case derBase64 = "der-base64"
        case ed25519Hex = "ed25519-hex"
        case ed25519Base64 = "ed25519-base64"
        case jwk
    }

    /// Public keys of signatures.
    mutating func publicKeys(_ parent: ConfigNode, for algorithm: SignatureAlgorithm) -> [LabelledKey] {
        guard let node = required(parent, "key") else { return [] }
        var keys: [LabelledKey] = []
        for (value, object) in keyNodes(node, of: ["value", "strip", "format", "id", "fetch"], isPublic: true) {
            let strip = object?["strip"].flatMap { $0.string(into: &diagnostics) }
            let format = object?["format"].flatMap { $0.choice(KeyFormat.self, into: &diagnostics) } ?? .pem
            for choice in templates(value, .secrets) {
                var text = String(decoding: trimmed(Self.bytes(choice.template)), as: UTF8.self)
                if let strip, text.hasPrefix(strip) { text.removeFirst(strip.count) }
                do throws(CryptoError) {
                    let key = try Self.publicKey(text, format)
                    guard key.kind == algorithm.keyKind else {
                        throw .wrongKeyKind(needed: algorithm.keyKind.rawValue)
                    }
                    keys.append(LabelledKey(label: choice.label, key: key))
                } catch {
                    diagnostics.report(
                        value.error(
                            "\(choice.label) \(error.description)", cure: "see which key the provider publishes"))
                }
            }
        }
        return checkCount(keys, node)
    }

    static func publicKey(_ text: String, _ format: KeyFormat) throws(CryptoError) -> PublicKey {
        switch format {
        case .pem: return try PublicKey(pem: text)
        case .derBase64:
            guard let der = Base64.decode(text, .lenient) else { throw .unreadableKey(expected: "base64 of DER") }
            return try PublicKey(der: der)
        case .ed25519Hex:
            guard let bytes = Hex.decode(text) else { throw .unreadableKey(expected: "64 hexadecimal digits") }
            return try PublicKey(ed25519: bytes)
        case .ed25519Base64:
            guard let bytes = Base64.decode(text, .key) else { throw .unreadableKey(expected: "base64 of 32 bytes") }
            return try PublicKey(ed25519: bytes)
        case .jwk:
            guard case .publicKey(let key)? = try JWKReader.keys(text, label: "").first?.material else {
                throw .unreadableKey(expected: "a JWK with a public key")
            }
            return key
        }
    }
}
