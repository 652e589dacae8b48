internal import Crypto

/// Verifies signatures by public keys. Which key or form matches is no secret, so the first one ends the work.
final class SignatureCheck {
    private let scheme: SignedScheme
    private let algorithm: SignatureAlgorithm
    private let keys: [Key]
    private var sink: Sink
    private let candidates: Candidates

    init(_ algorithm: SignatureAlgorithm, keys: [LabelledKey], _ scheme: SignedScheme) throws(CryptoError) {
        self.scheme = scheme
        self.algorithm = algorithm
        var verifiers: [Key] = []
        for key in keys { verifiers.append(try Key(key, algorithm)) }
        self.keys = verifiers
        if let hash = algorithm.hash {
            sink = Sink(hashed: HashSink(try Digest(hash)))
        } else {
            sink = Sink(hashed: nil)
        }
        // Of a key that is not known yet, any length that this kind of signature can have.
        let longest = scheme.source == nil ? 64 : algorithm.keyKind == .rsa ? 2048 : 72
        candidates = Candidates(size: max(keys.map(\.key.signatureSizeMost).max() ?? 0, longest))
    }

    private final class Key {
        var verifier: SignatureVerifier
        let label: String

        init(_ key: LabelledKey, _ algorithm: SignatureAlgorithm) throws(CryptoError) {
            verifier = try SignatureVerifier(key.key, algorithm)
            label = key.label
        }
    }

    private final class HashSink {
        var digest: Digest
        init(_ digest: consuming Digest) { self.digest = digest }
    }

    /// Hashes the message, or keeps it whole for algorithms that take it so.
    private struct Sink: ByteSink {
        let hashed: HashSink?
        var whole: [UInt8] = []

        mutating func write(_ bytes: UnsafeRawBufferPointer) {
            if let hashed { hashed.digest.update(bytes) } else { whole.append(contentsOf: bytes) }
        }
    }

    func run(_ evaluation: inout Evaluation) throws(Verification.Refusal) -> Proof {
        try scheme.prepare(&evaluation, candidates)
        let keys =
            try scheme.source.map { (source) throws(Verification.Refusal) in
                try fetched(from: source, &evaluation)
            } ?? self.keys
        for (place, form) in scheme.forms.enumerated() {
            sink.hashed?.digest.restart()
            sink.whole.removeAll(keepingCapacity: sink.whole.capacity <= 64 << 10)
            guard try scheme.write(form, &evaluation, to: &sink) else { continue }
            if let key = matchingKey(among: keys) { return scheme.proof(key.label, form: place) }
        }
        throw .signatureWrong
    }

    private func fetched(
        from source: KeySource, _ evaluation: inout Evaluation
    ) throws(Verification.Refusal) -> [Key] {
        let known = try evaluation.keys(of: source)
        let keys = known.compactMap { known -> Key? in
            guard case .publicKey(let key) = known.material, key.kind == algorithm.keyKind else { return nil }
            return try? Key(LabelledKey(label: known.label, key: key), algorithm)
        }
        guard !keys.isEmpty else { throw .keyUntrusted }
        return keys
    }

    private func matchingKey(among keys: [Key]) -> Key? {
        guard let hashed = sink.hashed else {
            return sink.whole.withUnsafeBytes { message in
                keys.first { key in
                    (0..<candidates.count).contains { key.verifier.isValid(candidates[$0], message: message) }
                }
            }
        }
        var digest = InlineArray<64, UInt8>(repeating: 0)
        let size = hashed.digest.size
        withUnsafeMutableBytes(of: &digest) { hashed.digest.finish(into: $0) }
        return withUnsafeBytes(of: &digest) { bytes in
            let digest = UnsafeRawBufferPointer(rebasing: bytes[..<size])
            return keys.first { key in
                (0..<candidates.count).contains { key.verifier.isValid(candidates[$0], digest: digest) }
            }
        }
    }
}
