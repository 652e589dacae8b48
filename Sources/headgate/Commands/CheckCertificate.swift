internal import Config
internal import Crypto
internal import Domain
internal import Routes
internal import Telemetry

/// The listener's own certificate and key, as serve would load them.
struct CertificateCheck {
    let certificate: FlagValue
    let key: FlagValue

    /// Nil when the call names none, or not both.
    init?(_ call: Invocation) {
        guard let certificate = call.values.one("--tls-cert"), let key = call.values.one("--tls-key") else {
            return nil
        }
        (self.certificate, self.key) = (certificate, key)
    }

    /// - Parameter readFile: as `Surroundings` has it.
    func diagnostics(
        at now: WallTime, _ readFile: (_ path: String, _ most: Int) -> Result<[UInt8], FileProblem>
    ) -> [Diagnostic] {
        // One that cannot be read was reported with the settings.
        for value in [certificate, key] {
            guard case .success = readFile(value.text, Limits.tlsFileBytes) else { return [] }
        }
        do throws(TLSError) {
            _ = try TLSContext(certificates: certificate.text, key: key.text)
        } catch {
            let value = if case .badKey = error { key } else { certificate }
            return [value.error(error.problem, cure: error.cure)]
        }
        guard let end = OwnCertificate.end(of: certificate.text, readFile), end - now < Limits.certificateNotice else {
            return []
        }
        guard end > now else {
            return [certificate.error("the certificate ended \(end.rfc3339)", cure: "have it renewed")]
        }
        return [certificate.warning(OwnCertificate.notice(of: end, at: now), cure: "have it renewed")]
    }
}
