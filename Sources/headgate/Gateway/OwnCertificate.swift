import Crypto
import Domain
import Routes
import Telemetry

/// The listener's.
enum OwnCertificate {
    /// Of the first certificate of a PEM file; nil when that cannot be read.
    static func end(
        of path: String, _ readFile: (_ path: String, _ most: Int) -> Result<[UInt8], FileProblem>
    ) -> WallTime? {
        guard case .success(let pem) = readFile(path, Limits.tlsFileBytes) else { return nil }
        return try? SigningCertificate(pem: pem).end
    }

    static func notice(of end: WallTime, at now: WallTime) -> String {
        "its certificate ends \(end.rfc3339), in \(max((end - now).milliseconds, 0) / 3_600_000) hours"
    }
}
