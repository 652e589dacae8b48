internal import Crypto

/// Reads a JSON Web Key or a set of them (RFC 7517).
enum JWKReader {
    /// Members that are read; all others have no bearing on a verification.
    private static let names = ["kty", "kid", "alg", "use", "crv", "x", "y", "n", "e", "k"].map { Array($0.utf8) }
    static let keysMost = 32

    /// Keys of a set that this program cannot use (other kinds, encryption) are passed over; a set without a usable one
    /// is an error.
    static func keys(_ text: String, label: String) throws(CryptoError) -> [JWTKey] {
        let bytes = Array(text.utf8)
        guard let members = JSONMembers(bytes, names: names + [Array("keys".utf8)]) else {
            throw .unreadableKey(expected: "a JWK or a JWKS in JSON")
        }
        guard let list = members.value("keys") else { return [try key(members, label)] }
        var keys: [JWTKey] = []
        for element in elements(members.raw(list)) {
            guard let members = JSONMembers(element, names: names), let kind = members.string("kty") else {
                throw .unreadableKey(expected: "a JWKS whose keys have a kty")
            }
            let isForSignatures = members.value("use") == nil || members.string("use") == Array("sig".utf8)
            let isKnown = ["RSA", "EC", "OKP", "oct"].contains { kind == Array($0.utf8) }
            guard isKnown, isForSignatures else { continue }
            let curve = members.string("crv").map { String(decoding: $0, as: UTF8.self) }
            if let curve, !["P-256", "Ed25519"].contains(curve) { continue }
            if let name = members.string("alg"), JWTAlgorithm(rawValue: String(decoding: name, as: UTF8.self)) == nil {
                continue
            }
            keys.append(try key(members, label))
        }
        guard !keys.isEmpty else { throw .unreadableKey(expected: "a JWKS with a key for signatures") }
        return keys
    }

    private static func elements(_ list: [UInt8]) -> [[UInt8]] {
        let finder = JSONFinder((0..<keysMost).map { JSONPath(components: [Array(String($0).utf8)]) })
        var found: [JSONValue?] = []
        return list.withUnsafeBytes { bytes in
            guard (try? finder.find(in: bytes, into: &found)) != nil, bytes.first == UInt8(ascii: "[") else {
                return []
            }
            return found.compactMap { $0.map { Array(bytes[$0.range]) } }
        }
    }

    private static func key(_ members: JSONMembers, _ label: String) throws(CryptoError) -> JWTKey {
        func bytes(_ name: String) throws(CryptoError) -> [UInt8] {
            guard let text = members.string(name),
                let bytes = Base64.decode(String(decoding: text, as: UTF8.self), .url)
            else { throw .unreadableKey(expected: "a JWK whose \(name) is base64url") }
            return bytes
        }
        let curve = members.string("crv").map { String(decoding: $0, as: UTF8.self) }
        let material: JWTKey.Material
        switch members.string("kty").map({ String(decoding: $0, as: UTF8.self) }) {
        case "RSA": material = .publicKey(try PublicKey(rsa: try bytes("n"), exponent: try bytes("e")))
        case "EC" where curve == "P-256": material = .publicKey(try PublicKey(p256: try bytes("x"), try bytes("y")))
        case "OKP" where curve == "Ed25519": material = .publicKey(try PublicKey(ed25519: try bytes("x")))
        case "oct":
            let secret = try bytes("k")
            guard !secret.isEmpty else { throw .weakKey(reason: "it is empty") }
            material = .secret(Secret(secret))
        default: throw .unreadableKey(expected: "a JWK of kty RSA, EC with P-256, OKP with Ed25519, or oct")
        }
        let id = members.string("kid")
        return JWTKey(
            label: id.map { "\(label) kid \(String(decoding: $0, as: UTF8.self))" } ?? label, material: material,
            id: id,
            algorithm: members.string("alg").flatMap { JWTAlgorithm(rawValue: String(decoding: $0, as: UTF8.self)) })
    }
}
