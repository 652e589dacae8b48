import Config
import Crypto
import Domain

@testable import Signatures

/// A preset with secrets of its own and with a stranger's, and a request that it accepts.
struct Provider: Sendable {
    let name: String
    let own: VerifierSpec
    let stranger: VerifierSpec
    let genuine: ProviderRequest

    static let url = "https://hooks.example.test/in"
    static let now = WallTime(seconds: 1_800_000_000)
    /// One of M-Pesa's, for the preset that brings its list.
    static let source = IPAddress(v4: 0xc4c9_d6c8)

    /// Every preset that proves anything.
    static let all: [Provider] = Preset.all.compactMap { preset in
        guard let own = spec(preset, keys: .own), let stranger = spec(preset, keys: .stranger), !own.isUnauthenticated
        else { return nil }
        let sample = ProviderRequest(
            url: url, fields: [.init("Content-Type", "application/json")], body: Array(body(preset.name).utf8))
        let key = Keys.own.pair(for: VerifierOutline(preset.node))
        guard let genuine = try? ProviderSigner(own, privateKey: key).sign(sample, at: now) else { return nil }
        return Provider(name: preset.name, own: own, stranger: stranger, genuine: genuine)
    }

    static func verify(_ request: ProviderRequest, _ spec: VerifierSpec) throws(Violation) -> Verification {
        let verifier = try made("a verifier") { try Verifier(spec) }
        return request.withView { verifier.verify($0, from: source, publicURL: url, at: now) }
    }

    private static func spec(_ preset: Preset, keys: Keys) -> VerifierSpec? {
        var diagnostics = Diagnostics()
        let outline = VerifierOutline(preset.node)
        return VerifierSpec(
            preset.node, secrets: keys.table(for: outline), allow: [IPRange(source, prefix: 128)], into: &diagnostics)
    }

    /// One that has what the provider signs.
    private static func body(_ name: String) -> String {
        switch name {
        case "alfred": #"{"invoices":"i-1","date_invoices":"2026-01-02 03:04:05-0000"}"#
        case "adyen":
            #"{"notificationItems":[{"NotificationRequestItem":{"pspReference":"1","merchantAccountCode":"m","#
                + #""amount":{"value":1130,"currency":"EUR"},"eventCode":"A","success":"true","additionalData":{}}}]}"#
        case "opay":
            #"{"payload":{"amount":"1","currency":"NGN","reference":"r","refunded":false,"status":"S","timestamp":"t","#
                + #""transactionId":"x"}}"#
        case "mailgun": #"{"signature":{"timestamp":"1529006854","token":"t"},"event-data":{}}"#
        case "mailgun-form": "timestamp=1529006854&token=t"
        case "braintree": "bt_payload=abc%0A"
        case "twilio", "twilio-shared-key": "From=%2B1&To=%2B2"
        case "aws-sns":
            #"{"Type":"Notification","MessageId":"m","TopicArn":"t","Message":"Hello","Timestamp":"t","#
                + #""SignatureVersion":"2"}"#
        case "microsoft-graph": #"{"value":[{"changeType":"updated"}]}"#
        default: #"{"id":"1","amount":1000.00,"text":"für \/ dich"}"#
        }
    }
}

extension Verification {
    var isAccepted: Bool { if case .accepted = self { true } else { false } }
}

/// A key of each kind and a text for secrets, made when the process starts: what no input can hold.
struct Keys: Sendable {
    private let pairs: [KeyKind: PrivateKey]
    private let publicPEMs: [KeyKind: String]
    private let text: String

    static let own = Keys()
    static let stranger = Keys()

    private init() {
        pairs = KeyKind.allCases.reduce(into: [:]) { $0[$1] = try? PrivateKey.generate($1) }
        publicPEMs = pairs.mapValues(\.publicPEM)
        text = Hex.encode((try? randomBytes(24)) ?? [])
    }

    func pair(for outline: VerifierOutline) -> PrivateKey? {
        let isEd25519 = outline.schemes.contains("ed25519")
        let isP256 = outline.schemes.contains { $0.hasPrefix("ecdsa") || $0 == "jwt-es256" }
        return pairs[isEd25519 ? .ed25519 : isP256 ? .p256 : .rsa]
    }

    func table(for outline: VerifierOutline) -> SecretTable {
        guard let pair = pair(for: outline) else { return [:] }
        return outline.secrets.mapValues { [Secret(written($0, pair))] }
    }

    private func written(_ form: VerifierOutline.SecretForm, _ pair: PrivateKey) -> String {
        let pem = publicPEMs[pair.kind] ?? ""
        let der = pem.split(separator: "\n").dropFirst().dropLast().joined()
        let bytes = Base64.decode(der, .canonical) ?? []
        switch form {
        case .text, .hex: return text
        case .base64: return "whsec_" + Base64.encode(Array(text.utf8))
        case .pem: return pem
        case .der: return der
        case .ed25519Hex: return Hex.encode(Array(bytes.suffix(32)))
        case .ed25519Base64: return "whpk_" + Base64.encode(Array(bytes.suffix(32)))
        case .jwk, .jwks:
            let (x, y) = (Array(bytes.suffix(64).prefix(32)), Array(bytes.suffix(32)))
            return #"{"kty":"EC","crv":"P-256","kid":"one","alg":"ES256","x":"\#(Base64.encode(x, url: true))","#
                + #""y":"\#(Base64.encode(y, url: true))"}"#
        }
    }
}
