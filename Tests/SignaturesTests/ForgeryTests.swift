import Config
import Crypto
import Domain
import Testing

@testable import Signatures

/// What a stranger can make of answers and requests that he has.
@Suite("A forged event") struct ForgeryTests {
    private func verdict(
        _ preset: String, _ request: ProviderRequest, secrets: SecretTable = ["SECRET": [Secret("key")]]
    ) throws -> Verification {
        let preset = try #require(Preset.named(preset))
        let spec = try #require(read(preset.node, secrets).spec)
        var diagnostics = Diagnostics()
        let handshakes = preset.handshakeNode.flatMap { Handshake.read($0, secrets: secrets, into: &diagnostics) } ?? []
        let verifier = try Verifier(spec, beside: handshakes)
        return request.withView {
            verifier.verify($0, from: .unspecified, publicURL: nil, at: WallTime(seconds: 1_800_000_000))
        }
    }

    /// The handshake's answer is a MAC of what was asked for, under the key of events.
    @Test("is not made of what a handshake signs for anybody")
    func handshakes() throws {
        func twitter(_ body: String) throws -> Verification {
            let mac = Base64.encode(Hex.decode(hmac(body)) ?? [])
            return try verdict("twitter", request([("X-Twitter-Webhooks-Signature", "sha256=" + mac)], body))
        }
        #expect(try twitter("12345").refusal == .signatureWrong)
        #expect(try twitter("").refusal == .signatureWrong)
        #expect(try twitter(#"{"for_user_id":"1"}"#).isAccepted)

        let secrets: SecretTable = ["PRIVATE_KEY": [Secret("private")], "PUBLIC_KEY": [Secret("public")]]
        let key = Hex.decode(
            try Array("private".utf8).withUnsafeBytes { Hex.encode(try HashAlgorithm.sha1.digest($0)) })
        func braintree(_ payload: String) throws -> Verification {
            var mac = try HMAC(.sha1, key: Secret(key ?? []))
            let signature = Hex.encode(Array(payload.utf8).withUnsafeBytes { mac.authenticate($0) })
            let body = "bt_signature=public%7C\(signature)&bt_payload=\(payload)"
            return try verdict("braintree", request([], body), secrets: secrets)
        }
        #expect(try braintree("deadbeef").refusal == .signatureWrong)
        #expect(try braintree("PD94bWw").isAccepted)
    }

    /// Two values are signed with nothing between them: characters of one could pass for the other's.
    @Test(
        "has no other fields with the same text",
        arguments: [
            ("2023-09-25 17:28:03-0000", "154b2b72"), ("2023-09-25 17:28:03.890-0400", "54b2"),
            ("2023-09-25", "154b2b72"),
        ])
    func alfred(_ date: String, _ invoice: String) throws {
        let text = date + invoice
        func isAccepted(_ split: Int) throws -> Bool {
            let (date, invoice) = (text.prefix(split), text.dropFirst(split))
            var mac = try HMAC(.sha256, key: Secret([0x91, 0xec]))
            let signature = Base64.encode(Array(text.utf8).withUnsafeBytes { mac.authenticate($0) })
            let body =
                #"{"date_invoices":"\#(date)","invoices":"\#(invoice)","signature_invoices":"\#(signature)"}"#
            return try verdict("alfred", request([], body), secrets: ["SECRET": [Secret("kew=")]]).isAccepted
        }
        #expect(try (0...text.utf8.count).filter(isAccepted) == [date.utf8.count])
    }

    @Test("has no token with another's digits", arguments: ["mailgun", "mailgun-form"])
    func mailgun(_ preset: String) throws {
        let text = "1529006854" + "1a8ce0edb9b1"
        func isAccepted(_ split: Int) throws -> Bool {
            let (time, token) = (text.prefix(split), text.dropFirst(split))
            let body =
                preset == "mailgun"
                ? #"{"signature":{"timestamp":"\#(time)","token":"\#(token)","signature":"\#(hmac(text))"}}"#
                : "timestamp=\(time)&token=\(token)&signature=\(hmac(text))"
            return try verdict(preset, request([], body)).isAccepted
        }
        #expect(try (0...text.utf8.count).filter(isAccepted) == [10])
    }
}
