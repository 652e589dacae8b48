internal import CLinux
package import Crypto
internal import Glibc
internal import Net

/// Why there is no key to sign checkpoints with, in words for the operator.
package struct CheckpointKeyError: Error, CustomStringConvertible {
    package let description: String
}

/// The Ed25519 key that signs checkpoints. Whoever has it and can write the ledger can forge both: what proves anything is
/// a checkpoint that was taken elsewhere before.
package struct CheckpointKey: Sendable {
    private let key: PrivateKey
    package let publicKey: CheckpointPublicKey

    /// The private key's file when none is named: beside the ledger.
    package static func standardPath(ledger: String) -> String { ledger + ".key" }
    /// The public key's file beside the private one's.
    package static func publicPath(_ path: String) -> String { path + ".pub" }

    package init(_ key: PrivateKey) throws(CheckpointKeyError) {
        self.key = key
        publicKey = try CheckpointPublicKey(pem: key.publicPEM)
    }

    /// The key in a PEM file that its owner alone can read. Made when the file is missing. The public half is in `publicPath`
    /// afterwards, unless the directory of a key that was there already cannot be written to.
    package static func atFirstUse(_ path: String) throws(CheckpointKeyError) -> CheckpointKey {
        if let found = try existing(path) {
            // Whoever keeps the key where nobody writes, or on a full disk, can still sign with it.
            try? found.publish(beside: path)
            return found
        }
        do {
            let key = try PrivateKey.generate(.ed25519)
            try write(key.privatePEM, to: path, mode: 0o600, replaces: false)
        } catch let error as SystemError where error.code == EEXIST {
            // Another process was first.
        } catch {
            throw CheckpointKeyError(description: "checkpoint key \(path) cannot be made: \(error)")
        }
        guard let made = try existing(path) else {
            throw CheckpointKeyError(description: "checkpoint key \(path) was removed as soon as it was made")
        }
        do { try made.publish(beside: path) } catch {
            throw CheckpointKeyError(description: "\(publicPath(path)) cannot be made: \(error)")
        }
        return made
    }

    /// Nil when there is no such file.
    package static func existing(_ path: String) throws(CheckpointKeyError) -> CheckpointKey? {
        do {
            let file = FileDescriptor(adopting: try check("open") { headgate_open(path, O_RDONLY | O_NONBLOCK, 0) })
            var status = stat()
            try check("fstat") { fstat(file.raw, &status) }
            guard status.st_mode & S_IFMT == S_IFREG, status.st_mode & 0o077 == 0 else {
                throw CheckpointKeyError(
                    description: "checkpoint key \(path) can be read by others than its owner; chmod 600 it")
            }
            return try CheckpointKey(try PrivateKey(pem: try text(of: file.raw)))
        } catch let error as CheckpointKeyError {
            throw error
        } catch let error as SystemError where error.code == ENOENT {
            return nil
        } catch {
            throw CheckpointKeyError(description: "checkpoint key \(path) cannot be read: \(error)")
        }
    }

    package func sign(_ checkpoint: Checkpoint) throws(CheckpointKeyError) -> SignedNote {
        let text = checkpoint.text
        do {
            let bytes = try Array(text.utf8).withUnsafeBytes { try key.sign($0, .ed25519) }
            let signature = SignedNote.Signature(
                name: checkpoint.origin, keyID: publicKey.id(as: checkpoint.origin), bytes: bytes)
            return SignedNote(text: text, signatures: [signature])
        } catch { throw CheckpointKeyError(description: "the checkpoint cannot be signed: \(error)") }
    }

    private static func text(ofFile path: String) throws(SystemError) -> String {
        let file = FileDescriptor(adopting: try check("open") { headgate_open(path, O_RDONLY | O_NONBLOCK, 0) })
        return try text(of: file.raw)
    }

    private static func text(of descriptor: Int32) throws(SystemError) -> String {
        var bytes = [UInt8](repeating: 0, count: 4096)  // a PEM of some 120 bytes
        let count = try check("read") { Int32(read(descriptor, &bytes, bytes.count)) }
        defer { for place in bytes.indices { bytes[place] = 0 } }
        return String(decoding: bytes[..<Int(count)], as: UTF8.self)
    }

    /// What lies there may be missing, or of an earlier key: what is private decides.
    private func publish(beside path: String) throws(SystemError) {
        let path = Self.publicPath(path)
        if (try? Self.text(ofFile: path)) == publicKey.pem { return }
        try Self.write(publicKey.pem, to: path, mode: 0o644, replaces: true)
    }

    /// Whole under its name, or not at all.
    private static func write(
        _ text: String, to path: String, mode: mode_t, replaces: Bool
    ) throws(SystemError) {
        let draft = "\(path).\(getpid())"
        // Of a process that had the same number, and ended here.
        unlink(draft)
        let file = FileDescriptor(
            adopting: try check("open") { headgate_open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode) })
        defer { unlink(draft) }
        let bytes = Array(text.utf8)
        try check("write") { Int32(Glibc.write(file.raw, bytes, bytes.count)) }
        try check("fsync") { fsync(file.raw) }
        try check("link") { replaces ? rename(draft, path) : link(draft, path) }
        // Checkpoints may be elsewhere before a power cut: their key must not vanish with it.
        let parent = LedgerFile.parent(of: path)
        let directory = FileDescriptor(
            adopting: try check("open directory") { headgate_open(parent, O_RDONLY | O_DIRECTORY, 0) })
        try check("fsync directory") { fsync(directory.raw) }
    }
}

/// What checkpoints are checked with.
package struct CheckpointPublicKey: Sendable {
    private let key: PublicKey
    package let pem: String
    /// The 32 bytes of RFC 8032.
    package let bytes: [UInt8]

    /// - Parameter pem: `-----BEGIN PUBLIC KEY-----`, of an Ed25519 key.
    package init(pem: String) throws(CheckpointKeyError) {
        let body = pem.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("-----") }.joined()
        // SubjectPublicKeyInfo of RFC 8410: 12 bytes, then the key.
        guard let key = try? PublicKey(pem: pem), key.kind == .ed25519, let der = Base64.decode(body, .key),
            der.count == 44
        else {
            throw CheckpointKeyError(description: "that is no PEM public key of Ed25519 (-----BEGIN PUBLIC KEY-----)")
        }
        self.key = key
        self.pem = pem
        bytes = Array(der[12...])
    }

    /// How people compare it: the first bytes of its SHA-256.
    package var fingerprint: String { Hex.encode(Array(digest(bytes).prefix(16))) }

    func id(as name: String) -> [UInt8] { Array(digest(Array(name.utf8) + [0x0a, 0x01] + bytes).prefix(4)) }

    func verifies(_ signature: [UInt8], of text: String) -> Bool {
        guard var verifier = try? SignatureVerifier(key, .ed25519) else { return false }
        return signature.withUnsafeBytes { signature in
            Array(text.utf8).withUnsafeBytes { verifier.isValid(signature, message: $0) }
        }
    }

    private func digest(_ bytes: [UInt8]) -> [UInt8] { (try? HashAlgorithm.sha256.digest(bytes)) ?? [] }
}
