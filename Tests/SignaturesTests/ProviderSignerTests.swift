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
        let outline = VerifierOutline(preset.node)
        guard let made = try? TestSecrets(outline) else { return nil }
        return read(preset.node, made.table, allow: allow).spec.map { ($0, made.key) }
    }

    @Test("is told by the outline as by the verifier itself", arguments: Preset.all)
    func outline(_ preset: Preset) throws {
        let spec = try #require(Self.signing(preset)).spec
        let outline = VerifierOutline(preset.node)
        #expect(outline.coverage == spec.coverage)
        #expect(outline.signsURL == spec.signsURL)
        #expect(Set(outline.secrets.keys) == spec.secretNames)
        // A token with an end of its own has a window that no file tells.
        if !outline.schemes.contains(where: { $0.hasPrefix("jwt") }) {
            #expect((outline.window != nil) == spec.hasReplayWindow)
        }
        #expect(!outline.schemes.isEmpty && outline.schemes.allSatisfy { !$0.isEmpty })
    }

    /// One of M-Pesa's own, for the preset that brings its list.
    private static let source = IPAddress(v4: 0xc4c9_d6c8)
    private static let allow = [IPRange(source, prefix: 128)]

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

extension Preset: CustomTestStringConvertible {
    public var testDescription: String { name }
}
