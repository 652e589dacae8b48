internal import COpenSSL
package import Domain
internal import Glibc

/// An X.509 certificate that somebody offers as proof whose key signs, with the certificates that came along. Nothing of
/// it is believed before `key` has judged it.
package struct SigningCertificate: ~Copyable {
    private let leaf: OpaquePointer
    /// Certificates of issuers, perhaps: whether they lead to an authority is found out, not assumed.
    private let others: OpaquePointer

    /// More than any chain has; each costs a signature to check.
    private static let mostOthers = 8

    /// - Parameter pem: the signer's own certificate first.
    package init(pem: [UInt8]) throws(CertificateProblem) {
        defer { dropErrors() }
        let read = pem.withUnsafeBytes { bytes -> [OpaquePointer] in
            let bio = BIO_new_mem_buf(bytes.baseAddress, Int32(clamping: bytes.count))
            defer { BIO_free(bio) }
            var read: [OpaquePointer] = []
            while read.count <= Self.mostOthers, let next = PEM_read_bio_X509(bio, nil, noPassphrase, nil) {
                read.append(next)
            }
            return read
        }
        guard let first = read.first, let stack = OPENSSL_sk_new_null() else {
            for certificate in read { X509_free(certificate) }
            throw .unreadable
        }
        for certificate in read.dropFirst() { Self.push(certificate, onto: stack) }
        (leaf, others) = (first, stack)
    }

    deinit {
        X509_free(leaf)
        while let certificate = OPENSSL_sk_pop(others) { X509_free(OpaquePointer(certificate)) }
        OPENSSL_sk_free(others)
    }

    private static func push(_ certificate: OpaquePointer, onto stack: OpaquePointer) {
        if OPENSSL_sk_push(stack, UnsafeRawPointer(certificate)) <= 0 { X509_free(certificate) }
    }

    /// Takes another certificate along, DER or PEM.
    package mutating func add(issuer bytes: [UInt8]) throws(CertificateProblem) {
        defer { dropErrors() }
        let certificate = bytes.withUnsafeBytes { raw -> OpaquePointer? in
            if raw.first == 0x30 {
                var place = raw.baseAddress?.assumingMemoryBound(to: UInt8.self)
                return d2i_X509(nil, &place, raw.count)
            }
            let bio = BIO_new_mem_buf(raw.baseAddress, Int32(clamping: raw.count))
            defer { BIO_free(bio) }
            return PEM_read_bio_X509(bio, nil, noPassphrase, nil)
        }
        guard let certificate else { throw .unreadable }
        Self.push(certificate, onto: others)
    }

    /// The key, if the certificate is for one of the names, is valid now, and an authority vouches for it.
    ///
    /// - Parameters:
    ///   - names: patterns; `*` stands for one label.
    ///   - authorities: path of a PEM file; nil for the system's.
    package func key(
        for names: [String], trusting authorities: String?, at now: WallTime
    ) throws(CertificateProblem) -> (key: PublicKey, until: WallTime) {
        defer { dropErrors() }
        let found = self.names
        guard names.contains(where: { pattern in found.contains { hostMatches($0, pattern) } }) else {
            throw .name(found.first ?? "none")
        }
        try checkChain(trusting: authorities, at: now)
        guard let raw = X509_get_pubkey(leaf) else { throw .unreadable }
        do throws(CryptoError) {
            return (PublicKey(of: try KeyHandle(adopting: raw)), end)
        } catch { throw .key(error) }
    }

    private func checkChain(trusting authorities: String?, at now: WallTime) throws(CertificateProblem) {
        guard let store = X509_STORE_new(), let context = X509_STORE_CTX_new() else { throw .authorities }
        defer {
            X509_STORE_CTX_free(context)
            X509_STORE_free(store)
        }
        let loaded = authorities.map { X509_STORE_load_file(store, $0) } ?? X509_STORE_set_default_paths(store)
        guard loaded == 1, X509_STORE_CTX_init(context, store, leaf, others) == 1 else { throw .authorities }
        let rules = X509_STORE_CTX_get0_param(context)
        X509_VERIFY_PARAM_set_time(rules, time_t(now.seconds))
        X509_VERIFY_PARAM_set_depth(rules, Int32(Self.mostOthers))
        // Of 80 bits at least: no SHA-1 and no short key on the way to the authority.
        X509_VERIFY_PARAM_set_auth_level(rules, 1)
        guard X509_verify_cert(context) != 1 else { return }
        switch X509_STORE_CTX_get_error(context) {
        case X509_V_ERR_CERT_HAS_EXPIRED: throw .expired
        case X509_V_ERR_CERT_NOT_YET_VALID: throw .notYetValid
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE,
            X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
            throw .issuerMissing
        case let code: throw .untrusted(String(cString: X509_verify_cert_error_string(Int(code))))
        }
    }

    // MARK: What it says of itself

    /// DNS names; the common name counts only where there are none (RFC 6125 section 6.4.4). In lower case.
    private var names: [String] {
        if let list = X509_get_ext_d2i(leaf, NID_subject_alt_name, nil, nil) {
            let stack = OpaquePointer(list)
            defer { OPENSSL_sk_pop_free(stack) { GENERAL_NAME_free($0?.assumingMemoryBound(to: GENERAL_NAME.self)) } }
            let names = (0..<OPENSSL_sk_num(stack)).compactMap { place in
                Self.text(OPENSSL_sk_value(stack, place)?.assumingMemoryBound(to: GENERAL_NAME.self), GEN_DNS)
            }
            if !names.isEmpty { return names.map { $0.lowercased() } }
        }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            let length = X509_NAME_get_text_by_NID(
                X509_get_subject_name(leaf), NID_commonName, buffer.baseAddress, Int32(buffer.count))
            guard length > 0, let base = buffer.baseAddress else { return [] }
            let text = String(cString: base)
            return text.utf8.count == Int(length) ? [text.lowercased()] : []
        }
    }

    /// Where its issuer's certificate is to be had (RFC 5280 section 4.2.2.1), as it says itself.
    package var issuerURL: String? {
        guard let list = X509_get_ext_d2i(leaf, NID_info_access, nil, nil) else { return nil }
        let stack = OpaquePointer(list)
        defer {
            OPENSSL_sk_pop_free(stack) { ACCESS_DESCRIPTION_free($0?.assumingMemoryBound(to: ACCESS_DESCRIPTION.self)) }
        }
        for place in 0..<OPENSSL_sk_num(stack) {
            guard
                let access = OPENSSL_sk_value(stack, place)?.assumingMemoryBound(to: ACCESS_DESCRIPTION.self),
                OBJ_obj2nid(access.pointee.method) == NID_ad_ca_issuers,
                let text = Self.text(access.pointee.location, GEN_URI)
            else { continue }
            return text
        }
        return nil
    }

    /// Printable ASCII without a NUL inside: nothing that two readers could read differently.
    private static func text(_ name: UnsafeMutablePointer<GENERAL_NAME>?, _ wanted: Int32) -> String? {
        var kind: Int32 = 0
        guard let name, let value = GENERAL_NAME_get0_value(name, &kind), kind == wanted else { return nil }
        let string = UnsafePointer(value.assumingMemoryBound(to: ASN1_STRING.self))
        let bytes = UnsafeBufferPointer(start: ASN1_STRING_get0_data(string), count: Int(ASN1_STRING_length(string)))
        return bytes.allSatisfy { (0x21...0x7e).contains($0) } ? String(decoding: bytes, as: UTF8.self) : nil
    }

    /// When it ends, as it says itself; 1970 when that cannot be read.
    package var end: WallTime {
        var calendar = tm()
        guard ASN1_TIME_to_tm(X509_get0_notAfter(leaf), &calendar) == 1 else { return WallTime(seconds: 0) }
        return WallTime(seconds: Int64(timegm(&calendar)))
    }
}

/// Whether a host's name is what a pattern means, in which `*` stands for any one label.
package func hostMatches(_ host: some StringProtocol, _ pattern: String) -> Bool {
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    let wanted = pattern.split(separator: ".", omittingEmptySubsequences: false)
    return labels.count == wanted.count && zip(labels, wanted).allSatisfy { !$0.isEmpty && ($1 == "*" || $0 == $1) }
}

/// Why a certificate proves nothing.
package enum CertificateProblem: Error, Equatable, CustomStringConvertible {
    case unreadable
    /// With the name that it has.
    case name(String)
    case expired
    case notYetValid
    /// A certificate between it and the authorities did not come along.
    case issuerMissing
    case untrusted(String)
    case key(CryptoError)
    /// Ours: the authorities cannot be read.
    case authorities

    package var description: String {
        switch self {
        case .unreadable: "it is no PEM certificate"
        case .name(let name): "it is for \(name), which is none of the provider's names"
        case .expired: "it has expired"
        case .notYetValid: "it is not valid yet"
        case .issuerMissing: "no authority that is trusted vouches for it"
        case .untrusted(let reason): "it is not trusted: \(reason)"
        case .key(let error): "its key \(error.description)"
        case .authorities: "the authorities cannot be read"
        }
    }
}
