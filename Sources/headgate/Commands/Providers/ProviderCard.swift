internal import Admin
internal import Config
internal import Domain
internal import Signatures

/// What is known of a provider, in words.
struct ProviderCard {
    let preset: Preset
    let outline: VerifierOutline

    init(_ preset: Preset) {
        self.preset = preset
        outline = VerifierOutline(preset.node)
    }

    var scheme: String { outline.schemes.joined(separator: ", ") }

    /// Fields by their names alone: most signatures stand in one.
    var places: String {
        outline.places.map { $0.hasPrefix("header:") ? String($0.dropFirst(7)) : $0 }.joined(separator: ", ")
    }

    /// Of the route file: the client secret of issued tokens stands in its `tokens`.
    var secretNames: [String] { outline.secrets.keys.filter { $0 != Self.tokenSecret }.sorted() }

    var issuesTokens: Bool { outline.secrets[Self.tokenSecret] != nil }

    private static let tokenSecret = "TOKENS_CLIENT_SECRET"

    /// Secrets that only its handshakes need.
    var handshakeSecrets: [String] {
        guard let node = preset.handshakeNode else { return [] }
        return Handshake.secretNames(of: node).subtracting(outline.secrets.keys).sorted()
    }

    var window: String? { outline.window.map { Quantity.text($0) } }

    var ack: String {
        guard preset.ack != .standard else { return "200" }
        return preset.ack.body.isEmpty ? "\(preset.ack.status), empty" : "\(preset.ack.status) \(preset.ack.body)"
    }

    var waits: String { preset.manners.waits ?? "not documented" }

    var retries: String { preset.manners.retries ?? "not documented" }

    var docs: String { preset.docs ?? "none is public" }

    /// What it takes for an answer.
    var demand: String {
        let statuses = preset.manners.takes.map(String.init)
        let status = statuses.isEmpty ? "any 2xx" : statuses.joined(separator: " or ")
        return switch preset.manners.body {
        case .any: status
        case .empty: "\(status) with an empty body"
        case .json: "\(status) with JSON"
        case .exact: "\(status) with \(preset.ack.body)"
        }
    }

    var proves: String {
        switch outline.coverage {
        case .full: "the whole body"
        case .partial: "the sender and a part of the request, not the whole body: fetch what matters from the provider"
        case .address: "the source address alone: ask the provider before you act"
        case .none: "nothing"
        }
    }

    func write(to json: inout JSONWriter) {
        json.member("name", preset.name)
        json.key("schemes")
        json.array(of: outline.schemes) { $0.string($1) }
        json.key("signatureIn")
        json.array(of: outline.places) { $0.string($1) }
        json.key("secrets")
        json.array(of: secretNames) { json, name in
            json.object {
                $0.member("name", name)
                $0.member("form", outline.secrets[name]?.rawValue)
                if outline.kept.contains(name) { $0.member("inPlaceOfFetching", true) }
            }
        }
        json.key("keysFrom")
        json.array(of: outline.issuers) { $0.string($1) }
        json.member("windowSeconds", outline.window.map { $0.microseconds / 1_000_000 })
        json.member("id", preset.id)
        json.member("dedup", preset.repeatsBodies ? "off" : Quantity.text(Limits.dedupWindow))
        json.member("type", preset.type)
        json.member("verified", outline.coverage.text)
        json.member("signsURL", outline.signsURL)
        json.key("ack")
        json.object {
            $0.member("status", preset.ack.status)
            $0.member("type", preset.ack.type)
            $0.member("body", preset.ack.body)
        }
        json.member("handshake", preset.handshake != nil)
        json.member("secretPlace", preset.manners.secret)
        json.member("takes", demand)
        json.member("waits", preset.manners.waits)
        json.member("retries", preset.manners.retries)
        json.member("maxBodyBytes", preset.manners.bodyMost)
        json.member("assumes", preset.manners.assumes)
        json.member("note", preset.note.isEmpty ? nil : preset.note)
        json.member("docs", preset.docs)
    }
}
