internal import Config
internal import Domain
internal import Signatures

/// A route file to start from: what is known of the provider in comments, then the route.
struct RouteStart {
    private let card: ProviderCard
    private var preset: Preset { card.preset }

    init(_ preset: Preset) { card = ProviderCard(preset) }

    var lines: [String] { comments + ["{"] + members + ["}"] }

    /// The variable that holds a secret: `STRIPE_SECRET`.
    func variable(_ secret: String) -> String {
        preset.name.uppercased().replacing("-", with: "_") + "_" + secret
    }

    // MARK: Comments

    private var comments: [String] {
        var lines: [String] = []
        func add(_ title: String, _ text: String?) {
            guard let text, !text.isEmpty else { return }
            let wrapped = HelpText.wrap("\(title): \(text)", indent: 0, width: 116)
            lines += wrapped.map { "// \($0)" }
        }
        lines.append("// \(preset.name)")
        lines.append("//")
        add("Proves", card.proves + (card.places.isEmpty ? "" : " (\(card.scheme), \(card.places))"))
        add("Replay", replay)
        add("Secret", preset.manners.secret)
        add("Keys", keys)
        let waits = preset.manners.waits.map { "waits \($0)" } ?? "how long it waits is not documented here"
        add("Answer", "the provider takes \(card.demand), and \(waits)")
        add("Retries", card.retries)
        add("Asks", asks)
        add("Note", preset.note)
        add("Rests on assumption", preset.manners.assumes)
        add("Documentation", card.docs)
        return lines
    }

    private var replay: String {
        let window = card.window.map { "refused when older than \($0)" } ?? "no timestamp is checked"
        let known = preset.id.map { "duplicates are known by \($0)" } ?? "duplicates are known by their bodies"
        let id = preset.repeatsBodies ? "every request is an event of its own" : known
        return "\(window); \(id)"
    }

    private var keys: String? {
        let issuers = card.outline.issuers
        if issuers.isEmpty { return card.outline.needsKeyURL ? "fetched from where keys: { url } says" : nil }
        return "fetched from \(issuers.joined(separator: ", ")) by https when a request needs one"
    }

    private var asks: String? {
        guard preset.handshake != nil else { return nil }
        let needed = card.handshakeSecrets
        let needs = needed.isEmpty ? "" : ", for which it needs \(needed.joined(separator: ", "))"
        return "the provider asks whether the URL is yours; the route answers by itself\(needs)"
    }

    // MARK: Members

    private var members: [String] {
        var lines = [member("path", "\"/\(preset.name)\""), member("verify", "\"\(preset.name)\"")]
        let secrets = card.secretNames + card.handshakeSecrets
        if !secrets.isEmpty {
            lines.append("  secrets: {")
            for name in secrets {
                let form = card.outline.secrets[name].flatMap { $0 == .text ? nil : $0.rawValue }
                let isKept = card.outline.kept.contains(name)
                let remark = [form, isKept ? "given, no key is fetched" : nil].compactMap { $0 }.joined(separator: "; ")
                lines.append(
                    "    \(isKept ? "// " : "")\(name): \"env:\(variable(name))\",\(remark.isEmpty ? "" : "  // \(remark)")"
                )
            }
            lines.append("  },")
        }
        if card.outline.needsKeyURL {
            lines.append("  // The jwks_uri of the issuer's /.well-known/openid-configuration.")
            lines.append(member("keys", "{ url: \"https://issuer.example.com/jwks\" }"))
        }
        if card.issuesTokens {
            let (id, secret) = (variable("CLIENT_ID"), variable("CLIENT_SECRET"))
            lines.append("  // The provider fetches its tokens at /\(preset.name)/token.")
            lines.append(member("tokens", "{ clientId: \"env:\(id)\", clientSecret: \"env:\(secret)\" }"))
        }
        if card.outline.signsURL {
            lines.append("  // The URL exactly as the provider has it, for it is signed.")
            lines.append(member("publicUrl", "\"https://hooks.example.com/\(preset.name)\""))
        }
        if card.outline.needsAddresses {
            lines.append("  // The provider's addresses.")
            lines.append(member("allow", "[\"203.0.113.0/24\"]"))
        }
        if card.outline.coverage == .none {
            lines.append("  // The provider's addresses: nothing else tells its requests from others.")
            lines.append("  // " + member("allow", "[\"203.0.113.0/24\"]").drop { $0 == " " })
        }
        if preset.id == nil, !preset.repeatsBodies, card.window == nil,
            card.outline.coverage.rawValue >= Coverage.partial.rawValue
        {
            lines.append("  // The provider names no id: equal bodies within this time count as one event.")
            lines.append(member("dedup", "\"24h\""))
        }
        if let most = preset.manners.bodyMost, most > Limits.bodyBytes {
            lines.append(member("maxBody", "\"\(Quantity.text(bytes: most))\""))
        }
        lines += [
            "  subscribers: [", "    { name: \"first\", url: \"http://127.0.0.1:9001/\(preset.name)\" },", "  ],",
        ]
        return lines
    }

    private func member(_ key: String, _ value: String) -> String { "  \(key): \(value)," }
}
