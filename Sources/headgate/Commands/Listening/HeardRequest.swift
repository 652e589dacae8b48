internal import Admin
internal import Config
internal import Crypto
internal import Domain
internal import Signatures
internal import Telemetry
internal import Wire

/// One request as a development subscriber got it.
struct HeardRequest: Sendable {
    enum Signature: Sendable, Equatable {
        case valid
        /// Nothing to check with.
        case unchecked
        case invalid(String)

        var text: String { reason.map { "INVALID, \($0)" } ?? (self == .valid ? "valid" : "not checked") }

        /// For scripts.
        var word: String {
            switch self {
            case .valid: "valid"
            case .unchecked: "unchecked"
            case .invalid: "invalid"
            }
        }

        /// Of an invalid one.
        var reason: String? { if case .invalid(let reason) = self { reason } else { nil } }
    }

    let at: WallTime
    let path: String
    let signature: Signature
    let body: [UInt8]
    private let fields: [(name: String, value: String)]

    init(_ request: RequestView, at now: WallTime, signature: Signature) {
        at = now
        path = String(decoding: request.path, as: UTF8.self)
        self.signature = signature
        body = Array(request.body)
        var fields: [(name: String, value: String)] = []
        request.forEachField { name, value in
            fields.append((String(decoding: name, as: UTF8.self).lowercased(), String(decoding: value, as: UTF8.self)))
        }
        self.fields = fields
    }

    subscript(field: String) -> String { fields.first { $0.name == field }?.value ?? "" }

    var id: String { self["webhook-id"] }
    var route: String { self["headgate-route"] }
    var type: String { self["headgate-event-type"] }
    var attempt: String { self["headgate-attempt"] }
    var delivery: String { self["headgate-delivery"] }
    var providerID: String { self["headgate-provider-event-id"] }

    /// The first of the body as one line of text; controls are for the caller to escape.
    func preview(_ most: Int) -> String {
        let words = String(decoding: body.prefix(4 * most), as: UTF8.self).split { " \t\r\n".contains($0) }
        let text = words.joined(separator: " ")
        return text.count > most ? text.prefix(most - 1) + "…" : text
    }

    func write(to json: inout JSONWriter, status: Int) {
        json.object { json in
            json.member("at", at.rfc3339)
            json.member("path", path)
            json.member("id", id)
            json.member("route", route)
            json.member("type", type)
            json.member("providerEventId", providerID)
            json.member("delivery", delivery)
            json.member("attempt", attempt)
            json.member("signature", signature.word)
            json.member("reason", signature.reason)
            json.member("answered", status)
            json.key("body")
            json.body(body)
        }
    }
}

/// Checks what headgate signs, as any receiver with a Standard Webhooks library would.
final class SignatureCheck {
    private let verifier: Verifier

    /// - Parameter secrets: `whsec_…`; any may match.
    /// - Throws: `CommandFailure`, naming `origin` and no secret.
    init(_ secrets: [Secret], origin: String) throws {
        var diagnostics = Diagnostics()
        let preset = ConfigNode(.string("standard-webhooks"), file: origin)
        guard let spec = VerifierSpec(preset, secrets: ["SECRET": secrets], into: &diagnostics) else {
            throw CommandFailure(diagnostics.all.first?.line ?? "\(origin) is no secret", status: .usage)
        }
        verifier = try Verifier(spec)
    }

    func check(_ request: RequestView, at now: WallTime) -> HeardRequest.Signature {
        switch verifier.verify(request, from: .unspecified, publicURL: nil, at: now) {
        case .accepted: .valid
        case .refused(let reason): .invalid(reason.text)
        // Its keys are shared secrets: there is nothing to fetch.
        case .needs: .invalid(Verification.Refusal.keyUnavailable.text)
        }
    }
}
