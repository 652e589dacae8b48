internal import Config
internal import Crypto
internal import Domain
internal import Wire

/// A template for one choice among several live secrets.
struct ExpandedTemplate {
    let template: Template
    /// The chosen secrets, as `SECRET` or `SECRET[1]`, joined by `+`.
    let label: String
}

extension SpecReader {
    /// What a template may refer to.
    enum Scope { case secrets, request }

    /// One template, or as many as a secret in it has live values; several secrets with equally many values are paired
    /// by their places. Empty, reported, when something is wrong.
    mutating func templates(_ node: ConfigNode, _ scope: Scope = .request) -> [ExpandedTemplate] {
        guard let text = node.string(into: &diagnostics) else { return [] }
        let written: TemplateText
        do throws(TemplateText.Problem) { written = try TemplateText(text) } catch {
            diagnostics.report(node.error(error.text, cure: error.cure))
            return []
        }
        var parts: [OpenPart] = []
        for part in written.parts {
            guard let part = open(part, node, scope) else { return [] }
            parts.append(part)
        }
        return expand(parts, node)
    }

    private enum OpenPart {
        case done(Template.Part)
        /// - of: who added it; nil for those of the file.
        case secret(String, [Secret], of: String?)
    }

    /// With the file's secrets, and once with each added set that has one of them; what that lacks is the file's.
    private mutating func expand(_ parts: [OpenPart], _ node: ConfigNode) -> [ExpandedTemplate] {
        var expanded = choices(parts, node)
        for set in added {
            let filled = parts.map { part -> OpenPart in
                guard case .secret(let name, _, _) = part, let own = set.values[name] else { return part }
                return .secret(name, [own], of: set.label)
            }
            let isOwn = filled.contains { if case .secret(_, _, of: .some) = $0 { true } else { false } }
            let made = isOwn ? choices(filled, node) : []
            if !made.isEmpty { addedInUse.insert(set.label) }
            expanded += made
        }
        if expanded.isEmpty {
            var lacking: [String] = []
            for case .secret(let name, let values, _) in parts where values.isEmpty { lacking.append(name) }
            // What some set gives is not what is missing.
            let unhelped = lacking.filter { name in !added.contains { $0.values[name] != nil } }
            missingSecrets.formUnion(unhelped.isEmpty ? lacking : unhelped)
        }
        return expanded
    }

    private mutating func choices(_ parts: [OpenPart], _ node: ConfigNode) -> [ExpandedTemplate] {
        var counts: Set<Int> = []
        for case .secret(_, let values, _) in parts { counts.insert(values.count) }
        if counts.contains(0) { return [] }  // reported with all that are missing
        counts.remove(1)
        guard counts.count <= 1 else {
            diagnostics.report(
                node.error(
                    "combines secrets with different numbers of values",
                    cure: "give each of them one value, or all of them equally many: they are paired by place"))
            return []
        }
        return (0..<(counts.first ?? 1)).map { choice in
            var labels: [String] = []
            let chosen = parts.map { part -> Template.Part in
                switch part {
                case .done(let part): return part
                case .secret(let name, let values, let owner):
                    let label = owner.map { "\(name):\($0)" } ?? (values.count == 1 ? name : "\(name)[\(choice)]")
                    if !labels.contains(label) { labels.append(label) }
                    return .secret(values[values.count == 1 ? 0 : choice])
                }
            }
            return ExpandedTemplate(template: Template(parts: chosen), label: labels.joined(separator: "+"))
        }
    }

    private mutating func open(_ part: TemplateText.Part, _ node: ConfigNode, _ scope: Scope) -> OpenPart? {
        switch part {
        case .literal(let text): return .done(.literal(Array(text.utf8)))
        case .reference("secret", let name?, let isOptional, let filters):
            guard !isOptional, filters.isEmpty else {
                return wrong(node, "a secret takes no ? and no filter", cure: "write {secret:\(name)}")
            }
            secretNames.insert(name)
            let values = (secrets[name] ?? []).filter { !$0.isEmpty }
            // An empty one among several is as good as a missing one: it would let everybody sign.
            guard values.count == secrets[name]?.count ?? 0 else {
                missingSecrets.insert(name)
                return .secret(name, [], of: nil)
            }
            return .secret(name, values, of: nil)
        case .reference("key", "id", false, let filters) where filters.isEmpty && handshakeKey?.id != nil:
            return .done(.literal(handshakeKey?.id ?? []))
        case .reference("route", nil, false, let filters) where filters.isEmpty:
            return .done(.literal(Array(route.utf8)))
        case .reference(let name, let argument, let isOptional, let filters):
            guard scope == .request else {
                return wrong(node, "{\(name)} is no secret", cure: "build keys from {secret:NAME} and text alone")
            }
            guard let reference = reference(name, argument, isOptional, filters, node) else { return nil }
            return .done(.reference(reference))
        }
    }

