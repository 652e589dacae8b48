import Config
import Crypto
import Domain
import Testing

@testable import Signatures

/// Verifies one request with a verifier in JSON5.
func check(
    _ verify: String, _ request: ProviderRequest, secrets: [String: [String]] = ["SECRET": ["key"]],
    from source: IPAddress = IPAddress(v4: 0x7f00_0001), publicURL: String? = nil, at seconds: Int64 = 1_800_000_000
) throws -> Verification {
    let (spec, diagnostics) = read(configNode(json5: verify), secrets.mapValues { $0.map { Secret($0) } })
    let verifier = try Verifier(try #require(spec, "\(diagnostics.map(\.line))"))
    return request.withView {
        verifier.verify($0, from: source, publicURL: publicURL, at: WallTime(seconds: seconds))
    }
}

func hmac(_ message: String, key: String = "key", _ hash: HashAlgorithm = .sha256) -> String {
    do {
        var mac = try HMAC(hash, key: Secret(key))
        return Hex.encode(Array(message.utf8).withUnsafeBytes { mac.authenticate($0) })
    } catch { fatalError("\(error)") }
}

func request(_ fields: [(String, String)] = [], url: String = "/in", _ body: String = "") -> ProviderRequest {
    ProviderRequest(url: url, fields: fields.map { .init($0.0, $0.1) }, body: Array(body.utf8))
}

extension Verification {
    var refusal: Refusal? { if case .refused(let refusal) = self { refusal } else { nil } }
    var proof: Proof? { if case .accepted(let proof) = self { proof } else { nil } }
}

/// Two keys of each kind: making an RSA key takes as long as a hundred tests.
enum TestKeys {
    static func one(_ kind: KeyKind) throws -> PrivateKey { try #require(first[kind]) }
    static func other(_ kind: KeyKind) throws -> PrivateKey { try #require(second[kind]) }

    private static let first = make()
    private static let second = make()

    private static func make() -> [KeyKind: PrivateKey] {
        KeyKind.allCases.reduce(into: [:]) { $0[$1] = try? PrivateKey.generate($1) }
    }
}
