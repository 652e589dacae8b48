internal import Config
internal import Crypto
internal import Domain

/// What a subscriber's requests carry: fields, credentials, TLS.
extension RouteReader {
    mutating func customHeaders(
        _ node: ConfigNode?, besides credentials: SubscriberConfig.Credentials, held: inout String?
    ) -> [SubscriberConfig.Header] {
        guard let node, let members = node.members(into: &diagnostics) else { return [] }
        if members.count > Limits.customHeaders {
            diagnostics.report(node.error("more than \(Limits.customHeaders) headers", cure: "send fewer"))
            return []
        }
        var seen: Set<String> = []
        var headers: [SubscriberConfig.Header] = []
        for (key, member) in members {
            if let problem = HeaderRules.problem(ofName: key, hasCredentials: credentials.areGiven) {
                diagnostics.report(member.error(problem.text, cure: problem.cure))
            } else if !seen.insert(key.lowercased()).inserted {
                diagnostics.report(member.error("this header is given twice", cure: "keep one of them"))
            } else if let value = headerValue(member, held: &held) {
                headers.append(.init(name: key, value: value))
            }
        }
        return headers
    }

    /// A value, or `env:` or `file:` for one that is secret. Empty is a value too.
    private mutating func headerValue(_ node: ConfigNode, held: inout String?) -> Secret? {
        guard let text = node.string(into: &diagnostics) else { return nil }
        var value = Secret(text)
        if !SecretSource(text).isLiteral {
            var reason: String?
            let read = secret(node) { reason = $1 }
            if let reason { held = reason }
            guard let read else { return nil }
            value = read
        }
        if HeaderRules.isValue(value) { return value }
        diagnostics.report(
            node.error(
                "the value holds a character that no header may, or is too long",
                cure: "use printable ASCII, at most \(Quantity.text(bytes: Limits.customHeaderBytes))"))
        return nil
    }

    mutating func credentials(_ node: ConfigNode?, held: inout String?) -> SubscriberConfig.Credentials {
        guard let node, let object = node.object(keys: ["basic", "bearer"], into: &diagnostics) else { return .none }
        if let basic = object["basic"], object["bearer"] == nil {
            return basicCredentials(basic, held: &held)
        }
        if let bearer = object["bearer"], object["basic"] == nil {
            return credential(bearer, held: &held).map { .bearer($0) } ?? .none
        }
        diagnostics.report(node.error("neither one of basic and bearer nor the other", cure: "give one of them"))
        return .none
    }

    private mutating func basicCredentials(_ node: ConfigNode, held: inout String?) -> SubscriberConfig.Credentials {
        guard let object = node.object(keys: ["user", "password"], into: &diagnostics) else { return .none }
        guard let userNode = object["user"], let passwordNode = object["password"] else {
            diagnostics.report(node.error("user and password are both needed", cure: "write { user, password }"))
            return .none
        }
        guard let user = userNode.nonEmptyString(into: &diagnostics) else { return .none }
        guard HeaderRules.isValue(Secret(user)), !user.contains(":") else {
            diagnostics.report(userNode.error("a colon or an unprintable character in the user", cure: "remove it"))
            return .none
        }
        return credential(passwordNode, held: &held).map { .basic(user: user, password: $0) } ?? .none
    }

    private mutating func credential(_ node: ConfigNode, held: inout String?) -> Secret? {
        var reason: String?
        let value = secret(node) { reason = $1 }
        if let reason { held = reason }
        guard let value else { return nil }
        if HeaderRules.isValue(value) { return value }
        diagnostics.report(
            node.error("the credential holds a character that no header may", cure: "use printable ASCII"))
        return nil
    }

    mutating func headerFilter(_ node: ConfigNode?) -> HeaderFilter {
        guard let node else { return .everything }
        let globs: [String] = node.elements.prefix(Limits.globs).compactMap { element in
            guard let glob = element.nonEmptyString(into: &diagnostics) else { return nil }
            if glob.utf8.allSatisfy({ HeaderRules.isNameByte($0) }) { return glob.lowercased() }
            diagnostics.report(
                element.error("\(quoted(glob)) is no name of a header", cure: "write one such as \"x-*\""))
            return nil
        }
        return HeaderFilter(globs)
    }

    mutating func tlsFiles(_ node: ConfigNode?, url: SubscriberURL?, held: inout String?) -> SubscriberConfig.TLS {
        let nothing = SubscriberConfig.TLS(authorities: nil, certificate: nil, key: nil)
        guard let node, let object = node.object(keys: ["ca", "cert", "key"], into: &diagnostics) else {
            return nothing
        }
        if url?.isSecure == false {
            diagnostics.report(node.error("the url is http://, where TLS has no part", cure: "write https://"))
        }
        if (object["cert"] == nil) != (object["key"] == nil) {
            diagnostics.report(node.error("cert and key belong together", cure: "give both"))
        }
        return SubscriberConfig.TLS(
            authorities: pemFile(object["ca"], held: &held), certificate: pemFile(object["cert"], held: &held),
            key: pemFile(object["key"], held: &held))
    }

    /// The path of a PEM file. One that cannot be read holds whoever needs it: it may be there at the next reload.
    mutating func pemFile(_ node: ConfigNode?, held: inout String?) -> String? {
        guard let node, var path = node.nonEmptyString(into: &diagnostics) else { return nil }
        if case .file(let named) = SecretSource(path) { path = named }
        let place = secrets.resolve(path)
        let problem: String
        switch secrets.file(at: place, most: Limits.tlsFileBytes) {
        case .success(let bytes) where String(decoding: bytes, as: UTF8.self).contains("-----BEGIN "): return place
        case .success: problem = "file \(place) holds no PEM"
        case .failure(let found): problem = "file \(place) \(found.text)"
        }
        report(unusable: problem, cure: "put the PEM file there, readable for the gateway's user", at: node)
        held = "\(node.path): \(problem)"
        return place
    }
}

extension SubscriberConfig.Credentials {
    var areGiven: Bool {
        if case .none = self { false } else { true }
    }
}
