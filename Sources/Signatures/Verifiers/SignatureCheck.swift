internal import Crypto

/// Verifies signatures by public keys. Which key or form matches is no secret, so the first one ends the work.
final class SignatureCheck {
    private let scheme: SignedScheme
    private let keys: [Key]
    private var sink: Sink
    private let candidates: Candidates

    init(_ algorithm: SignatureAlgorithm, keys: [LabelledKey], _ scheme: SignedScheme) throws(CryptoError) {
        self.scheme = scheme
        var verifiers: [Key] = []
        for key in keys { verifiers.append(try Key(key, algorithm)) }
        self.keys = verifiers
        if let hash = algorithm.hash {
            sink = Sink(hashed: HashSink(try Digest(hash)))
        } else {
            sink = Sink(hashed: nil)
        }
        candidates = Candidates(size: keys.map(\.key.signatureSizeMost).max() ?? 64)
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
        for (place, form) in scheme.forms.enumerated() {
            sink.hashed?.digest.restart()
            sink.whole.removeAll(keepingCapacity: sink.whole.capacity <= 64 << 10)
            guard try scheme.write(form, &evaluation, to: &sink) else { continue }
            if let key = matchingKey() { return scheme.proof(key.label, form: place) }
        }
        throw .signatureWrong
    }

    private func matchingKey() -> Key? {
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
