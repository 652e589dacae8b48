internal import Config
internal import Crypto
internal import Domain
internal import Net
internal import Wire

/// Keys that are not kept but fetched: `key: { value: "{secret:CERT}", format: "pem", fetch: { url, … } }`. A key in the
/// route's secrets takes the place of fetching.
extension SpecReader {
    private static let fetchKeys = [
        "id", "url", "host", "path", "headers", "body", "format", "member", "names", "issuers", "cache",
    ]

    private enum FetchFormat: String, CaseIterable {
        case certificate
        case jwks
        case jwk
        case pem
        case derBase64 = "der-base64"
    }

    /// Notes where a key is fetched from.
    ///
    /// - Returns: whether the key is kept instead, so that its value counts.
    mutating func readFetch(_ element: ConfigNode, _ fetch: ConfigNode, isToken: Bool) -> Bool {
        let names = element["value"].map(Self.secretNames) ?? []
        let isKept = !names.isEmpty && names.allSatisfy { secrets[$0]?.contains { !$0.isEmpty } ?? false }
        secretNames.formUnion(names)
        keptNames.formUnion(names)
        let before = (missingSecrets, lacksKeyURL)
        let source = source(fetch, isToken: isToken, keptAs: names.sorted())
        if isKept {
            (missingSecrets, lacksKeyURL) = before
            return true
        }
        guard keySource == nil || source == nil else {
            let _: Bool? = wrong(fetch, "is the second of one verifier", cure: "combine two verifiers with any")
            return false
        }
        keySource = source ?? keySource
        return false
    }

    private static func secretNames(_ node: ConfigNode) -> Set<String> {
        guard case .string(let text) = node.value, let written = try? TemplateText(text) else { return [] }
        return Set(
            written.parts.compactMap { if case .reference("secret", let name?, _, _) = $0 { name } else { nil } })
    }

    private mutating func source(_ node: ConfigNode, isToken: Bool, keptAs: [String]) -> KeySource? {
        guard node.object(keys: Self.fetchKeys, into: &diagnostics) != nil else { return nil }
        let hosts = node["host"].map { $0.strings(into: &diagnostics) } ?? []
        let path = node["path"].flatMap { $0.nonEmptyString(into: &diagnostics) }
        let body = node["body"].flatMap { parts($0, inJSON: true) }
        let fields = fields(node["headers"])
        let url = url(node, hosts)
        let isNamed = (url + (body ?? [])).contains { if case .name = $0 { true } else { false } }
        let naming = naming(node, isNamed: isNamed, isToken: isToken)
        let form = form(node, isToken: isToken, isNamed: isNamed)
        let lifetime = node["cache"].flatMap {
            $0.duration(in: Limits.keyLifeLeast...Limits.keyLifeMost, into: &diagnostics)
        }
        guard let naming, let form, !url.isEmpty else { return nil }
        let issuer = hosts.first ?? Self.host(of: url)
        keyIssuers.append(issuer)
        let issuers = node["issuers"].map { $0.strings(into: &diagnostics) } ?? []
        guard let id = try? identity(url, body, fields, "\(naming)\(hosts)\(path ?? "")\(form)\(issuers)") else {
            return nil
        }
        return KeySource(
            id: id, issuer: issuer, settings: keySettings, fields: fields, keptAs: keptAs, naming: naming, url: url,
            body: body,
            hosts: hosts, path: path, form: form, issuerHosts: issuers, lifetime: lifetime ?? .seconds(3600))
    }

    /// Empty after reporting, or when neither the verifier nor the route says where.
    private mutating func url(_ node: ConfigNode, _ hosts: [String]) -> [KeySource.Part] {
        guard let urlNode = node["url"] else {
            if let given = keySettings.url { return [.text(Secret(given))] }
            lacksKeyURL = true
            return []
        }
        guard let parts = parts(urlNode, inJSON: false), let first = parts.first else { return [] }
        if case .name = first {
            guard !hosts.isEmpty, parts.count == 1 else {
                return wrong(
                    node, "lets the request say where the key is", cure: "name the hosts that it may be on with host")
                    ?? []
            }
            if keySettings.url != nil {
                return wrong(
                    root, "has keys.url, but the provider names the place of its key in each request",
                    cure: "use keys: { via: \"ADDRESS:PORT\" } to go another way to it") ?? []
            }
            return parts
        }
        guard case .string(let text) = urlNode.value, text.hasPrefix("https://"), hosts.isEmpty else {
            return wrong(urlNode, "is no place for keys", cure: "write \"https://HOST/PATH\", without host") ?? []
        }
        guard let given = keySettings.url else { return parts }
        return [.text(Secret(given))] + parts.drop { if case .text = $0 { true } else { false } }
    }

