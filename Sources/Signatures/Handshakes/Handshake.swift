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
    /// Methods that its requests have, upper case; empty when it names none, so that they are those of events.
    package let methods: [String]
    let conditions: [Guard]
    let key: FilterKey?
    /// Messages of these bytes are signed for whoever asks: as events they prove nothing. Empty when none are.
    let signsForAnybody: [UInt8]
    let status: Int
    let type: ContentType
    let body: Template
    /// Of the answer, beside its type.
    let fields: [Field]
    let jsonPaths: [JSONPath]
    /// It is told, or answered, by parts of the query.
    package let readsQuery: Bool
    let shown: ShownPart?

    /// It brings a token that the operator has to put into the route's secrets, and nobody can have signed it yet: it is
    /// answered only while the route lacks a secret, so that later nobody can slip in a token of his own.
    package var isSetup: Bool { shown != nil && !needsVerification }

    /// Types in which a part of a request can be echoed without becoming markup.
    enum ContentType: String, CaseIterable, Sendable {
        case text = "text/plain"
        case json = "application/json"
    }

    /// A field of the answer, which may repeat a part of the request.
    struct Field: Sendable {
        let name: String
        let value: Template
    }

    /// What to answer; send it with `X-Content-Type-Options: nosniff`, for it repeats what a stranger sent.
    package struct Answer: Sendable {
        package let status: Int
        package let type: String
        package let body: [UInt8]
        /// Printable, and never of those that frame the answer.
        package let fields: [(name: String, value: String)]
        /// What the operator is to see in the log, and act on or not: nothing here does.
        package let shown: [UInt8]?
        /// What is shown is an address of the provider's, by https.
        package let isAddress: Bool

        init(
            status: Int, type: String, body: [UInt8], fields: [(name: String, value: String)], shown: [UInt8]?,
            isAddress: Bool
        ) {
            self.status = status
            self.type = type
            self.body = body
            self.fields = fields
            self.shown = shown
            self.isAddress = isAddress
        }
    }

    /// It shows an address, which a route may open by itself.
    package var showsAddress: Bool { needsVerification && shown?.hosts != nil }

    /// Reads one handshake, or a list of them: `{ when: {…}, verify: false, key: …, respond: { status, type, headers, body }, show }`;
    /// an empty list is none.
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

    /// Names of the secrets that handshakes refer to, whatever else is wrong with them.
    package static func secretNames(of node: ConfigNode) -> Set<String> {
        node.elements.reduce(into: []) { names, element in
            var reader = SpecReader(root: element, secrets: [:], route: "", allow: [])
            _ = reader.handshake(element)
            names.formUnion(reader.secretNames)
        }
    }

    /// Nil when the request is no such handshake.
    package func answer(_ request: RequestView) -> Answer? {
        var evaluation = Evaluation(
            request, from: .unspecified, publicURL: nil, at: WallTime(microseconds: 0), finder: JSONFinder(jsonPaths),
            json: [])
        evaluation.filterKey = key
        evaluation.valueLengthMost = Limits.handshakeValueBytes
        for condition in conditions where (try? condition.check(&evaluation)) == nil { return nil }
        var shownText: [UInt8]?
        if let shown {
            guard let text = try? evaluation.text(of: shown.value), !text.isEmpty, shown.accepts(text) else {
                return nil
            }
            shownText = text
        }
        var answered: [(name: String, value: String)] = []
        for field in fields {
            // A space or a control character could end the field or begin another.
            guard let value = try? evaluation.text(of: field.value), value.allSatisfy({ (0x21...0x7e).contains($0) })
            else { return nil }
            answered.append((field.name, String(decoding: value, as: UTF8.self)))
        }
        evaluation.escapesJSON = type == .json
        guard let text = try? evaluation.text(of: body) else { return nil }
        return Answer(
            status: status, type: type.rawValue, body: text, fields: answered, shown: shownText, isAddress: showsAddress
        )
    }
}
