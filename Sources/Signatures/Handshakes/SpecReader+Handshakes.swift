internal import Config
internal import Crypto
internal import Domain
internal import Wire

extension SpecReader {
    mutating func handshake(_ node: ConfigNode) -> Handshake? {
        guard node.object(keys: ["when", "verify", "key", "respond", "show"], into: &diagnostics) != nil else {
            return nil
        }
        guard let when = node["when"], let respond = node["respond"] else {
            return wrong(
                node, "needs when and respond",
                cure: "write { when: { method: \"GET\" }, respond: { body: \"{query:challenge}\" } }")
        }
        let conditions = guards(when)
        if case .object(let members) = when.value, members.isEmpty {
            return wrong(when, "is empty: every request would be one", cure: "say which: { method: \"GET\" }")
        }
        guard respond.object(keys: ["status", "type", "headers", "body"], into: &diagnostics) != nil else { return nil }
        if node["key"] != nil {
            guard let key = secretKeys(node).first else { return nil }
            handshakeKey = key
        }
        let verify = node["verify"].flatMap { $0.bool(into: &diagnostics) } ?? true
        let status = respond["status"].flatMap { $0.int(in: 200...299, into: &diagnostics) } ?? 200
        let type = respond["type"].flatMap { $0.choice(Handshake.ContentType.self, into: &diagnostics) } ?? .text
        guard let bodyNode = respond["body"] else {
            return wrong(respond, "has no body", cure: "write body: \"{query:challenge}\"")
        }
        guard let body = templates(bodyNode).first?.template, !conditions.isEmpty else { return nil }
        guard isHarmless(body, bodyNode, isVerified: verify),
            let fields = answerFields(respond["headers"], isVerified: verify)
        else { return nil }
        let shown = node["show"].map { shownPart($0) }
        if let shown, shown == nil { return nil }
        let signed =
            verify
            ? []
            : ([body] + fields.map(\.value)).flatMap(\.references).flatMap { reference in
                if case .messages(let bytes) = reference.signs { bytes } else { [UInt8]() }
            }
        return Handshake(
            needsVerification: verify, methods: Self.methods(conditions), conditions: conditions,
            key: handshakeKey.map { FilterKey(secret: $0.secret) }, signsForAnybody: signed, status: status, type: type,
            body: body, fields: fields, jsonPaths: jsonPaths, readsQuery: readsQuery, shown: shown ?? nil)
    }

    /// Whether a text for strangers tells no secret and signs nothing that could be an event.
    private mutating func isHarmless(_ text: Template, _ node: ConfigNode, isVerified: Bool) -> Bool {
        if text.parts.contains(where: { if case .secret = $0 { true } else { false } }) {
            diagnostics.report(node.error("would tell a secret", cure: "use key and the filter hmac"))
            return false
        }
        if !isVerified, text.references.contains(where: { $0.signs == .anything }) {
            diagnostics.report(
                node.error(
                    "would sign whatever a stranger asks for, an event among it",
                    cure: "let nothing through that an event needs: {query:token|only:A-Za-z0-9|hmac:sha256|hex}"))
            return false
        }
        return true
    }

    /// `headers: { "X-Hook-Secret": "{header:X-Hook-Secret}" }`; nil, reported, when one cannot be answered.
    private mutating func answerFields(_ node: ConfigNode?, isVerified: Bool) -> [Handshake.Field]? {
        guard let node else { return [] }
        guard let members = node.members(into: &diagnostics) else { return nil }
        var fields: [Handshake.Field] = []
        for (key, value) in members {
            // Others say where the answer ends, what it is, or what a browser or a proxy in front is to do with it.
            let name = key.lowercased()
            guard FieldName(key) != nil, name.hasPrefix("x-"), !name.hasPrefix("x-accel-"), name != "x-sendfile",
                name != "x-content-type-options"
            else {
                return wrong(
                    value, "\(quoted(key)) is no field that an answer may have",
                    cure: "write one such as X-Hook-Secret")
            }
            guard let text = templates(value).first?.template, isHarmless(text, value, isVerified: isVerified) else {
                return nil
            }
            fields.append(Handshake.Field(name: key, value: text))
        }
        return fields
    }

    /// `show: "{json:token}"`, or `{ value, host }` for an address that must lead to one of some hosts.
    private mutating func shownPart(_ node: ConfigNode) -> ShownPart? {
        var valueNode = node
        var hosts: [[Substring]]?
        if case .object = node.value {
            guard node.object(keys: ["value", "host"], into: &diagnostics) != nil, let value = node["value"],
                let host = node["host"]
            else {
                return wrong(
                    node, "needs value and host", cure: "write { value: \"{json:url}\", host: \"a.example.com\" }")
            }
            valueNode = value
            hosts = host.strings(into: &diagnostics).map { $0.split(separator: ".", omittingEmptySubsequences: false) }
        }
        guard let value = templates(valueNode).first?.template else { return nil }
        return ShownPart(value: value, hosts: hosts)
    }

    private static func methods(_ conditions: [Guard]) -> [String] {
        conditions.filter { $0.part.source == .method }.flatMap(\.values).map {
            String(decoding: bytes($0), as: UTF8.self)
        }
    }
}

extension Reference {
    fileprivate enum Signing: Equatable {
        case nothing
        /// Of these bytes.
        case messages([UInt8])
        case anything
    }

    /// What it signs of the value that a request brings.
    fileprivate var signs: Signing {
        var bytes: [UInt8]?
        for filter in filters {
            switch filter {
            case .only(let some): bytes = some
            case .without: continue
            case .hmac: return bytes.map(Signing.messages) ?? .anything
            default: bytes = nil  // makes others of them
            }
        }
        return .nothing
    }
}
