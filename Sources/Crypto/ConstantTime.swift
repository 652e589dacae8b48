internal import COpenSSL

/// Whether two byte strings are equal, in a time that depends on their lengths alone.
package func equalInConstantTime(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
    guard a.count == b.count else { return false }
    guard let left = a.baseAddress, let right = b.baseAddress else { return true }  // both are empty
    return CRYPTO_memcmp(left, right, a.count) == 0
}

/// Overwrites bytes that were secret; the compiler cannot leave it out.
package func cleanse(_ bytes: UnsafeMutableRawBufferPointer) { OPENSSL_cleanse(bytes.baseAddress, bytes.count) }
