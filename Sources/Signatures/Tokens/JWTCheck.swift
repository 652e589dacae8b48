internal import Crypto
internal import Domain

/// Verifies signed tokens: the configuration names the algorithms and keys, the signature is checked before any claim
/// is read.
final class JWTCheck {
    private let scheme: JWTScheme
    private let verifiers: [KeyVerifier]
    private let claimNames: [[UInt8]]

    init(_ scheme: JWTScheme) throws(CryptoError) {
        self.scheme = scheme
        var verifiers: [KeyVerifier] = []
        for algorithm in scheme.algorithms {
            for key in scheme.keys where key.fits(algorithm) { verifiers.append(try KeyVerifier(key, algorithm)) }
        }
        self.verifiers = verifiers
        claimNames = Array(Set(scheme.claims.map(\.name) + ["exp", "nbf", "iat"].map { Array($0.utf8) }))
    }

    func run(_ evaluation: inout Evaluation) throws(Verification.Refusal) -> Proof {
        for condition in scheme.guards { try condition.check(&evaluation) }
        var met = false
        var found: String?
        try evaluation.forEachValue(at: scheme.location) { (value, evaluation) throws(Verification.Refusal) in
            met = true
            guard let token = scheme.prefix.map({ $0.strip(value) }) ?? value, let text = JWTText(token) else {
                throw value.count > Limits.jwtBytes ? .signatureTooLong : .signatureMalformed
            }
            found = try signer(of: text, &evaluation)
            guard let claims = JSONMembers(text.payload, names: claimNames) else { throw .signatureMalformed }
            try checkTimes(claims, at: evaluation.now)
            for rule in scheme.claims { try check(rule, claims, &evaluation) }
        }
        guard met else { throw .tokenMissing }
        return Proof(coverage: scheme.coverage, provenBy: found ?? "")
    }

    /// The label of the key that signed.
    private func signer(of text: JWTText, _ evaluation: inout Evaluation) throws(Verification.Refusal) -> String {
        let names = ["alg", "kid", "crit"].map { Array($0.utf8) }
        guard let header = JSONMembers(text.header, names: names), let algorithm = header.string("alg") else {
            throw .signatureMalformed
        }
        // RFC 7515 section 4.1.11: whoever does not understand an extension that is marked so must refuse; none is.
        guard header.value("crit") == nil else { throw .signatureMalformed }
        let id = header.string("kid")
        if header.value("kid") != nil, id == nil { throw .signatureMalformed }
        let verifiers =
            try scheme.source.map { (source) throws(Verification.Refusal) in
                try fetched(from: source, named: id, for: algorithm, &evaluation)
            } ?? self.verifiers
        var found: String?
        for verifier in verifiers where verifier.name == algorithm && verifier.serves(id) {
            if verifier.isSigned(text), found == nil { found = verifier.key.label }
        }
        guard let found else { throw .signatureWrong }
        return found
    }

    /// Verifiers by the keys of the issuer, for the algorithms that the configuration names.
    private func fetched(
        from source: KeySource, named id: [UInt8]?, for name: [UInt8], _ evaluation: inout Evaluation
    ) throws(Verification.Refusal) -> [KeyVerifier] {
        guard let algorithm = scheme.algorithms.first(where: { $0.rawValue.utf8.elementsEqual(name) }) else {
            throw .signatureWrong
        }
        if id == nil, source.isNamed { throw .signatureMalformed }
        return try evaluation.keys(of: source, id: id).compactMap { key in
            key.isPublic && key.fits(algorithm) ? try? KeyVerifier(key, algorithm) : nil
        }
    }

    private func checkTimes(_ claims: JSONMembers, at now: WallTime) throws(Verification.Refusal) {
        switch claims.date("exp") {
        case .some(let expiry?): guard now < expiry + scheme.leeway else { throw .tokenExpired }
        case .some(nil): throw .signatureMalformed
        case nil: if scheme.needsExpiry { throw .tokenExpired }
        }
        switch claims.date("nbf") {
        case .some(let start?): guard now + scheme.leeway >= start else { throw .tokenExpired }
        case .some(nil): throw .signatureMalformed
        case nil: break
        }
        switch claims.date("iat") {
        case .some(let issued?):
            guard now + scheme.leeway >= issued else { throw .timeFuture }
            if let most = scheme.ageMost, WallTime(seconds: now.seconds) - issued > most { throw .timeStale }
        case .some(nil): throw .signatureMalformed
        case nil: if scheme.ageMost != nil { throw .timeMalformed }
        }
    }

    /// A list holds if one of its strings is wanted (`aud`, RFC 7519 section 4.1.3).
    private func check(
        _ rule: ClaimRule, _ claims: JSONMembers, _ evaluation: inout Evaluation
    ) throws(Verification.Refusal) {
        guard let value = claims.value(rule.name), let texts = claims.texts(value) else { throw .tokenWrong }
        var holds = false
        for template in rule.values {
            guard let wanted = try evaluation.text(of: template) else { continue }
            for text in texts {
                let same = text.withUnsafeBytes { text in wanted.withUnsafeBytes { equalInConstantTime(text, $0) } }
                holds = holds || same
            }
        }
        guard holds else { throw .tokenWrong }
    }
}

/// One key under one algorithm.
private final class KeyVerifier {
    let key: JWTKey
    let name: [UInt8]
    private let engine: Engine

    private enum Engine {
        case mac(MACEngine)
        case signature(SignatureEngine)
    }

    private final class MACEngine {
        var mac: HMAC
        init(_ mac: consuming HMAC) { self.mac = mac }
    }

    private final class SignatureEngine {
        var verifier: SignatureVerifier
        init(_ verifier: consuming SignatureVerifier) { self.verifier = verifier }
    }

    init(_ key: JWTKey, _ algorithm: JWTAlgorithm) throws(CryptoError) {
        switch key.material {
        case .secret(let secret): engine = .mac(MACEngine(try HMAC(algorithm.mac ?? .sha256, key: secret)))
        case .publicKey(let publicKey):
            engine = .signature(
                SignatureEngine(try SignatureVerifier(publicKey, algorithm.signature ?? .rsaPKCS1SHA256)))
        }
        self.key = key
        name = Array(algorithm.rawValue.utf8)
    }

    /// A token that names a key is tried with that one; a key without a name serves all.
    func serves(_ id: [UInt8]?) -> Bool { key.id == nil || id == nil || key.id == id }

    func isSigned(_ text: JWTText) -> Bool {
        text.signature.withUnsafeBytes { signature in
            switch engine {
            case .mac(let engine):
                return engine.mac.authenticate(text.signed).withUnsafeBytes { equalInConstantTime($0, signature) }
            case .signature(let engine):
                guard let hash = engine.verifier.algorithm.hash else {
                    return engine.verifier.isValid(signature, message: text.signed)
                }
                guard let digest = try? hash.digest(text.signed) else { return false }
                return digest.withUnsafeBytes { engine.verifier.isValid(signature, digest: $0) }
            }
        }
    }
}
