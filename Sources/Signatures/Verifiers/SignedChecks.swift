internal import Crypto
internal import Domain

extension SignedScheme {
    /// What precedes the cryptography: guards, candidates, time.
    func prepare(_ evaluation: inout Evaluation, _ candidates: Candidates) throws(Verification.Refusal) {
        for condition in guards { try condition.check(&evaluation) }
        if place.pick != .keyID {
            try place.read(&evaluation, keyID: nil, into: candidates)
            if candidates.count == 0 { throw .signatureMalformed }
        }
        if let window { try window.check(&evaluation) }
    }

    /// Writes a form; false when a part of it is absent and another form may be the signed one.
    func write<Sink: ByteSink & ~Copyable>(
        _ form: MessageForm, _ evaluation: inout Evaluation, to sink: inout Sink
    ) throws(Verification.Refusal) -> Bool {
        do throws(Verification.Refusal) {
            for segment in form.segments {
                if segment.isDroppable, try !evaluation.hasAllParts(of: segment.template) { continue }
                try evaluation.write(segment.template, to: &sink)
            }
            return true
        } catch {
            guard error == .fieldMissing, forms.count > 1 else { throw error }
            return false
        }
    }

    func proof(_ label: String, form: Int) -> Proof {
        if forms.count == 1, forms[0].label.isEmpty { return Proof(coverage: forms[0].coverage, provenBy: label) }
        let names = [label, forms[form].label].filter { !$0.isEmpty }.joined(separator: "+")
        return Proof(
            coverage: forms[form].coverage, provenBy: forms.count > 1 ? "\(names) form \(form + 1)" : names)
    }
}

/// Verifies MACs with kept keyed contexts: the message is written once into all of them.
final class MACCheck {
    private let scheme: SignedScheme
    private var bank: Bank
    private let candidates: Candidates
    private let size: Int

    init(_ hash: HashAlgorithm, keys: [LabelledSecret], _ scheme: SignedScheme) throws(CryptoError) {
        self.scheme = scheme
        var macs: [KeyedMAC] = []
        for key in keys { macs.append(try KeyedMAC(hash, key)) }
        bank = Bank(keys: macs)
        candidates = Candidates(size: hash.size)
        size = hash.size
    }

    private final class KeyedMAC {
        var mac: HMAC
        let key: LabelledSecret

        init(_ hash: HashAlgorithm, _ key: LabelledSecret) throws(CryptoError) {
            mac = try HMAC(hash, key: key.secret)
            self.key = key
        }
    }

    private struct Bank: ByteSink {
        let keys: [KeyedMAC]
        mutating func write(_ bytes: UnsafeRawBufferPointer) { for key in keys { key.mac.update(bytes) } }
    }

    /// Every key is compared with every candidate for every form, so that the time taken tells nothing.
    func run(_ evaluation: inout Evaluation) throws(Verification.Refusal) -> Proof {
        try scheme.prepare(&evaluation, candidates)
        do throws(Verification.Refusal) {
            return try compare(&evaluation)
        } catch {
            // A message may have been left half written, or a digest not taken.
            for key in bank.keys { key.mac.restart() }
            throw error
        }
    }

    private func compare(_ evaluation: inout Evaluation) throws(Verification.Refusal) -> Proof {
        var found: (label: String, form: Int)?
        var refusal = Verification.Refusal.fieldMissing
        for (place, form) in scheme.forms.enumerated() {
            guard try scheme.write(form, &evaluation, to: &bank) else {
                for key in bank.keys { key.mac.restart() }
                continue
            }
            for key in bank.keys {
                let matches = try matches(key, &evaluation)
                refusal = max(refusal, candidates.count > 0 ? .signatureWrong : .signatureMissing)
                if matches, found == nil { found = (key.key.label, place) }
            }
        }
        guard let found else { throw refusal }
        return scheme.proof(found.label, form: found.form)
    }

    private func matches(_ key: KeyedMAC, _ evaluation: inout Evaluation) throws(Verification.Refusal) -> Bool {
        var digest = InlineArray<64, UInt8>(repeating: 0)
        withUnsafeMutableBytes(of: &digest) { key.mac.finish(into: $0) }
        if scheme.place.pick == .keyID {
            do throws(Verification.Refusal) {
                try scheme.place.read(&evaluation, keyID: key.key.id, into: candidates)
            } catch {
                if error != .signatureMissing { throw error }
                return false
            }
        }
        return withUnsafeBytes(of: &digest) { digest in
            candidates.contain(UnsafeRawBufferPointer(rebasing: digest[..<size]))
        }
    }
}

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
