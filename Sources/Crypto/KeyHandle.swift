internal import COpenSSL

/// Owns one reference to an EVP_PKEY that was found strong enough.
final class KeyHandle: Sendable {
    // An EVP_PKEY is reference counted and not changed after it was loaded; OpenSSL's threads(7) allows any number of
    // threads to read it.
    nonisolated(unsafe) let raw: OpaquePointer
    let kind: KeyKind

    /// Takes over the reference, also when it throws.
    init(adopting raw: OpaquePointer?) throws(CryptoError) {
        // Decoders leave errors of the forms that they tried in vain, also when one of them fitted.
        defer { dropErrors() }
        guard let raw else {
            throw .unreadableKey(expected: "an RSA, P-256 or Ed25519 key")
        }
        do throws(CryptoError) { kind = try Self.kind(of: raw) } catch {
            EVP_PKEY_free(raw)
            throw error
        }
        self.raw = raw
    }

    deinit { EVP_PKEY_free(raw) }

    private static func kind(of key: OpaquePointer) throws(CryptoError) -> KeyKind {
        switch EVP_PKEY_get_base_id(key) {
        case EVP_PKEY_RSA, EVP_PKEY_RSA_PSS:
            try checkRSA(key)
            return .rsa
        case EVP_PKEY_EC:
            guard groupName(key) == "prime256v1" else { throw .wrongKeyKind(needed: KeyKind.p256.rawValue) }
            return .p256
        case EVP_PKEY_ED25519: return .ed25519
        default: throw .wrongKeyKind(needed: "RSA, P-256 or Ed25519")
        }
    }

    /// RFC 7518 section 3.3 and RFC 8725: at least 2048 bits; an odd exponent of at least 65537, as FIPS 186-5.
    private static func checkRSA(_ key: OpaquePointer) throws(CryptoError) {
        let bits = EVP_PKEY_get_bits(key)
        guard bits >= 2048 else { throw .weakKey(reason: "RSA with \(bits) bits; ask for a key of 2048 or more") }
        guard bits <= 16384 else { throw .weakKey(reason: "RSA with \(bits) bits takes too long to verify") }
        var exponent: OpaquePointer?
        defer { BN_free(exponent) }
        guard EVP_PKEY_get_bn_param(key, "e", &exponent) == 1, BN_is_odd(exponent) == 1, BN_num_bits(exponent) >= 17
        else { throw .weakKey(reason: "its exponent is even or less than 65537") }
    }

    private static func groupName(_ key: OpaquePointer) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
            var length = 0
            guard let base = buffer.baseAddress,
                EVP_PKEY_get_utf8_string_param(key, "group", base, buffer.count, &length) == 1
            else { return nil }
            return String(cString: base)
        }
    }
}

/// A PEM text as OpenSSL reads it; keys copied out of JSON have `\n` as two characters.
func withPEM(_ text: String, _ body: (OpaquePointer?) -> OpaquePointer?) -> OpaquePointer? {
    var bytes = pemLines(text)
    defer { bytes.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) } }
    return bytes.withUnsafeBytes { bytes in
        let bio = BIO_new_mem_buf(bytes.baseAddress, Int32(clamping: bytes.count))
        defer { BIO_free(bio) }
        return body(bio)
    }
}

private func pemLines(_ text: String) -> [UInt8] {
    var lines: [UInt8] = []
    var place = text.utf8.startIndex
    while place < text.utf8.endIndex {
        let next = text.utf8.index(after: place)
        if text.utf8[place] == UInt8(ascii: "\\"), next < text.utf8.endIndex,
            text.utf8[next] == UInt8(ascii: "n") || text.utf8[next] == UInt8(ascii: "r")
        {
            lines.append(UInt8(ascii: "\n"))
            place = text.utf8.index(after: next)
        } else {
            lines.append(text.utf8[place])
            place = next
        }
    }
    return lines
}

/// OpenSSL would ask on the terminal for the passphrase of an encrypted key; there is nobody to answer.
func noPassphrase(
    _ target: UnsafeMutablePointer<CChar>?, _ size: Int32, _ writing: Int32, _ context: UnsafeMutableRawPointer?
) -> Int32 { 0 }
