internal import COpenSSL

/// What OpenSSL, or a key's form, refused. The text names the operation and the cure, never key material.
package enum CryptoError: Error, Equatable, CustomStringConvertible {
    /// OpenSSL could not do what it was asked for although the input was well formed.
    case openSSL(operation: String)
    /// The text is no key of the expected form.
    case unreadableKey(expected: String)
    case weakKey(reason: String)
    /// The key is of another kind than the algorithm needs.
    case wrongKeyKind(needed: String)

    package var description: String {
        switch self {
        case .openSSL(let operation): "OpenSSL could not \(operation); see whether this build of OpenSSL 3 provides it"
        case .unreadableKey(let expected): "is no key that can be read; expected \(expected)"
        case .weakKey(let reason): "is too weak: \(reason)"
        case .wrongKeyKind(let needed): "is a key of another kind; needed is \(needed)"
        }
    }
}

/// OpenSSL keeps a queue of errors for each thread, and TLS reads it to tell how a connection ended: whoever made an
/// entry takes it away again.
@inline(never)
func dropErrors() { ERR_clear_error() }

/// For hashing in a context that was set up: only exhausted memory makes it fail, and a digest that was not written must
/// never be compared with anything.
@inline(__always)
func mustSucceed(_ result: Int32) { precondition(result == 1, "OpenSSL cannot hash: out of memory") }
