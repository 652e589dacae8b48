package import Config
package import Crypto
internal import Domain
package import Wire

/// A request by which a provider makes sure that the URL is its customer's: it is answered from its own parts and is no
/// event.
package struct Handshake: Sendable {
    /// It counts only if the route's verifier accepts it, as an event would. Otherwise it is answered before, by
    /// anybody's request that fits.
    package let needsVerification: Bool
    let conditions: [Guard]
    let key: FilterKey?
    let status: Int
    let type: ContentType
    let body: Template
    let jsonPaths: [JSONPath]

    /// Types in which a part of a request can be echoed without becoming markup.
    enum ContentType: String, CaseIterable, Sendable {
        case text = "text/plain"
        case json = "application/json"
    }

    /// What to answer; send it with `X-Content-Type-Options: nosniff`, for it repeats what a stranger sent.
    package struct Answer: Sendable, Equatable {
        package let status: Int
        package let type: String
        package let body: [UInt8]
    }

    /// Reads one handshake, or a list of them: `{ when: {…}, verify: false, key: …, respond: { status, type, body } }`.
    ///
    /// - Returns: nil, reported, when something is wrong.
    package static func read(
        _ node: ConfigNode, secrets: SecretTable, route: String = "", into diagnostics: inout Diagnostics
    ) -> [Handshake]? {
        var handshakes: [Handshake] = []
        var isWhole = true
        for element in node.elements {
            var reader = SpecReader(root: element, secrets: secrets, route: route, allow: [])
            let handshake = reader.handshake(element)
            reader.reportMissingSecrets()
            for diagnostic in reader.diagnostics.all { diagnostics.report(diagnostic) }
            if let handshake, !reader.diagnostics.hasErrors { handshakes.append(handshake) } else { isWhole = false }
        }
        return isWhole ? handshakes : nil
    }

    /// Nil when the request is no such handshake.
    package func answer(_ request: RequestView) -> Answer? {
        var evaluation = Evaluation(
            request, from: .unspecified, publicURL: nil, at: WallTime(microseconds: 0), finder: JSONFinder(jsonPaths),
            json: [])
        evaluation.filterKey = key
        evaluation.valueLengthMost = Limits.handshakeValueBytes
        evaluation.escapesJSON = type == .json
        for condition in conditions where (try? condition.check(&evaluation)) == nil { return nil }
        guard let text = try? evaluation.text(of: body) else { return nil }
        return Answer(status: status, type: type.rawValue, body: text)
    }
}
