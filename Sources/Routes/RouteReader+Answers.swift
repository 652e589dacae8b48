internal import Config
internal import Domain
internal import Signatures

/// What the provider is told, and the names under which events are offered.
extension RouteReader {
    /// What requests that are not genuine are told: nothing of why. Nil for the usual 401.
    mutating func reject(_ node: ConfigNode?, standard: Preset.Acknowledgement?) -> RouteConfig.Ack? {
        guard node != nil || standard != nil else { return nil }
        let usual = Preset.Acknowledgement(status: 401, type: nil, body: "")
        return answer(node, statuses: 400...499, standard: standard ?? usual)
    }

    /// - Parameter standard: the provider's, where the file says nothing.
    mutating func answer(
        _ node: ConfigNode?, statuses: ClosedRange<Int>, standard: Preset.Acknowledgement
    ) -> RouteConfig.Ack {
        let preset = RouteConfig.Ack(
            status: standard.status, type: standard.type ?? "", body: Bytes(standard.body))
        guard let node, let object = node.object(keys: ["status", "type", "body"], into: &diagnostics) else {
            return preset
        }
        let status = object["status"]?.int(in: statuses, into: &diagnostics) ?? standard.status
        let type = object["type"].flatMap { mediaType($0) }
        if status == 204 || status == 205 {
            if let node = object["body"] ?? object["type"] {
                diagnostics.report(node.error("an answer \(status) has no body", cure: "leave it out, or answer 200"))
            }
            return RouteConfig.Ack(status: status, type: "", body: .empty)
        }
        guard let bodyNode = object["body"] else {
            if let node = object["type"] {
                diagnostics.report(node.error("a type without a body", cure: "give the body as well"))
            }
            return RouteConfig.Ack(status: status, type: preset.type, body: preset.body)
        }
        let body = bodyNode.string(into: &diagnostics) ?? ""
        if body.utf8.count > Limits.ackBytes {
            diagnostics.report(
                bodyNode.error(
                    "the answer is longer than \(Quantity.text(bytes: Limits.ackBytes))", cure: "use a shorter one"))
        }
        return RouteConfig.Ack(status: status, type: body.isEmpty ? "" : type ?? "text/plain", body: Bytes(body))
    }

    private mutating func mediaType(_ node: ConfigNode) -> String? {
        guard let text = node.nonEmptyString(into: &diagnostics) else { return nil }
        if text.utf8.allSatisfy({ (0x20...0x7e).contains($0) }), text.contains("/") { return text }
        diagnostics.report(node.error("\(quoted(text)) is no media type", cure: "write one such as \"text/plain\""))
        return nil
    }

    mutating func typeGroups(_ node: ConfigNode?) -> [RouteConfig.TypeGroup] {
        guard let node, let members = node.members(into: &diagnostics) else { return [] }
        return members.compactMap { key, member in
            guard !key.isEmpty, key.utf8.count <= Limits.nameBytes, key.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
            else {
                diagnostics.report(
                    member.error(
                        "this name of a group cannot be used", cure: "use letters, digits, \".\", \"_\", \"-\""))
                return nil
            }
            return globs(member).map { RouteConfig.TypeGroup(name: key, filter: EventFilter($0)) }
        }
    }

    /// Globs on the event type: at least one. Nil after reporting.
    mutating func globs(_ node: ConfigNode) -> [String]? {
        let elements = node.elements
        guard !elements.isEmpty else {
            diagnostics.report(node.error("the list is empty", cure: "name event types, or leave the key out for all"))
            return nil
        }
        guard elements.count <= Limits.globs else {
            diagnostics.report(
                node.error("more than \(Limits.globs) patterns", cure: "use \"*\" for a run of characters"))
            return nil
        }
        let globs = elements.compactMap { $0.nonEmptyString(into: &diagnostics) }
        return globs.count == elements.count ? globs : nil
    }
}
