internal import Config
internal import Crypto
internal import Domain
internal import Net
internal import Wire

/// Reads a verifier from configuration: gathers what it refers to, and everything that is wrong.
struct SpecReader {
    let root: ConfigNode
    let secrets: SecretTable
    let route: String
    let allow: [IPRange]
    /// Beside `secrets`.
    var added: [AddedSecrets] = []
    /// Labels of those of `added` that some template has taken up.
    var addedInUse: Set<String> = []
    var diagnostics = Diagnostics()
    var jsonPaths: [JSONPath] = []
    var secretNames: Set<String> = []
    var missingSecrets: Set<String> = []
    var signsURL = false
    /// Some part of the query is referred to, or the URL as a whole.
    var readsQuery = false
    /// Of the scheme that is read: names of `{sig:…}`.
    var parameterNames: [[UInt8]] = []
    /// Of a handshake that is read: for the filter `hmac` and `{key:id}`.
    var handshakeKey: LabelledSecret?
    /// Of the scheme that is read: where its key is fetched from, when it is not kept.
    var keySource: KeySource?
    var keySettings = KeySettings()
    /// Secrets that keep a key which would be fetched without them.
    var keptNames: Set<String> = []
    /// Of all keys that are fetched.
    var keyIssuers: [String] = []
    /// Neither a verifier nor its route says where the keys are.
    var lacksKeyURL = false
    /// Secrets without which a condition is not checked.
    var openNames: Set<String> = []
    /// Whether a path may lead to many values.
    var takesMany = false
    /// Presets and lists within one another.
    private var depth = 0

    init(root: ConfigNode, secrets: SecretTable, route: String, allow: [IPRange]) {
        self.root = root
        self.secrets = secrets
        self.route = route
        self.allow = allow
    }

    static let types = ["hmac", "digest", "signature", "token", "basic", "jwt", "ip", "none", "all", "any"]

    mutating func scheme(_ node: ConfigNode) -> Scheme? {
        depth += 1
        defer { depth -= 1 }
        guard depth <= 8 else { return wrong(node, "verifiers are nested too deeply", cure: "use at most 8 levels") }
        if case .string(let name) = node.value { return preset(name, node) }
        guard case .object = node.value else {
            return wrong(
                node, "expected a preset's name or an object, found \(node.value.kind)",
                cure: "write verify: \"github\" or verify: { type: \"hmac\", … }")
        }
        for kind in ["all", "any"] where node["type"] == nil {
            if let members = node[kind] {
                guard node.object(keys: [kind], into: &diagnostics) != nil else { return nil }
                return list(kind, members, skipsWithoutSecrets: false)
            }
        }
        guard let typeNode = node["type"] else {
            return wrong(node, "has no type", cure: "write type: one of \(Self.types.joined(separator: ", "))")
        }
        guard let type = typeNode.word(of: Self.types, into: &diagnostics) else { return nil }
        let before = (parameterNames, keySource)
        defer { (parameterNames, keySource) = before }
        (parameterNames, keySource) = ([], nil)
        switch type {
        case "hmac": return mac(node)
        case "digest": return digest(node)
        case "signature": return signature(node)
        case "token": return token(node)
        case "basic": return basic(node)
        case "jwt": return jwt(node)
        case "ip": return address(node)
        case "all", "any":
            let keys = ["type", "of"] + (type == "any" ? ["skipWithoutSecrets"] : [])
            guard node.object(keys: keys, into: &diagnostics) != nil else { return nil }
            guard let members = node["of"] else {
                return wrong(node, "has no of", cure: "write of: [ … ] with the verifiers to combine")
            }
            let skips = node["skipWithoutSecrets"].flatMap { $0.bool(into: &diagnostics) } ?? false
            return list(type, members, skipsWithoutSecrets: skips)
        default:
            _ = node.object(keys: ["type"], into: &diagnostics)
            return Scheme.none
        }
    }

    private mutating func preset(_ name: String, _ node: ConfigNode) -> Scheme? {
        guard let preset = Preset.named(name) else {
            let guess = nearest(to: name, in: Preset.names).map { "did you mean \(quoted($0))?" }
            return wrong(
                node, "\(quoted(name)) is no preset",
                cure: guess ?? "see the list of presets, or write the verifier out as an object")
        }
        return scheme(preset.node)
    }

    /// An empty list would accept everything (`all`) or nothing (`any`).
    ///
    /// - Parameter skipsWithoutSecrets: of several ways in, those without their secrets are closed; one must stay.
    private mutating func list(_ kind: String, _ node: ConfigNode, skipsWithoutSecrets: Bool) -> Scheme? {
        guard case .array(let values) = node.value, !values.isEmpty, values.count <= 16 else {
            return wrong(node, "is no list of 1 to 16 verifiers", cure: "write \(kind): [ \"github\", { type: … } ]")
        }
        var members: [Scheme] = []
        var missing: Set<String> = []
        var isWhole = true
        for element in node.elements {
            let before = missingSecrets
            missingSecrets = []
            let member = scheme(element)
            if let member, missingSecrets.isEmpty {
                members.append(member)
            } else if !missingSecrets.isEmpty {
                missing.formUnion(missingSecrets)
            } else {
                isWhole = false
            }
            missingSecrets = before
        }
        if !skipsWithoutSecrets || members.isEmpty { missingSecrets.formUnion(missing) }
        guard isWhole, !members.isEmpty, skipsWithoutSecrets || missing.isEmpty else { return nil }
        return kind == "all" ? .all(members) : .any(members)
    }

    private mutating func address(_ node: ConfigNode) -> Scheme? {
        guard node.object(keys: ["type", "allow"], into: &diagnostics) != nil else { return nil }
        guard let list = node["allow"] else {
            if !allow.isEmpty { return .address(allow) }
            return wrong(
                root, "verifies by source address, but there is no list of addresses",
                cure: "give the route allow: [\"203.0.113.0/24\"] with the provider's addresses")
        }
        var ranges: [IPRange] = []
        for element in list.elements {
            guard let text = element.nonEmptyString(into: &diagnostics) else { continue }
            if let range = IPRange(text: text) {
                ranges.append(range)
            } else {
                diagnostics.report(
                    element.error("\(quoted(text)) is no address or range", cure: "write 203.0.113.7 or 203.0.113.0/24")
                )
            }
        }
        if ranges.isEmpty, !diagnostics.hasErrors {
            return wrong(list, "is empty", cure: "name the provider's addresses")
        }
        return .address(ranges)
    }

    // MARK: Reporting

    mutating func wrong<Value>(_ node: ConfigNode, _ problem: String, cure: String) -> Value? {
        diagnostics.report(node.error(problem, cure: cure))
        return nil
    }

    mutating func reportMissingSecrets() {
        if lacksKeyURL {
            diagnostics.report(
                root.error(
                    "nothing says where the issuer's keys are",
                    cure: "give the route keys: { url: \"https://…\" }, the jwks_uri of the issuer"))
        }
        for name in missingSecrets.sorted() {
            diagnostics.report(
                root.error(
                    "needs the secret \(name), which is missing or empty",
                    cure: "give the route secrets: { \(name): \"env:…\" } or \"file:…\""))
        }
    }
}
