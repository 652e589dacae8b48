internal import Crypto
internal import Domain

/// Algorithms of RFC 7518 section 3.1 and RFC 8037. `none` is not among them and never will be.
enum JWTAlgorithm: String, Sendable, CaseIterable {
    case hs256 = "HS256"
    case hs384 = "HS384"
    case hs512 = "HS512"
    case rs256 = "RS256"
    case rs384 = "RS384"
    case rs512 = "RS512"
    case ps256 = "PS256"
    case es256 = "ES256"
    case edDSA = "EdDSA"

    /// For the HS family.
    var mac: HashAlgorithm? {
        switch self {
        case .hs256: .sha256
        case .hs384: .sha384
        case .hs512: .sha512
        case .rs256, .rs384, .rs512, .ps256, .es256, .edDSA: nil
        }
    }

    /// For all others.
    var signature: SignatureAlgorithm? {
        switch self {
        case .hs256, .hs384, .hs512: nil
        case .rs256: .rsaPKCS1SHA256
        case .rs384: .rsaPKCS1SHA384
        case .rs512: .rsaPKCS1SHA512
        case .ps256: .rsaPSSSHA256
        case .es256: .ecdsaRawSHA256
        case .edDSA: .ed25519
        }
    }
}

/// A bearer token's configuration. What the token's own header says about keys is a hint for choosing among configured
/// ones and nothing else (RFC 8725 sections 3.1, 3.5): `jku`, `x5u`, `jwk` and `x5c` are not even read.
struct JWTScheme: Sendable {
    let location: Location
    let prefix: Prefix?
    let algorithms: [JWTAlgorithm]
    let keys: [JWTKey]
    let claims: [ClaimRule]
    /// Since `iat`; nil when not bound.
    let ageMost: TimeSpan?
    /// For `exp`, `nbf` and an `iat` in the future: two clocks never agree.
    let leeway: TimeSpan
    let needsExpiry: Bool
    let guards: [Guard]
    let coverage: Coverage
    /// Where keys are fetched from; nil when they are kept.
    let source: KeySource?

    static let leewayStandard = TimeSpan.seconds(30)
}

struct ClaimRule: Sendable {
    let name: [UInt8]
    /// Any of them.
    let values: [Template]
}

struct JWTKey: Sendable {
    let label: String
    let material: Material
    /// `kid` of a JWK.
    let id: [UInt8]?
    /// `alg` of a JWK.
    let algorithm: JWTAlgorithm?

    enum Material: Sendable {
        case secret(Secret)
        case publicKey(PublicKey)
    }

    func fits(_ algorithm: JWTAlgorithm) -> Bool {
        if let own = self.algorithm, own != algorithm { return false }
        switch material {
        case .secret: return algorithm.mac != nil
        case .publicKey(let key): return algorithm.signature?.keyKind == key.kind
        }
    }
}
