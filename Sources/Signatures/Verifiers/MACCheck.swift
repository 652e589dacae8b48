internal import Crypto
internal import Domain

/// Verifies MACs with kept keyed contexts: the message is written once into all of them.
final class MACCheck {
    private let scheme: SignedScheme
    private var bank: Bank
    private let candidates: Candidates
    private let size: Int

    /// - Parameter open: a message of these bytes alone proves nothing.
    init(_ hash: HashAlgorithm, keys: [LabelledSecret], _ scheme: SignedScheme, open: [UInt8]) throws(CryptoError) {
        self.scheme = scheme
        var macs: [KeyedMAC] = []
        for key in keys { macs.append(try KeyedMAC(hash, key)) }
        bank = Bank(keys: macs, open: open)
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
        /// By byte; empty when there are none.
        private let open: [Bool]
        /// The message has a byte that is not open.
        private(set) var isProof = true

        init(keys: [KeyedMAC], open: [UInt8]) {
            self.keys = keys
            self.open = open.isEmpty ? [] : (0...UInt8.max).map { open.contains($0) }
        }

        mutating func begin() { isProof = open.isEmpty }

        mutating func write(_ bytes: UnsafeRawBufferPointer) {
            for key in keys { key.mac.update(bytes) }
            if !isProof { isProof = bytes.contains { !open[Int($0)] } }
        }
    }

    /// Every key is compared with every candidate for every form, so that the time taken tells nothing.
    func run(_ evaluation: inout Evaluation) throws(Verification.Refusal) -> Proof {
        guard let each = scheme.each else { return try runOnce(&evaluation) }
        let count = try evaluation.values(ofJSON: each).count
        guard count <= Limits.signedItems else { throw .tooManySignatures }
        defer { evaluation.element = nil }
        var proof: Proof?
        for element in 0..<count {
            evaluation.element = element
            let next = try runOnce(&evaluation)
            proof = proof ?? next
        }
        guard let proof else { throw .signatureMissing }
        return proof
    }

    private func runOnce(_ evaluation: inout Evaluation) throws(Verification.Refusal) -> Proof {
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
            bank.begin()
            guard try scheme.write(form, &evaluation, to: &bank) else {
                for key in bank.keys { key.mac.restart() }
                continue
            }
            for key in bank.keys {
                let matches = try matches(key, &evaluation)
                refusal = max(refusal, candidates.count > 0 ? .signatureWrong : .signatureMissing)
                if matches, bank.isProof, found == nil { found = (key.key.label, place) }
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
