internal import Crypto
package import Domain

/// What a provider's answer comes to.
package enum KeyReading: Sendable {
    case keys(FetchedKeys)
    case absent
    /// The reason, for the log.
    case untrusted(String)
    case failed(String)
    /// The certificate of its issuer has to be fetched from there first.
    case needsIssuer(String)
}

extension KeySource {
    /// Reads an answer.
    ///
    /// - Parameters:
    ///   - maxAge: what its Cache-Control allows.
    ///   - issuer: the certificate that `needsIssuer` asked for.
    package func read(
        status: Int, _ answer: [UInt8], maxAge: TimeSpan?, issuer: [UInt8]? = nil, at now: WallTime
    ) -> KeyReading {
        guard status == 200 else {
            // A name that nobody knows is its sender's fault; a document that is not there, or a key of the API that is
            // refused, is not.
            let isAbsent = isNamed && [400, 404, 410, 422].contains(status)
            return isAbsent ? .absent : .failed("answered \(status)")
        }
        switch form {
        case .certificate(let names): return readCertificate(answer, issuer, names, now)
        case .set:
            do throws(CryptoError) {
                let keys = try JWKReader.keys(String(decoding: answer, as: UTF8.self), label: label).filter(\.isPublic)
                guard !keys.isEmpty else { return .failed("answered a set without a public key") }
                return .keys(FetchedKeys(keys, lifetime: clamp(maxAge ?? lifetime)))
            } catch { return .failed("answered what \(error.description)") }
        case .single(let format, let member): return readKey(answer, format, member)
        }
    }

    private func clamp(_ age: TimeSpan) -> TimeSpan { min(max(age, Limits.keyLifeLeast), Limits.keyLifeMost) }

    private var label: String { "fetched from \(issuer)" }

    private func readKey(_ answer: [UInt8], _ format: SpecReader.KeyFormat, _ member: [String]) -> KeyReading {
        var value = answer
        for (place, name) in member.enumerated() {
            let isLast = place == member.count - 1
            guard let members = JSONMembers(value, names: [Array(name.utf8)]), let found = members.value(name) else {
                return .failed("answered JSON without \(member.joined(separator: "."))")
            }
            value = isLast ? members.string(found) ?? members.raw(found) : members.raw(found)
        }
        do throws(CryptoError) {
            if format == .jwk {
                // Plaid tells the end of a key's life in the key itself.
                let end = JSONMembers(value, names: [Array("expired_at".utf8)])?.value("expired_at")
                if let end, end.kind != .null { return .absent }
                let keys = try JWKReader.keys(String(decoding: value, as: UTF8.self), label: label).filter(\.isPublic)
                guard !keys.isEmpty else { return .failed("answered no public key") }
                return .keys(FetchedKeys(keys, lifetime: lifetime))
            }
            let key = try SpecReader.publicKey(String(decoding: value, as: UTF8.self), format)
            let known = JWTKey(label: label, material: .publicKey(key), id: nil, algorithm: nil)
            return .keys(FetchedKeys([known], lifetime: lifetime))
        } catch { return .failed("answered what \(error.description)") }
    }

    private func readCertificate(
        _ answer: [UInt8], _ issuer: [UInt8]?, _ names: [String], _ now: WallTime
    ) -> KeyReading {
        do throws(CertificateProblem) {
            var certificate = try SigningCertificate(pem: answer)
            if let issuer { try certificate.add(issuer: issuer) }
            do throws(CertificateProblem) {
                let (key, end) = try certificate.key(for: names, trusting: settings.authorities, at: now)
                let known = JWTKey(label: label, material: .publicKey(key), id: nil, algorithm: nil)
                return .keys(FetchedKeys([known], lifetime: min(lifetime, end - now)))
            } catch .issuerMissing where issuer == nil {
                guard let url = certificate.issuerURL, isIssuer(url) else { throw .issuerMissing }
                return .needsIssuer(url)
            }
        } catch .authorities {
            return .failed(CertificateProblem.authorities.description)
        } catch {
            return .untrusted(error.description)
        }
    }

    /// http is how authorities offer certificates (RFC 5280 section 4.2.2.1): these prove themselves.
    private func isIssuer(_ url: String) -> Bool {
        guard let scheme = ["http://", "https://"].first(where: { url.hasPrefix($0) }) else { return false }
        let rest = url.dropFirst(scheme.count)
        let host = rest.prefix { $0 != "/" }
        return host.count < rest.count && issuerHosts.contains { hostMatches(host, $0) }
    }
}

extension JWTKey {
    /// A set that anybody can read holds no secret, whatever it says.
    var isPublic: Bool { if case .publicKey = material { true } else { false } }
}
