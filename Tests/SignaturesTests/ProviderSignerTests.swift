import Config
import Crypto
import Domain
import Net
import Testing

@testable import Signatures

/// Reading the schema backwards must be the inverse of reading it forwards, for every provider.
@Suite("What is signed as a provider would") struct ProviderSignerTests {
    private let now = WallTime(seconds: 1_800_000_000)
    private let url = "https://hooks.example.test/in"

    @Test("is accepted by that provider's verifier, and refused with one bit changed", arguments: Preset.all)
    func roundTrip(_ preset: Preset) throws {
        let signing = try #require(Self.signing(preset))
        let sample = ProviderRequest(
            url: url, fields: [.init("Content-Type", "application/json")], body: Array(Self.body(preset).utf8))
        let signer = ProviderSigner(signing.spec, privateKey: signing.key)
        let verifier = try Verifier(signing.spec)

        let signed = try signer.sign(sample, at: now)
        let result = verify(signed, verifier)
        #expect(result.isAccepted, "\(result) for \(signed.fields)")

        if signing.spec.isUnauthenticated { return }
        let spoiled = try signer.sign(sample, at: now, spoiled: true)
        #expect(!verify(spoiled, verifier).isAccepted)
        #expect(!verify(sample, verifier).isAccepted, "unsigned")
    }

    @Test("is refused when its body changes, where the signature covers the body", arguments: Preset.all)
    func tampered(_ preset: Preset) throws {
        let signing = try #require(Self.signing(preset))
        guard signing.spec.coverage == .full else { return }
        let sample = ProviderRequest(url: url, body: Array(Self.body(preset).utf8))
        var signed = try ProviderSigner(signing.spec, privateKey: signing.key).sign(sample, at: now)
        signed.body.append(UInt8(ascii: " "))
        #expect(!verify(signed, try Verifier(signing.spec)).isAccepted)
    }

    private func verify(_ request: ProviderRequest, _ verifier: Verifier) -> Verification {
        request.withView {
            verifier.verify($0, from: Self.source, publicURL: url, at: now)
        }
    }

    private static func signing(_ preset: Preset) -> (spec: VerifierSpec, key: PrivateKey?)? {
        let isEd25519 = preset.name.hasSuffix("ed25519") || preset.name == "discord"
        for kind in isEd25519 ? [.ed25519] : KeyKind.allCases {
            guard let key = try? TestKeys.one(kind) else { return nil }
            let (spec, _) = read(preset.node, secrets(preset, key), allow: allow)
            if let spec { return (spec, key) }
        }
        return nil
    }

    /// One of M-Pesa's own, for the preset that brings its list.
    private static let source = IPAddress(v4: 0xc4c9_d6c8)
    private static let allow = [IPRange(source, prefix: 128)]

    /// A value of the right kind for every secret that presets name.
    private static func secrets(_ preset: Preset, _ key: PrivateKey) -> SecretTable {
        var table: SecretTable = [:]
        let der = key.publicPEM.split(separator: "\n").dropFirst().dropLast().joined()
        let raw = Base64.decode(der, .canonical).map { Array($0.suffix(32)) } ?? []
        for name in preset.secrets {
            switch name {
            case "PUBKEY" where preset.name == "discord": table[name] = [Secret(Hex.encode(raw))]
            case "PUBKEY" where ["sendgrid", "circle"].contains(preset.name): table[name] = [Secret(der)]
            case "PUBKEY", "CERT", "JWKS_KEY": table[name] = [Secret(key.publicPEM)]
            case "SECRET" where preset.name.hasSuffix("ed25519"): table[name] = [Secret("whpk_" + Base64.encode(raw))]
            case "SECRET" where preset.name.hasPrefix("adyen"):
                table[name] = [Secret("0123456789abcdef0123456789abcdef")]
            case "JWK", "JWKS": table[name] = [Secret(jwk(raw, key))]
            default: table[name] = [Secret("whsec_" + Base64.encode(Array("a secret of thirty-two bytes or so".utf8)))]
            }
        }
        return table
    }

    private static func jwk(_ raw: [UInt8], _ key: PrivateKey) -> String {
        let der = key.publicPEM.split(separator: "\n").dropFirst().dropLast().joined()
        let point = Base64.decode(der, .canonical).map { Array($0.suffix(64)) } ?? []
        guard point.count == 64 else { return "{}" }
        let (x, y) = (Base64.encode(Array(point[..<32]), url: true), Base64.encode(Array(point[32...]), url: true))
        return #"{"kty":"EC","crv":"P-256","kid":"one","alg":"ES256","x":"\#(x)","y":"\#(y)"}"#
    }

    /// A body that has what the provider signs.
    private static func body(_ preset: Preset) -> String {
        switch preset.name {
        case "alfred": #"{"invoices":"i-1","date_invoices":"2026-01-02 03:04:05-0000"}"#
        case "adyen":
            #"{"notificationItems":[{"NotificationRequestItem":{"pspReference":"1","merchantAccountCode":"m","#
                + #""amount":{"value":1130,"currency":"EUR"},"eventCode":"A","success":"true","additionalData":{}}}]}"#
        case "opay":
            #"{"payload":{"amount":"1","currency":"NGN","reference":"r","refunded":false,"status":"S","timestamp":"t","#
                + #""transactionId":"x"}}"#
        case "mailgun": #"{"signature":{"timestamp":"0","token":"t"},"event-data":{}}"#
        case "mailgun-form": "timestamp=1&token=t"
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

extension Preset: CustomTestStringConvertible {
    public var testDescription: String { name }
}
