internal import Config
internal import Crypto
internal import Domain

extension SpecReader {
    /// Forms of one message, all that may be tried; more would let a request cost too much.
    private static var formsMost: Int { 16 }

    mutating func forms(_ node: ConfigNode) -> [MessageForm] {
        let forms: [MessageForm]
        if case .object = node.value {
            guard node.object(keys: ["anyOf"], into: &diagnostics) != nil, let list = node["anyOf"],
                case .array(let values) = list.value, !values.isEmpty
            else {
                return wrong(node, "is no message", cure: "write \"{body}\" or { anyOf: [\"{body}\", …] }") ?? []
            }
            forms = list.elements.flatMap { form($0) }
        } else {
            forms = form(node)
        }
        guard forms.count <= Self.formsMost else {
            return wrong(node, "has \(forms.count) forms", cure: "use at most \(Self.formsMost)") ?? []
        }
        return forms
    }

    /// One template, or a list of segments.
    private mutating func form(_ node: ConfigNode) -> [MessageForm] {
        guard case .array(let values) = node.value else {
            return templates(node).map {
                MessageForm(segments: [.init(template: $0.template, isDroppable: false)], $0.label)
            }
        }
        guard !values.isEmpty else { return wrong(node, "is empty", cure: "name what is signed") ?? [] }
        var expanded: [(templates: [ExpandedTemplate], isDroppable: Bool)] = []
        for element in node.elements {
            var element = element
            var isDroppable = false
            if case .string(let text) = element.value, text.hasPrefix("?") {
                isDroppable = true
                element = ConfigNode(.string(String(text.dropFirst())), file: element.file, path: element.path)
            }
            let choices = templates(element)
            guard !choices.isEmpty else { return [] }
            expanded.append((choices, isDroppable))
        }
        let count = expanded.map(\.templates.count).max() ?? 1
        guard expanded.allSatisfy({ [1, count].contains($0.templates.count) }) else {
            return wrong(
                node, "combines secrets with different numbers of values", cure: "give all of them equally many") ?? []
        }
        return (0..<count).map { choice in
            let chosen = expanded.map { ($0.templates[$0.templates.count == 1 ? 0 : choice], $0.isDroppable) }
            var labels: [String] = []
            for (template, _) in chosen where !template.label.isEmpty && !labels.contains(template.label) {
                labels.append(template.label)
            }
            return MessageForm(
                segments: chosen.map { .init(template: $0.0.template, isDroppable: $0.1) },
                labels.joined(separator: "+"))
        }
    }

    mutating func window(_ node: ConfigNode?) -> TimeWindow? {
        guard let node, node.object(keys: ["value", "format", "tolerance", "future"], into: &diagnostics) != nil else {
            return nil
        }
        guard let value = node["value"] else {
            return wrong(node, "has no value", cure: "write value: \"{header:webhook-timestamp}\"")
        }
        let format = node["format"].map { $0.choice(TimeFormat.self, into: &diagnostics) ?? .unix } ?? .unix
        let most = 0...(7 * 24 * 3600)
        let tolerance = node["tolerance"].flatMap { $0.int(in: most, into: &diagnostics) } ?? 300
        let future = node["future"].flatMap { $0.int(in: most, into: &diagnostics) } ?? tolerance
        guard let template = templates(value).first?.template else { return nil }
        return TimeWindow(
            value: template, format: format, tolerance: .seconds(Int64(tolerance)), future: .seconds(Int64(future)))
    }

    mutating func guards(_ node: ConfigNode?) -> [Guard] {
        guard let node, let members = node.members(into: &diagnostics) else { return [] }
        return members.compactMap { key, value in
            guard let part = reference(key, value) else { return nil }
            if value.value == .null { return Guard(part: part, values: []) }
            let values = value.elements.flatMap { templates($0) }.map(\.template)
            return values.isEmpty ? nil : Guard(part: part, values: values)
        }
    }

    /// Conditions on secrets that need not be given.
    mutating func givenGuards(_ node: ConfigNode?) -> [Guard] {
        let before = missingSecrets
        let guards = guards(node)
        openNames.formUnion(missingSecrets.subtracting(before))
        missingSecrets = before
        return guards
    }
}

extension MessageForm {
    init(segments: [Segment], _ label: String) {
        let references = segments.flatMap { $0.template.references }
        // A checksum binds nothing: another body with the same one is made at will.
        let signsBody = references.contains {
            ($0.source == .body || $0.source == .wholeForm) && !$0.filters.contains(.crc32)
        }
        self.init(segments: segments, coverage: signsBody ? .full : .partial, label: label)
    }

    /// With the body's hash in the signed URL, the URL stands for the body.
    func covering(_ guards: [Guard]) -> MessageForm {
        let signsURL = segments.contains { $0.template.references.contains { $0.source == .url } }
        let bindsBody = guards.contains { condition in
            guard case .query = condition.part.source else { return false }
            return condition.values.allSatisfy { $0.references.contains { $0.source == .body } }
        }
        guard signsURL, bindsBody else { return self }
        return MessageForm(segments: segments, coverage: .full, label: label)
    }
}
