package import Config
package import Domain
package import Wire

/// Finds a text in a request that names or sorts its event: `json:event_id`, `header:X-GitHub-Delivery`, `query:…`,
/// `form:…`, or a template that joins several (`{json:type}:{json:id}`).
///
/// A request without it is no error. What is ambiguous (a field or member that occurs twice, malformed JSON) or longer
/// than `Limits.eventNameBytes` counts as absent: nothing is told apart by a text that two readers may read
/// differently.
package struct Extractor: Sendable {
    private let template: Template
    private let finder: JSONFinder

    /// Nil, reported, when the text names no part of a request.
    package init?(_ node: ConfigNode, into diagnostics: inout Diagnostics) {
        var reader = SpecReader(root: node, secrets: [:], route: "", allow: [])
        var template: Template?
        if let text = node.nonEmptyString(into: &reader.diagnostics) {
            template =
                text.contains("{")
                ? reader.templates(node).first?.template
                : reader.reference(text, node).map { Template(parts: [.reference($0)]) }
        }
        let usesSecrets = !reader.secretNames.isEmpty
        if usesSecrets {
            reader.diagnostics.report(
                node.error("a secret names no event", cure: "name a part of the request: json:id, header:NAME"))
        }
        if !reader.parameterNames.isEmpty || reader.signsURL {
            reader.diagnostics.report(
                node.error("{sig:…} and {url} are for signed messages", cure: "name json:PATH, header:NAME, query:NAME")
            )
        }
        for diagnostic in reader.diagnostics.all { diagnostics.report(diagnostic) }
        guard let template, !reader.diagnostics.hasErrors else { return nil }
        self.template = template
        finder = JSONFinder(reader.jsonPaths)
    }

    /// For presets, whose texts are right: the tests read every one.
    package init?(_ text: String) {
        var diagnostics = Diagnostics()
        self.init(ConfigNode(.string(text), file: "preset"), into: &diagnostics)
    }

    /// Nil when the request has no such text, an empty one, an ambiguous one or one that is too long.
    package func bytes(in request: RequestView) -> Bytes? {
        var evaluation = Evaluation(
            request, from: .unspecified, publicURL: nil, at: WallTime(microseconds: 0), finder: finder, json: [])
        guard let text = try? evaluation.text(of: template), (1...Limits.eventNameBytes).contains(text.count),
            text.allSatisfy({ $0 >= 0x20 && $0 != 0x7f })
        else { return nil }
        return Bytes(text)
    }
}
