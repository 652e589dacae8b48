internal import COpenSSL

/// Fills `target` from OpenSSL's seeded generator.
package func fillWithRandomBytes(_ target: UnsafeMutableRawBufferPointer) throws(CryptoError) {
    guard let base = target.baseAddress, !target.isEmpty else { return }
    guard RAND_bytes(base.assumingMemoryBound(to: UInt8.self), Int32(target.count)) == 1 else {
        dropErrors()
        throw .openSSL(operation: "give random bytes")
    }
}

package func randomBytes(_ count: Int) throws(CryptoError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let failure: CryptoError? = bytes.withUnsafeMutableBytes { target in
        do throws(CryptoError) { try fillWithRandomBytes(target) } catch { return error }
        return nil
    }
    if let failure { throw failure }
    return bytes
}
