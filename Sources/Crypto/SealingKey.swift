internal import COpenSSL

/// A key under which secrets are kept at rest: AES-256-GCM (NIST SP 800-38D), a random nonce for each box. Random nonces
/// of 96 bits allow 2^32 boxes under one key, more than a ledger will ever hold.
package final class SealingKey: Sendable {
    /// Tells keys apart without telling anything of the key: 16 hexadecimal digits, kept beside each box.
    package let id: String
    private let key: Secret

    package static let size = 32
    private static let nonceSize = 12
    private static let tagSize = 16

    /// - Parameter key: exactly `size` bytes.
    package init(_ key: Secret) throws(CryptoError) {
        guard key.count == Self.size else {
            throw .weakKey(reason: "it has \(key.count) bytes; needed are \(Self.size)")
        }
        // Two keys of one, so that the name that is kept in clear is made with none that seals.
        id = Hex.encode(Array(try Self.derive(key, "headgate ledger key id").prefix(8)))
        self.key = Secret(try Self.derive(key, "headgate ledger key aes-256-gcm"))
    }

    private static func derive(_ key: Secret, _ purpose: String) throws(CryptoError) -> [UInt8] {
        var mac = try HMAC(.sha256, key: key)
        return Array(purpose.utf8).withUnsafeBytes { mac.authenticate($0) }
    }

    /// - Parameter context: what the box belongs to: it opens only with the same one, so that a box cannot be moved.
    /// - Returns: nonce, ciphertext, tag.
    package func seal(_ text: Secret, for context: [UInt8]) throws(CryptoError) -> [UInt8] {
        let nonce = try randomBytes(Self.nonceSize)
        var cipher = [UInt8](repeating: 0, count: text.count)
        var tag = [UInt8](repeating: 0, count: Self.tagSize)
        let isDone = try run(encrypting: true, nonce, context) { machine in
            var written: Int32 = 0
            return text.withBytes { text in
                EVP_CipherUpdate(machine, &cipher, &written, text.baseAddress, Int32(text.count)) == 1
                    && EVP_CipherFinal_ex(machine, nil, &written) == 1
                    && EVP_CIPHER_CTX_ctrl(machine, EVP_CTRL_AEAD_GET_TAG, Int32(tag.count), &tag) == 1
            }
        }
        guard isDone else { throw .openSSL(operation: "encrypt with AES-256-GCM") }
        return nonce + cipher + tag
    }

    /// Nil when the box was sealed with another key or for something else, or was changed.
    package func open(_ box: [UInt8], for context: [UInt8]) throws(CryptoError) -> Secret? {
        guard box.count >= Self.nonceSize + Self.tagSize else { return nil }
        let nonce = Array(box.prefix(Self.nonceSize))
        let cipher = Array(box.dropFirst(Self.nonceSize).dropLast(Self.tagSize))
        var tag = Array(box.suffix(Self.tagSize))
        var text = [UInt8](repeating: 0, count: cipher.count)
        defer { text.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) } }
        let isGenuine = try run(encrypting: false, nonce, context) { machine in
            var written: Int32 = 0
            return EVP_CipherUpdate(machine, &text, &written, cipher, Int32(cipher.count)) == 1
                && EVP_CIPHER_CTX_ctrl(machine, EVP_CTRL_AEAD_SET_TAG, Int32(tag.count), &tag) == 1
                && EVP_CipherFinal_ex(machine, nil, &written) == 1
        }
        return isGenuine ? Secret(text) : nil
    }

    private func run(
        encrypting: Bool, _ nonce: [UInt8], _ context: [UInt8], _ body: (OpaquePointer) -> Bool
    ) throws(CryptoError) -> Bool {
        let cipher = EVP_CIPHER_fetch(nil, "AES-256-GCM", nil)
        defer { EVP_CIPHER_free(cipher) }
        guard let cipher, let machine = EVP_CIPHER_CTX_new() else {
            dropErrors()
            throw .openSSL(operation: "provide AES-256-GCM")
        }
        defer {
            EVP_CIPHER_CTX_free(machine)
            dropErrors()
        }
        var written: Int32 = 0
        let isReady = key.withBytes { key in
            EVP_CipherInit_ex2(
                machine, cipher, key.baseAddress?.assumingMemoryBound(to: UInt8.self), nonce, encrypting ? 1 : 0, nil)
                == 1 && EVP_CipherUpdate(machine, nil, &written, context, Int32(context.count)) == 1
        }
        guard isReady else { throw .openSSL(operation: "begin AES-256-GCM") }
        return body(machine)
    }
}

extension SealingKey {
    /// A key as operators write it: 32 bytes in base64, as `headgate secrets new --ledger-key` or
    /// `openssl rand -base64 32` prints them.
    package convenience init(base64 text: Secret) throws(CryptoError) {
        var bytes = text.withBytes {
            Base64.decode(String(decoding: $0, as: UTF8.self).filter { !$0.isWhitespace }, .key)
        }
        defer { bytes?.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) } }
        guard let bytes, bytes.count == Self.size else {
            throw .unreadableKey(
                expected: "32 random bytes in base64, as `headgate secrets new --ledger-key` prints them")
        }
        try self.init(Secret(bytes))
    }
}