    private static func host(of url: [KeySource.Part]) -> String {
        let text = String(decoding: KeySource.fill(url, []), as: UTF8.self)
        return String(text.dropFirst(8).prefix { $0 != "/" && $0 != ":" })
    }

    private mutating func naming(_ node: ConfigNode, isNamed: Bool, isToken: Bool) -> KeySource.Naming? {
        guard isNamed else { return .document }
        guard let id = node["id"] else {
            if isToken { return .token }
            return wrong(node, "does not say which key", cure: "write id: \"{header:NAME}\"")
        }
        return (templates(id).first?.template).map { .template($0) }
    }

    private mutating func form(_ node: ConfigNode, isToken: Bool, isNamed: Bool) -> KeySource.Form? {
        guard let formatNode = node["format"] else {
            return wrong(
                node, "has no format",
                cure: "write one of \(FetchFormat.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        guard let format = formatNode.choice(FetchFormat.self, into: &diagnostics) else { return nil }
        let member = node["member"].flatMap { $0.nonEmptyString(into: &diagnostics) } ?? ""
        let path = member.split(separator: ".").map(String.init)
        switch format {
        case .certificate:
            let names = node["names"].map { $0.strings(into: &diagnostics) } ?? []
            guard !names.isEmpty else {
                return wrong(node, "does not say for whom the certificate is", cure: "write names: [\"a.example.com\"]")
            }
            return .certificate(names)
        case .jwks where !isNamed: return .set
        case .jwks: return wrong(formatNode, "holds many keys", cure: "leave {key:id} out of the url")
        case .jwk: return .single(.jwk, member: path)
        case .pem: return .single(.pem, member: path)
        case .derBase64: return .single(.derBase64, member: path)
        }
    }

    private mutating func fields(_ node: ConfigNode?) -> [(name: String, value: Secret)] {
        guard let node, let members = node.members(into: &diagnostics) else { return [] }
        return members.compactMap { key, value in
            guard FieldName(key) != nil else {
                return wrong(value, "\(quoted(key)) is no name of a header", cure: "write Authorization: \"Bearer …\"")
            }
            guard let template = templates(value, .secrets).first?.template else { return nil }
            return (key, Secret(Self.bytes(template)))
        }
    }

    /// Text of {secret:NAME} and {key:id}.
    private mutating func parts(_ node: ConfigNode, inJSON: Bool) -> [KeySource.Part]? {
        guard let text = node.nonEmptyString(into: &diagnostics) else { return nil }
        let written: TemplateText
        do throws(TemplateText.Problem) { written = try TemplateText(text) } catch {
            return wrong(node, error.text, cure: error.cure)
        }
        var parts: [KeySource.Part] = []
        for part in written.parts {
            switch part {
            case .literal(let text): parts.append(.text(Secret(text)))
            case .reference("key", "id", false, let filters) where filters.isEmpty: parts.append(.name)
            case .reference("secret", let name?, false, let filters) where filters.isEmpty:
                secretNames.insert(name)
                guard let value = secrets[name]?.first, !value.isEmpty else {
                    missingSecrets.insert(name)
                    continue
                }
                parts.append(.text(inJSON ? value.withBytes { Secret(escapedJSON($0)) } : value))
            case .reference(let name, _, _, _):
                return wrong(node, "{\(name)} has no place here", cure: "use {key:id} and {secret:NAME} alone")
            }
        }
        return parts
    }

    private func identity(
        _ url: [KeySource.Part], _ body: [KeySource.Part]?, _ fields: [(name: String, value: Secret)], _ rest: String
    ) throws(CryptoError) -> KeySource.ID {
        // A name stands where no text can: behind a byte that none of them has.
        let mark: [UInt8] = [0]
        var texts = [KeySource.fill(url, mark), KeySource.fill(body ?? [], mark)]
        for field in fields { texts += [Array(field.name.utf8), field.value.withBytes { Array($0) }] }
        let settings = keySettings
        texts.append(
            Array("\(rest)\(settings.authorities ?? "")|\(settings.via?.text ?? "")|\(settings.allowsPrivate)".utf8))
        var hash = try SHA256()
        for text in texts {
            withUnsafeBytes(of: UInt64(text.count).littleEndian) { hash.update($0) }
            text.withUnsafeBytes { hash.update($0) }
        }
        return hash.finish()
    }
}
