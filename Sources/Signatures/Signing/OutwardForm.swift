package import Config
package import Crypto
package import Domain
internal import Wire

/// Signs deliveries in a provider's own form, so that a receiver built for that provider takes them unchanged: a
/// verifier's schema read backwards. Bytes of the body are never changed, so the signature has to stand in a field.
package struct OutwardForm: Sendable {
    private let spec: VerifierSpec
    private let privateKey: PrivateKey?
    private let given: [GivenField]
    /// Of all fields that it makes, lower case.
    package let fieldNames: Set<String>

    /// A field beside the signature; the template's parts are `{id}`, `{type}` and `{timestamp}`.
    package struct GivenField: Sendable {
        package let name: String
        let parts: [Part]

        enum Part: Sendable {
            case text(String)
            case id, type, timestamp
        }

        /// Nil, reported, when the text has other parts.
        package init?(_ name: String, _ node: ConfigNode, into diagnostics: inout Diagnostics) {
            guard let text = node.string(into: &diagnostics) else { return nil }
            let written: TemplateText
            do throws(TemplateText.Problem) { written = try TemplateText(text) } catch {
                diagnostics.report(node.error(error.text, cure: error.cure))
                return nil
            }
            var parts: [Part] = []
            for part in written.parts {
                switch part {
                case .literal(let text) where text.utf8.allSatisfy({ (0x20...0x7e).contains($0) }):
                    parts.append(.text(text))
                case .reference("id", nil, false, []): parts.append(.id)
                case .reference("type", nil, false, []): parts.append(.type)
                case .reference("timestamp", nil, false, []): parts.append(.timestamp)
                case .literal, .reference:
                    diagnostics.report(
                        node.error(
                            "\(quoted(text)) is no text for a header", cure: "use text, {id}, {type} and {timestamp}"))
                    return nil
                }
            }
            (self.name, self.parts) = (name, parts)
        }
    }

    /// - Parameters:
    ///   - node: a preset's name, or a verifier.
    ///   - secrets: those that the form names; the public halves of `privateKey` are added.
    ///   - privateKey: for forms with public keys.
    /// - Returns: nil, reported, when something is wrong, or when the form would change the body.
    package init?(
        _ node: ConfigNode, secrets: SecretTable, privateKey: PrivateKey?, fields given: [GivenField],
        into diagnostics: inout Diagnostics
    ) {
        var secrets = secrets
        if let privateKey {
            let text = PublicText(privateKey.publicPEM)
            for (name, form) in VerifierOutline(node).secrets where secrets[name] == nil {
                if let written = text.written(as: form) { secrets[name] = [Secret(written)] }
            }
        }
        guard let spec = VerifierSpec(node, secrets: secrets, into: &diagnostics) else { return nil }
        let names = Set(given.map { $0.name.lowercased() })
        if let problem = Self.problem(spec.scheme, given: names, privateKey) {
            diagnostics.report(node.error(problem.text, cure: problem.cure))
            return nil
        }
        self.spec = spec
        self.privateKey = privateKey
        self.given = given
        let probe = ProviderRequest(url: "http://host/", fields: given.map { .init($0.name, "-") }, body: [])
        do throws(ProviderSigner.Problem) {
            let signed = try ProviderSigner(spec, privateKey: privateKey).sign(probe, at: WallTime(seconds: 0))
            fieldNames = Set(signed.fields.map { $0.name.lowercased() })
        } catch {
            diagnostics.report(
                node.error("cannot be signed: \(error)", cure: "give the private half of its key as key"))
            return nil
        }
    }

    /// - Parameter name: in any case.
    package func makes(field name: UnsafeRawBufferPointer) -> Bool {
        fieldNames.contains { $0.utf8.count == name.count && zip($0.utf8, name).allSatisfy { $0 == lowercase($1) } }
    }

    /// What makes the scheme no form for deliveries.
    private static func problem(
        _ scheme: Scheme, given: Set<String>, _ privateKey: PrivateKey?
    ) -> (text: String, cure: String)? {
        let signed: SignedScheme
        switch scheme {
        case .mac(_, _, let scheme): signed = scheme
        case .signature(_, _, let scheme): signed = scheme
        case .any(let members):
            guard let first = members.first else { return ("is empty", "name a provider") }
            return problem(first, given: given, privateKey)
        case .digest, .token, .basic, .jwt, .address, .none, .all:
            return ("signs no body", "use a provider of type hmac or signature; credentials go into auth and headers")
        }
        switch signed.place.locations.first {
        case .header, .headers: break
        case .json, .form, .query, nil:
            return (
                "puts its signature into the body, which is never changed",
                "use a provider with a signature in a header"
            )
        }
        let timed = signed.window.map { Array($0.value.references.map(\.source)) } ?? []
        for reference in signed.forms[0].segments.flatMap({ Array($0.template.references) }) {
            switch reference.source {
            case .body, .method, .url, .path, .parameter: continue
            case .header(let name):
                if timed.contains(reference.source) || given.contains(name.text) || reference.isOptional { continue }
                return (
                    "signs the header \(name.text), which a delivery has not",
                    "give it: set: { \(quoted(name.text)): \"{id}\" }"
                )
            case .query, .form, .wholeForm, .json, .listedHeaders:
                return ("signs parts of the request alone", "use a provider that signs the body")
            }
        }
        if timed.contains(where: { if case .json = $0 { true } else { false } }) {
            return (
                "has its timestamp in the body, which is never changed", "use a provider with a timestamp in a header"
            )
        }
        return nil
    }

    /// The fields of one attempt; empty when OpenSSL fails, and then no receiver takes the delivery for genuine.
    ///
    /// - Parameters:
    ///   - type: printable.
    ///   - url: where the delivery goes, for forms that sign it.
    package func fields(
        id: String, type: String, body: UnsafeRawBufferPointer, url: String, at now: WallTime
    ) -> [ProviderRequest.Line] {
        let lines = given.map { field in
            let value = field.parts.map { part in
                switch part {
                case .text(let text): text
                case .id: id
                case .type: type
                case .timestamp: String(now.seconds)
                }
            }
            return ProviderRequest.Line(field.name, value.joined())
        }
        let request = ProviderRequest(url: url, fields: lines, body: Array(body))
        return (try? ProviderSigner(spec, privateKey: privateKey).sign(request, at: now))?.fields ?? []
    }
}
