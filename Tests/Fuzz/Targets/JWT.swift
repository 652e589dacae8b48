import Config
import Crypto
import Domain
import Foundation

@testable import Signatures

extension FuzzTarget {
    /// A token's header and claims, a line each, which are signed with the right key; then the signature that is sent instead,
    /// if there is a third line. Without a second line: a whole token.
    ///
    /// Each token has one spelling; none is accepted but with the signature of its key; and one that is accepted names, to
    /// Foundation's eyes, the configured algorithm, no critical extension, the right audience and times that hold.
    static let jwt = FuzzTarget(name: "jwt") { input throws(Violation) in
        var lines = InputLines(input)
        let header = Array(text(lines.next() ?? []).utf8)
        guard let claims = lines.next().map({ Array(text($0).utf8) }) else { return try checkToken(header) }
        let signed = JWTText.unsigned(text(header), text(claims))
        let signature = try made("a MAC") {
            var mac = try HMAC(.sha256, key: Secret(key))
            return Base64.encode(Array(signed.utf8).withUnsafeBytes { mac.authenticate($0) }, url: true)
        }
        let sent = lines.next().map { text($0) } ?? signature
        try checkToken(Array("\(signed).\(sent)".utf8))
        guard try verify("\(signed).\(sent)").isAccepted else { return }
        try hold(sent == signature, "accepted with the signature \(sent)")
        let members = try object(header, "header"), names = try object(claims, "claims")
        try hold(members["alg"] as? String == "HS256", "accepted with the algorithm \(members["alg"] ?? "none")")
        try hold(members["crit"] == nil, "accepted with a critical extension")
        let audience = (names["aud"] as? [String]) ?? [names["aud"] as? String ?? ""]
        try hold(audience.contains("you"), "accepted for \(audience)")
        try hold(number(names["exp"]) > now.seconds - 31, "accepted after \(names["exp"] ?? "no exp")")
        if let start = names["nbf"] { try hold(number(start) <= now.seconds + 31, "accepted before \(start)") }
    }

    /// A token that nobody signed.
    private static func checkToken(_ token: [UInt8]) throws(Violation) {
        let rewritten = token.withUnsafeBytes { bytes in
            JWTText(bytes).map { parts in
                [parts.header, parts.payload, parts.signature].map { Base64.encode($0, url: true) }
                    .joined(separator: ".")
            }
        }
        if let rewritten {
            try hold(Array(rewritten.utf8) == token, "\(text(token)) is another spelling of \(rewritten)")
        }
        try hold(!verify(text(token), stranger: true).isAccepted, "\(text(token)) is accepted with a stranger's key")
    }

    private static let now = WallTime(seconds: 1_800_000_000)
    private static let key = Hex.encode((try? randomBytes(24)) ?? [])

    private static func spec(key: String) -> VerifierSpec? {
        var diagnostics = Diagnostics()
        let verifier = #"""
            { type: "jwt", in: "header:Authorization", prefix: "Bearer ", algorithms: ["HS256"], claims: { aud: "you" },
              key: { value: "{secret:KEY}", format: "text" } }
            """#
        let node = JSON5.parse(Array(verifier.utf8), file: "jwt", into: &diagnostics)
        return node.flatMap { VerifierSpec($0, secrets: ["KEY": [Secret(key)]], into: &diagnostics) }
    }

    private static let own = spec(key: key)
    private static let stranger = spec(key: Hex.encode((try? randomBytes(24)) ?? []))

    private static func verify(_ token: String, stranger isStranger: Bool = false) throws(Violation) -> Verification {
        guard let spec = isStranger ? stranger : own else {
            throw Violation(description: "the verifier cannot be read")
        }
        let fields = [ProviderRequest.Line("Authorization", "Bearer " + token)]
        let verifier = try made("a verifier") { try Verifier(spec) }
        return ProviderRequest(url: "/", fields: fields, body: []).withView {
            verifier.verify($0, from: .unspecified, publicURL: nil, at: now)
        }
    }

    private static func object(_ text: [UInt8], _ what: String) throws(Violation) -> [String: Any] {
        let object = try? JSONSerialization.jsonObject(with: Data(text)) as? [String: Any]
        guard let object else {
            throw Violation(description: "accepted with the \(what) \(String(decoding: text, as: UTF8.self))")
        }
        return object
    }

    private static func number(_ value: Any?) -> Int64 { (value as? NSNumber).map { $0.int64Value } ?? .min }
}
