import Crypto
import Testing

@Suite("Keys") struct KeyTests {
    @Test(
        "verify what their private halves signed, and nothing else", arguments: SignatureAlgorithm.allCases)
    func roundTrip(_ algorithm: SignatureAlgorithm) throws {
        let key = try TestKeys.one(algorithm.keyKind)
        let message = bytes("a message")
        let signature = try message.withUnsafeBytes { try key.sign($0, algorithm) }
        var verifier = try SignatureVerifier(key.publicKey, algorithm)
        #expect(try isValid(&verifier, signature, message))
        #expect(try isValid(&verifier, signature, message), "the context serves a second time")
        #expect(try !isValid(&verifier, signature, bytes("another")))
        #expect(try !isValid(&verifier, Array(signature.dropLast()), message))
        #expect(try !isValid(&verifier, signature + [0], message))
        #expect(try !isValid(&verifier, [], message))
        var spoiled = signature
        spoiled[signature.count / 2] ^= 1
        #expect(try !isValid(&verifier, spoiled, message))

        var stranger = try SignatureVerifier(TestKeys.other(algorithm.keyKind).publicKey, algorithm)
        #expect(try !isValid(&stranger, signature, message))
    }

    @Test("are read back from the PEM that they write, with line ends as they come out of JSON")
    func pem() throws {
        for kind in KeyKind.allCases {
            let key = try TestKeys.one(kind)
            #expect(try PublicKey(pem: key.publicPEM).kind == kind)
            let escaped = key.publicPEM.split(separator: "\n").joined(separator: "\\n")
            #expect(try PublicKey(pem: escaped).kind == kind)
            #expect(try PrivateKey(pem: key.privatePEM).publicPEM == key.publicPEM)
        }
    }

    @Test("of P-256 are read from coordinates, if these are a point of the curve")
    func coordinates() throws {
        let key = try TestKeys.one(.p256)
        let point = Array(try der(key).suffix(64))
        let (x, y) = (Array(point[..<32]), Array(point[32...]))
        #expect(try PublicKey(p256: x, y).kind == .p256)
        var off = y
        off[31] ^= 1
        #expect(throws: CryptoError.self) { try PublicKey(p256: x, off) }
        #expect(throws: CryptoError.self) { try PublicKey(p256: Array(x.dropFirst()), y) }
    }

    @Test("of RSA are read from modulus and exponent, if these are strong")
    func rsaNumbers() throws {
        let strong = [UInt8](repeating: 0xc5, count: 256)
        #expect(try PublicKey(rsa: strong, exponent: [1, 0, 1]).kind == .rsa)
        #expect(throws: CryptoError.self) { try PublicKey(rsa: Array(strong[..<128]), exponent: [1, 0, 1]) }
        #expect(throws: CryptoError.self) { try PublicKey(rsa: strong, exponent: [3]) }
        #expect(throws: CryptoError.self) { try PublicKey(rsa: strong, exponent: [1, 0, 0]) }
    }

    @Test(
        "are refused with words that do not show them", arguments: ["", "hello", "-----BEGIN PUBLIC KEY-----\nAAAA\n"])
    func unreadable(_ text: String) {
        #expect {
            try PublicKey(pem: text)
        } throws: { error in
            text.isEmpty || !"\(error)".contains("AAAA")
        }
    }

    @Test("of one kind do not serve the algorithm of another")
    func kinds() throws {
        let key = try TestKeys.one(.p256).publicKey
        #expect(throws: CryptoError.wrongKeyKind(needed: KeyKind.rsa.rawValue)) {
            _ = try SignatureVerifier(key, .rsaPKCS1SHA256).algorithm
        }
    }

    @Test("refuse r or s outside of 1…n-1", arguments: [0, 1, 2, 3])
    func ranges(_ which: Int) throws {
        let key = try TestKeys.one(.p256)
        let message = bytes("a message")
        var signature = try message.withUnsafeBytes { try key.sign($0, .ecdsaRawSHA256) }
        let order = try #require(Hex.decode("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"))
        let zero = [UInt8](repeating: 0, count: 32)
        signature.replaceSubrange(which % 2 == 0 ? 0..<32 : 32..<64, with: which < 2 ? zero : order)
        var verifier = try SignatureVerifier(key.publicKey, .ecdsaRawSHA256)
        #expect(try !isValid(&verifier, signature, message))
    }

    private func isValid(
        _ verifier: inout SignatureVerifier, _ signature: [UInt8], _ message: [UInt8]
    ) throws -> Bool {
        guard let hash = verifier.algorithm.hash else {
            return signature.withUnsafeBytes { signature in
                message.withUnsafeBytes { verifier.isValid(signature, message: $0) }
            }
        }
        let digest = try message.withUnsafeBytes { try hash.digest($0) }
        return signature.withUnsafeBytes { signature in
            digest.withUnsafeBytes { verifier.isValid(signature, digest: $0) }
        }
    }

    private func der(_ key: PrivateKey) throws -> [UInt8] {
        let text = key.publicPEM.split(separator: "\n").dropFirst().dropLast().joined()
        return try #require(Base64.decode(text, .canonical))
    }
}

@Suite("A secret") struct SecretTests {
    @Test("shows itself to nobody who prints it")
    func printing() {
        let secret = Secret("hunter2")
        #expect("\(secret)" == "•••")
        #expect(String(reflecting: secret).contains("hunter2") == false)
        var text = ""
        dump(secret, to: &text)
        #expect(!text.contains("hunter2"))
    }
}

/// Two keys of each kind: making an RSA key takes as long as a hundred tests.
enum TestKeys {
    static func one(_ kind: KeyKind) throws -> PrivateKey { try #require(first[kind]) }
    static func other(_ kind: KeyKind) throws -> PrivateKey { try #require(second[kind]) }

    private static let first = make()
    private static let second = make()

    private static func make() -> [KeyKind: PrivateKey] {
        KeyKind.allCases.reduce(into: [:]) { $0[$1] = try? PrivateKey.generate($1) }
    }
}
