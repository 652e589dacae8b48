internal import Crypto

/// Verifies plain digests over a secret and the message (HubSpot v1 and v2): open to length extension, kept for those
/// who have nothing better.
final class DigestCheck {
    private let scheme: SignedScheme
    private var digest: Sink
    private let candidates: Candidates

    init(_ hash: HashAlgorithm, _ scheme: SignedScheme) throws(CryptoError) {
        self.scheme = scheme
        digest = Sink(digest: try Digest(hash))
        candidates = Candidates(size: hash.size)
    }

    private struct Sink: ByteSink, ~Copyable {
        var digest: Digest
        mutating func write(_ bytes: UnsafeRawBufferPointer) { digest.update(bytes) }
    }

    func run(_ evaluation: inout Evaluation) throws(Verification.Refusal) -> Proof {
        try scheme.prepare(&evaluation, candidates)
        var found: Int?
        for (place, form) in scheme.forms.enumerated() {
            digest.digest.restart()
            guard try scheme.write(form, &evaluation, to: &digest) else { continue }
            var result = InlineArray<64, UInt8>(repeating: 0)
            let size = digest.digest.size
            withUnsafeMutableBytes(of: &result) { digest.digest.finish(into: $0) }
            let matches = withUnsafeBytes(of: &result) {
                candidates.contain(UnsafeRawBufferPointer(rebasing: $0[..<size]))
            }
            if matches, found == nil { found = place }
        }
        guard let found else { throw .signatureWrong }
        return scheme.proof("", form: found)
    }
}
