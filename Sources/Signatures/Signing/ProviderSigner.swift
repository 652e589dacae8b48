package import Crypto
package import Domain
internal import Wire

/// Signs samples as a route's provider would: reads the same schema backwards, so that whatever a verifier accepts can
/// be sent to it.
package struct ProviderSigner {
    private let spec: VerifierSpec
    private let privateKey: PrivateKey?

    /// - Parameter privateKey: for schemes with public keys; its public half must be the route's.
    package init(_ spec: VerifierSpec, privateKey: PrivateKey? = nil) {
        self.spec = spec
        self.privateKey = privateKey
    }

    package enum Problem: Error, CustomStringConvertible {
        case needsPrivateKey(KeyKind)
        /// The sample lacks a part that the provider signs.
        case lacks(String)
        case nothingToSpoil
        /// The route believes keys of its provider alone.
        case keyIsFetched(from: String, keptAs: [String])
        case cryptography(CryptoError)

        package var description: String {
            switch self {
            case .needsPrivateKey(let kind):
                "this provider signs with \(kind.rawValue); give the private half of the route's key"
            case .lacks(let part): "the sample has no \(part), which this provider signs; add it to the data"
            case .nothingToSpoil: "this route checks no signature that could be wrong"
            case .keyIsFetched(let issuer, let names):
                "the route fetches its provider's keys from \(issuer), so that a sample with a key of your own would be refused; "
                    + (names.first.map { "for a trial, put the public half into its secrets: { \($0): \"file:…\" }" }
                        ?? "try it with events of the provider")
            case .cryptography(let error): error.description
            }
        }
    }

    /// The request with what the provider adds: fields, parameters, members of the body.
    ///
    /// - Parameters:
    ///   - request: its URL is the route's public one, where the provider signs it.
    ///   - spoiled: one bit of every signature or credential is wrong.
    package func sign(
        _ request: ProviderRequest, at now: WallTime, spoiled: Bool = false
    ) throws(Problem) -> ProviderRequest {
        var draft = ProviderDraft(request, jsonPaths: spec.jsonPaths, now: now, isSpoiled: spoiled)
        try apply(spec.scheme, &draft)
        if spoiled, !draft.hasSpoiled { throw .nothingToSpoil }
        return draft.request
    }

    private func apply(_ scheme: Scheme, _ draft: inout ProviderDraft) throws(Problem) {
        switch scheme {
        case .none, .address: return
        case .all(let members): for member in members { try apply(member, &draft) }
        case .any(let members): try applyFirst(of: members, &draft)
        case .mac(let hash, let keys, let signed):
            guard let key = keys.first else { return }
            guard let each = signed.each else { return try apply(hash, key, signed, &draft) }
            for element in 0..<draft.count(ofJSON: each) {
                draft.element = element
                try apply(hash, key, signed, &draft)
            }
            draft.element = nil
        case .digest(let hash, let signed):
            try draft.prepare(signed)
            let message = try draft.message(signed.forms[0])
            let digest = try crypto { () throws(CryptoError) in
                try message.span.withUnsafeBytes { bytes throws(CryptoError) in try hash.digest(bytes) }
            }
            try draft.put(digest, signed.place, keyID: nil)
        case .signature(let algorithm, _, let signed):
            if let source = signed.source { throw .keyIsFetched(from: source.issuer, keptAs: source.keptAs) }
            try draft.prepare(signed)
            let message = try draft.message(signed.forms[0])
            try draft.put(try signature(message, algorithm), signed.place, keyID: nil)
        case .token(let token):
            guard let key = token.keys.first else { return }
            try draft.satisfy(token.guards)
            try draft.putCredential(key.secret, prefix: token.prefix, at: token.location)
        case .basic(let users, let guards):
            guard let user = users.first else { return }
            try draft.satisfy(guards)
            draft.putBasic(user.secret)
        case .jwt(let jwt): try apply(jwt, &draft)
        }
    }

    private func apply(
        _ hash: HashAlgorithm, _ key: LabelledSecret, _ signed: SignedScheme, _ draft: inout ProviderDraft
    ) throws(Problem) {
        try draft.prepare(signed)
        let message = try draft.message(signed.forms[0])
        let mac = try crypto { () throws(CryptoError) in
            var mac = try HMAC(hash, key: key.secret)
            return message.withUnsafeBytes { mac.authenticate($0) }
        }
        try draft.put(mac, signed.place, keyID: key.id)
    }

    /// One that the sample fits and that there are keys for.
    private func applyFirst(of members: [Scheme], _ draft: inout ProviderDraft) throws(Problem) {
        var first: Problem?
        for member in members {
            var attempt = draft
            do throws(Problem) {
                try apply(member, &attempt)
                draft = attempt
                return
            } catch { first = first ?? error }
        }
        if let first { throw first }
    }

    private func signature(_ message: [UInt8], _ algorithm: SignatureAlgorithm) throws(Problem) -> [UInt8] {
        guard let privateKey, privateKey.kind == algorithm.keyKind else {
            throw .needsPrivateKey(algorithm.keyKind)
        }
        return try crypto { () throws(CryptoError) in
            try message.span.withUnsafeBytes { bytes throws(CryptoError) in try privateKey.sign(bytes, algorithm) }
        }
    }

    private func apply(_ jwt: JWTScheme, _ draft: inout ProviderDraft) throws(Problem) {
        if let source = jwt.source { throw .keyIsFetched(from: source.issuer, keptAs: source.keptAs) }
        try draft.satisfy(jwt.guards)
        let fitting = jwt.algorithms.lazy.compactMap { algorithm -> (JWTAlgorithm, JWTKey)? in
            let key = jwt.keys.first { key in
                guard key.fits(algorithm) else { return false }
                if case .secret = key.material { return true }
                return algorithm.signature?.keyKind == privateKey?.kind
            }
            return key.map { (algorithm, $0) }
        }
        guard let (algorithm, key) = fitting.first else {
            throw .needsPrivateKey(jwt.algorithms.lazy.compactMap { $0.signature?.keyKind }.first ?? .rsa)
        }
        let id = key.id.map { #","kid":"# + quotedJSON(String(decoding: $0, as: UTF8.self)) } ?? ""
        let text = JWTText.unsigned(
            #"{"alg":"\#(algorithm.rawValue)","typ":"JWT"\#(id)}"#, try draft.claims(jwt.claims))
        var signature: [UInt8]
        if case .secret(let secret) = key.material, let hash = algorithm.mac {
            signature = try crypto { () throws(CryptoError) in
                var mac = try HMAC(hash, key: secret)
                return Array(text.utf8).withUnsafeBytes { mac.authenticate($0) }
            }
        } else {
            signature = try self.signature(Array(text.utf8), algorithm.signature ?? .rsaPKCS1SHA256)
        }
        draft.spoil(&signature)
        try draft.put("\(text).\(Base64.encode(signature, url: true))", prefix: jwt.prefix, at: jwt.location)
    }

    private func crypto<R>(_ body: () throws(CryptoError) -> R) throws(Problem) -> R {
        do throws(CryptoError) { return try body() } catch { throw .cryptography(error) }
    }
}
