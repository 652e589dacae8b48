package import Config
package import Domain
package import Wire

/// Finds a text in a request that names or sorts its event: `json:event_id`, `header:X-GitHub-Delivery`, `query:…`,
/// `form:…`, or a template that joins several (`{json:type}:{json:id}`).
///
/// A request without it is no error. What is ambiguous (a field or member that occurs twice, malformed JSON) or longer
/// than `Limits.eventNameBytes` counts as absent: nothing is told apart by a text that two readers may read
/// differently.
package final class Extractor: Sendable {
    private let template: Template
    /// The part that the template is, when it is nothing else: most are, and it is taken in place.
    private let single: Source?
    /// It finds a text in each of many elements (`json:*.event`).
    package let isEvery: Bool
    /// It finds it in the query.
    package let readsQuery: Bool
    private let finder: JSONFinder
    /// Place of the path to the elements, of each of which several parts are joined.
    private let elements: Int?

    /// Nil, reported, when the text names no part of a request.
    package init?(_ node: ConfigNode, into diagnostics: inout Diagnostics) {
        var reader = SpecReader(root: node, secrets: [:], route: "", allow: [])
        reader.takesMany = true
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
        let many = reader.jsonPaths.filter(\.isEvery)
        let isJoined =
            template.map {
                $0.parts.count != 1 || !($0.references.first { _ in true }?.filters.isEmpty ?? true)
            } ?? false
        if isJoined, let first = many.first {
            elements = reader.jsonPlace(first.elements, node)
            if !many.allSatisfy({ $0.isInside(first.elements) }) {
                reader.diagnostics.report(
                    node.error("joins parts of different lists", cure: "name parts of one: {json:*.type}:{json:*.id}"))
            }
        } else {
            elements = nil
        }
        for diagnostic in reader.diagnostics.all { diagnostics.report(diagnostic) }
        guard let template, !reader.diagnostics.hasErrors else { return nil }
        self.template = template
        single = template.single
        readsQuery = reader.readsQuery
        finder = JSONFinder(reader.jsonPaths)
        isEvery = !many.isEmpty
    }

    /// For presets, whose texts are right: the tests read every one.
    package convenience init?(_ text: String) {
        var diagnostics = Diagnostics()
        self.init(ConfigNode(.string(text), file: "preset"), into: &diagnostics)
    }

    /// The text in each element, without repeats; one that is unusable is left out.
    package func all(in request: RequestView) -> [Bytes] {
        guard isEvery else { return bytes(in: request).map { [$0] } ?? [] }
        var evaluation = evaluation(of: request)
        var known: Set<[UInt8]> = []
        return texts(&evaluation).compactMap { text in
            guard let text, Self.isName(text), known.insert(text).inserted else { return nil }
            return Bytes(text)
        }
    }

    private func texts(_ evaluation: inout Evaluation) -> [[UInt8]?] {
        guard let elements else { return ((try? evaluation.values(ofJSON: 0)) ?? []).map(\.array) }
        let count = min((try? evaluation.values(ofJSON: elements).count) ?? 0, Limits.signedItems)
        return (0..<count).map { element in
            evaluation.element = element
            return try? evaluation.text(of: template)
        }
    }

    private func evaluation(of request: RequestView) -> Evaluation {
        Evaluation(
            request, from: .unspecified, publicURL: nil, at: WallTime(microseconds: 0), finder: finder, json: [])
    }

    private static func isName(_ text: [UInt8]) -> Bool { text.withUnsafeBytes { isName($0) } }

    private static func isName(_ text: UnsafeRawBufferPointer) -> Bool {
        1 <= text.count && text.count <= Limits.eventNameBytes && text.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
    }

    /// Those of several elements are joined by commas.
    ///
    /// Nil when the request has no such text, an empty one, an ambiguous one or one that is too long.
    package func bytes(in request: RequestView) -> Bytes? {
        if isEvery {
            let text = Array(all(in: request).map { Array($0.buffer) }.joined(separator: [UInt8(ascii: ",")]))
            return Self.isName(text) ? Bytes(text) : nil
        }
        if case .header(let name) = single {
            guard case .unique(let text) = request.field(name), Self.isName(text) else { return nil }
            return Bytes(copying: text)
        }
        var evaluation = evaluation(of: request)
        guard let single else {
            guard let text = try? evaluation.text(of: template), Self.isName(text) else { return nil }
            return Bytes(text)
        }
        guard let value = try? evaluation.value(of: single) else { return nil }
        return value.withBytes { text in text.flatMap { Self.isName($0) ? Bytes(copying: $0) : nil } }
    }
}
