internal import Crypto
internal import Domain
internal import Wire

/// A verifier as configured: immutable, its secrets in place, shared by all threads.
indirect enum Scheme: Sendable {
    case mac(HashAlgorithm, keys: [LabelledSecret], SignedScheme)
    case digest(HashAlgorithm, SignedScheme)
    case signature(SignatureAlgorithm, keys: [LabelledKey], SignedScheme)
    case token(TokenScheme)
    case basic(users: [LabelledSecret], guards: [Guard])
    case jwt(JWTScheme)
    case address([IPRange])
    case none
    case all([Scheme])
    case any([Scheme])
}

/// What MACs, digests and signatures have in common.
struct SignedScheme: Sendable {
    let place: SignaturePlace
    /// Any of them may be the signed one.
    let forms: [MessageForm]
    let window: TimeWindow?
    let guards: [Guard]
    /// Where keys are fetched from; nil when they are kept.
    var source: KeySource?
    /// Place of the path to the elements that are signed one by one; nil when there is one signature for all.
    var each: Int?
}

struct LabelledSecret: Sendable {
    /// The secret's name in the route file.
    let label: String
    let secret: Secret
    /// The provider's name for the key, where the signature's field has one signature for each.
    var id: [UInt8]?
}

struct LabelledKey: Sendable {
    let label: String
    let key: PublicKey
}

/// One text that may have been signed.
struct MessageForm: Sendable {
    let segments: [Segment]
    let coverage: Coverage
    /// Names of the secrets in the text itself.
    let label: String

    struct Segment: Sendable {
        let template: Template
        /// Left out when a part of it is absent.
        let isDroppable: Bool
    }
}

/// What must hold beside the signature.
struct Guard: Sendable {
    let part: Reference
    /// Any of them; empty when the part must be absent.
    let values: [Template]

    func check(_ evaluation: inout Evaluation) throws(Verification.Refusal) {
        if values.isEmpty {
            guard try evaluation.value(of: part.source).isAbsent else { throw .guardFailed }
            return
        }
        guard let found = try evaluation.text(of: Template(parts: [.reference(part)])) else { throw .guardFailed }
        var holds = false
        for value in values {
            guard let wanted = try evaluation.text(of: value) else { continue }
            let same = found.withUnsafeBytes { found in wanted.withUnsafeBytes { equalInConstantTime(found, $0) } }
            holds = holds || same
        }
        guard holds else { throw .guardFailed }
    }
}

struct TokenScheme: Sendable {
    let location: Location
    let prefix: Prefix?
    let keys: [LabelledSecret]
    let guards: [Guard]
    /// Place of the path to the elements that all have to have the token; nil when there is one token.
    let elements: Int?
}

/// Where a signature or token stands.
enum Location: Sendable, Equatable {
    case header(FieldName)
    /// All fields whose names begin so (`X-DocuSign-Signature-*`), in lower case.
    case headers(beginning: [UInt8])
    case json(Int)
    case form(String)
    case query(String)
}

/// What precedes a signature or token.
struct Prefix: Sendable, Equatable {
    let text: [UInt8]
    let isOptional: Bool

    /// What follows the prefix; nil when it is missing. A prefix that ends in a space is an authentication scheme,
    /// which has no case (RFC 9110 section 11.1).
    func strip(_ value: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        let rest = UnsafeRawBufferPointer(rebasing: value.dropFirst(text.count))
        if value.count >= text.count {
            let start = value.prefix(text.count)
            let isScheme = text.last == 0x20
            if start.elementsEqual(text, by: { $0 == $1 || isScheme && lowercase($0) == lowercase($1) }) { return rest }
        }
        return isOptional ? value : nil
    }
}

func lowercase(_ byte: UInt8) -> UInt8 { (0x41...0x5a).contains(byte) ? byte | 0x20 : byte }
