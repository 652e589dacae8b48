internal import Config
internal import Crypto
internal import Signatures

/// Deliveries signed in a provider's own form, beside the gateway's signature.
extension RouteReader {
    /// `sign: { as: "github", secrets: { SECRET: "env:…" } }`; `key` is the private half where the provider signs with
    /// one, `set` adds fields that its receivers read.
    ///
    /// - Parameter held: takes why the subscriber cannot be served, when a secret cannot be used.
    mutating func outwardForm(
        _ node: ConfigNode?, besides headers: [SubscriberConfig.Header], held: inout String?
    ) -> OutwardForm? {
        guard let node, let object = node.object(keys: ["as", "secrets", "key", "set"], into: &diagnostics) else {
            return nil
        }
        guard let form = object["as"] else {
            diagnostics.report(node.error("does not say as whom", cure: "write as: \"github\", or a verifier"))
            return nil
        }
        var spelling = Diagnostics()
        VerifierSpec.checkSpelling(of: form, route: name, into: &spelling)
        for diagnostic in spelling.all where diagnostic.severity == .error { diagnostics.report(diagnostic) }
        if case .file = origin, !mistakenKeys(in: form).isEmpty { return nil }
        var reason: String?
        let table = formSecrets(object["secrets"], reason: &reason)
        let key = object["key"].flatMap { privateKey($0, reason: &reason) }
        let fields = givenFields(object["set"])
        if let reason { held = reason }
        guard !spelling.hasErrors, reason == nil, let fields else { return nil }
        var found = Diagnostics()
        let outward = OutwardForm(form, secrets: table, privateKey: key, fields: fields, into: &found)
        for diagnostic in found.all where diagnostic.severity == .error { diagnostics.report(diagnostic) }
        guard let outward else { return nil }
        return permitted(outward, node, besides: headers) ? outward : nil
    }

    private mutating func formSecrets(_ node: ConfigNode?, reason: inout String?) -> SecretTable {
        guard let node, let members = node.members(into: &diagnostics) else { return [:] }
        var (table, first) = (SecretTable(), reason)
        for (key, member) in members {
            table[key] = secret(member) { first = first ?? $1 }.map { [$0] } ?? []
        }
        reason = first
        return table
    }

    private mutating func privateKey(_ node: ConfigNode, reason: inout String?) -> PrivateKey? {
        var first = reason
        defer { reason = first }
        guard let pem = secret(node, note: { first = first ?? $1 }) else { return nil }
        do throws(CryptoError) {
            return try pem.withBytes { bytes throws(CryptoError) in
                try PrivateKey(pem: String(decoding: bytes, as: UTF8.self))
            }
        } catch {
            report(unusable: "the key \(error.description)", cure: "give a private key in PEM", at: node)
            first = first ?? "\(node.path): the key \(error.description)"
            return nil
        }
    }

    /// Nil after reporting.
    private mutating func givenFields(_ node: ConfigNode?) -> [OutwardForm.GivenField]? {
        guard let node else { return [] }
        guard let members = node.members(into: &diagnostics) else { return nil }
        let fields = members.compactMap { OutwardForm.GivenField($0, $1, into: &diagnostics) }
        return fields.count == members.count ? fields : nil
    }

    /// Its fields obey the same rules as those that an operator writes into `headers`.
    private mutating func permitted(
        _ form: OutwardForm, _ node: ConfigNode, besides headers: [SubscriberConfig.Header]
    ) -> Bool {
        for field in form.fieldNames.sorted() {
            if let problem = HeaderRules.problem(ofName: field, hasCredentials: false) {
                diagnostics.report(node.error("\(field): \(problem.text)", cure: problem.cure))
                return false
            }
            if headers.contains(where: { $0.name.lowercased() == field }) {
                diagnostics.report(node.error("\(field) is also given in headers", cure: "keep one of them"))
                return false
            }
        }
        return true
    }
}