    /// The part that a guard's key or an extractor names, as `header:X`.
    mutating func reference(_ text: String, _ node: ConfigNode) -> Reference? {
        let written: TemplateText
        do throws(TemplateText.Problem) { written = try TemplateText("{\(text)}") } catch {
            return wrong(node, "\(quoted(text)) names no part of a request", cure: "write header:NAME, query:NAME, …")
        }
        guard written.parts.count == 1,
            case .reference(let name, let argument, let optional, let filters) = written.parts[0]
        else {
            return wrong(node, "\(quoted(text)) names no part of a request", cure: "write header:NAME, query:NAME, …")
        }
        return reference(name, argument, optional, filters, node)
    }

    private mutating func reference(
        _ name: String, _ argument: String?, _ isOptional: Bool, _ filterTexts: [String], _ node: ConfigNode
    ) -> Reference? {
        var filters: [Filter] = []
        for text in filterTexts {
            guard let filter = Filter(text) else {
                let word = String(text.prefix { $0 != ":" })
                let guess = nearest(to: word, in: Filter.names).map { "did you mean \($0)?" }
                return wrong(
                    node, "there is no filter \(quoted(text))",
                    cure: guess ?? "filters are \(Filter.names.joined(separator: ", "))")
            }
            if case .hmac = filter, handshakeKey == nil {
                return wrong(node, "the filter hmac has no key here", cure: "use it in a handshake with a key")
            }
            filters.append(filter)
        }
        guard let source = source(name, argument, filters, node) else { return nil }
        if source != .wholeForm, filters.contains(.sorted) {
            return wrong(node, "sorted is a filter of the whole form", cure: "write {form|sorted}")
        }
        return Reference(source: source, isOptional: isOptional, filters: filters)
    }

    private static let sources = [
        "body", "method", "url", "path", "header", "query", "form", "json", "sig", "headers", "secret", "route",
    ]

    private mutating func source(
        _ name: String, _ argument: String?, _ filters: [Filter], _ node: ConfigNode
    ) -> Source? {
        switch (name, argument) {
        case ("body", nil): return .body
        case ("method", nil): return .method
        case ("path", nil): return .path
        case ("url", nil):
            signsURL = true
            readsQuery = true
            return .url
        case ("header", let argument?):
            guard let field = FieldName(argument) else {
                return wrong(node, "\(quoted(argument)) is no name of a header", cure: "write {header:webhook-id}")
            }
            return .header(field)
        case ("query", let argument?) where !argument.isEmpty:
            readsQuery = true
            return .query(argument)
        case ("form", let argument?) where !argument.isEmpty: return .form(argument)
        case ("form", nil):
            guard filters.first == .sorted else {
                return wrong(node, "{form} has no order of its own", cure: "write {form|sorted} or {form:NAME}")
            }
            return .wholeForm
        case ("json", let argument?): return jsonPlace(argument, node).map(Source.json)
        case ("sig", let argument?) where !argument.isEmpty: return .parameter(parameterPlace(argument))
        case ("headers", let argument?) where argument.hasPrefix("sig:") && argument.utf8.count > 4:
            return .listedHeaders(parameterPlace(String(argument.dropFirst(4))))
        default:
            let text = argument.map { "\(name):\($0)" } ?? name
            let guess = nearest(to: name, in: Self.sources).flatMap { $0 == name ? nil : "did you mean \($0)?" }
            return wrong(
                node, "{\(text)} is no part of a request",
                cure: guess ?? "parts are {body}, {header:NAME}, {json:PATH}, {query:NAME}, {form:NAME}, {sig:NAME}, "
                    + "{url}, {path}, {method}, {secret:NAME}")
        }
    }

    mutating func jsonPlace(_ text: String, _ node: ConfigNode) -> Int? {
        guard let path = JSONPath(text) else {
            return wrong(node, "\(quoted(text)) is no path in JSON", cure: "write names joined by dots: data.id")
        }
        if path.isEvery, !takesMany {
            return wrong(
                node, "\(quoted(text)) stands for many values",
                cure: "write a number for *, or verify a token in each of them")
        }
        return jsonPlace(path, node)
    }

    mutating func jsonPlace(_ path: JSONPath, _ node: ConfigNode) -> Int? {
        if let known = jsonPaths.firstIndex(of: path) { return known }
        guard jsonPaths.count < JSONFinder.pathsMost else {
            return wrong(node, "too many JSON paths", cure: "use at most \(JSONFinder.pathsMost)")
        }
        jsonPaths.append(path)
        return jsonPaths.count - 1
    }

    private mutating func parameterPlace(_ name: String) -> Int {
        let name = Array(name.utf8)
        if let known = parameterNames.firstIndex(of: name) { return known }
        parameterNames.append(name)
        return parameterNames.count - 1
    }
}
