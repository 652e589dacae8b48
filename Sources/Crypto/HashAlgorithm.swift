internal import COpenSSL

/// The hash functions that providers use.
package enum HashAlgorithm: String, Sendable, CaseIterable {
    case sha1
    case sha224
    case sha256
    case sha384
    case sha512
    case sha3With256 = "sha3-256"
    case sha3With512 = "sha3-512"

    /// Bytes of a digest.
    package var size: Int {
        switch self {
        case .sha1: 20
        case .sha224: 28
        case .sha256, .sha3With256: 32
        case .sha384: 48
        case .sha512, .sha3With512: 64
        }
    }

    package static let sizeMost = 64

    /// OpenSSL's name of it.
    var name: StaticString {
        switch self {
        case .sha1: "SHA1"
        case .sha224: "SHA224"
        case .sha256: "SHA256"
        case .sha384: "SHA384"
        case .sha512: "SHA512"
        case .sha3With256: "SHA3-256"
        case .sha3With512: "SHA3-512"
        }
    }

    /// The implementation; looked up once, because a fetch costs more than hashing a small message.
    var implementation: OpaquePointer? {
        switch self {
        case .sha1: Fetched.sha1
        case .sha224: Fetched.sha224
        case .sha256: Fetched.sha256
        case .sha384: Fetched.sha384
        case .sha512: Fetched.sha512
        case .sha3With256: Fetched.sha3With256
        case .sha3With512: Fetched.sha3With512
        }
    }
}

private enum Fetched {
    // An EVP_MD is immutable and reference counted; these references are kept until the process ends.
    nonisolated(unsafe) static let sha1 = EVP_MD_fetch(nil, "SHA1", nil)
    nonisolated(unsafe) static let sha224 = EVP_MD_fetch(nil, "SHA224", nil)
    nonisolated(unsafe) static let sha256 = EVP_MD_fetch(nil, "SHA256", nil)
    nonisolated(unsafe) static let sha384 = EVP_MD_fetch(nil, "SHA384", nil)
    nonisolated(unsafe) static let sha512 = EVP_MD_fetch(nil, "SHA512", nil)
    nonisolated(unsafe) static let sha3With256 = EVP_MD_fetch(nil, "SHA3-256", nil)
    nonisolated(unsafe) static let sha3With512 = EVP_MD_fetch(nil, "SHA3-512", nil)
}
