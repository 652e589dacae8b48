internal import Crypto
internal import Domain
internal import Wire

/// Compares a static token with the live ones.
struct TokenCheck {
    let scheme: TokenScheme

    func run(_ evaluation: inout Evaluation) throws(Verification.Refusal) -> Proof {
        for condition in scheme.guards { try condition.check(&evaluation) }
        if let elements = scheme.elements, case .json(let place) = scheme.location {
            return try checkEach(place, of: elements, &evaluation)
        }
        var met = false
        var found: String?
        try evaluation.forEachValue(at: scheme.location) { (value, _) throws(Verification.Refusal) in
            guard value.count <= Limits.signatureFieldBytes else { throw .signatureTooLong }
            met = true
            guard let token = scheme.prefix.map({ $0.strip(value) }) ?? value else { throw .signatureMalformed }
            found = matchingLabel(token, scheme.keys)
        }
        guard met else { throw .tokenMissing }
        guard let found else { throw .tokenWrong }
        return Proof(coverage: .partial, provenBy: found)
    }

    /// A body with many events is accepted when every one of them has the token: one that lacks it may be anybody's.
    private func checkEach(
        _ place: Int, of elements: Int, _ evaluation: inout Evaluation
    ) throws(Verification.Refusal) -> Proof {
        let count = try evaluation.values(ofJSON: elements).count
        let tokens = try evaluation.values(ofJSON: place)
        guard !tokens.isEmpty, tokens.count == count else { throw .tokenMissing }
        var found: String?
        for token in tokens {
            let label = token.withBytes { bytes -> String? in
                guard let bytes, let rest = scheme.prefix.map({ $0.strip(bytes) }) ?? bytes else { return nil }
                return matchingLabel(rest, scheme.keys)
            }
            guard let label else { throw .tokenWrong }
            found = label
        }
        return Proof(coverage: .partial, provenBy: found ?? "")
    }
}

/// Checks `Authorization: Basic` (RFC 7617).
struct BasicCheck {
    /// `user:password` each.
    let users: [LabelledSecret]
    let guards: [Guard]

    func run(_ evaluation: inout Evaluation) throws(Verification.Refusal) -> Proof {
        for condition in guards { try condition.check(&evaluation) }
        var found: String?
        switch evaluation.request.field("authorization") {
        case .none: throw .tokenMissing
        case .repeated: throw .repeatedField
        case .unique(let value):
            guard value.count <= Limits.signatureFieldBytes else { throw .signatureTooLong }
            guard let text = Prefix(text: Array("Basic ".utf8), isOptional: false).strip(value),
                var pair = Base64.decode(String(decoding: text, as: UTF8.self), .key)
            else { throw .signatureMalformed }
            found = pair.withUnsafeBytes { matchingLabel($0, users) }
            pair.withUnsafeMutableBytes { cleanse($0) }
        }
        guard let found else { throw .tokenWrong }
        return Proof(coverage: .partial, provenBy: found)
    }
}

/// The label of the equal secret; all are compared, whichever it is.
func matchingLabel(_ value: UnsafeRawBufferPointer, _ secrets: [LabelledSecret]) -> String? {
    var found: String?
    for candidate in secrets {
        let same = candidate.secret.withBytes { equalInConstantTime($0, value) }
        if same, found == nil { found = candidate.label }
    }
    return found
}
