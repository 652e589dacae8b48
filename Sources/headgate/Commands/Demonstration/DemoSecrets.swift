internal import Crypto
internal import Routes

/// Secrets for one run: the documented sample values of the shipped routes' providers where nothing else is set, a fresh
/// key pair for the provider that signs with one, and fresh secrets of our own.
struct DemoSecrets: Sendable {
    let signingKey: Secret
    let signingSecret: String
    let adminToken: Secret
    let adminTokenText: String
    let providerKey: PrivateKey
    /// Variables that were not set, and the sample values they have in this run.
    let made: [String: String]

    private static let samples = [
        "ALFRED_SECRET": "secret",
        "CRIPTOLADRILLO_SECRET": "demo-criptoladrillo-secret",
        "FLUXVEND_API_KEY": "demo-fluxvend-api-key",
        "FLUXVEND_API_SECRET": "demo-fluxvend-api-secret",
        "INCODE_TOKEN": "demo-incode-token",
        "INCODE_CLIENT_ID": "demo-incode-client",
        "INCODE_CLIENT_SECRET": "demo-incode-client-secret",
    ]

    /// - Parameter environment: what is set there stays.
    init(beside environment: [String: String]) throws {
        made = Self.samples.filter { environment[$0.key] == nil }
        let key = try randomBytes(32)
        signingKey = Secret(key)
        signingSecret = "whsec_" + Base64.encode(key)
        adminTokenText = Base64.encode(try randomBytes(24), url: true)
        adminToken = Secret(adminTokenText)
        providerKey = try PrivateKey.generate(.rsa)
    }

    func added(to surroundings: Surroundings) -> Surroundings {
        var environment = surroundings.environment.merging(made) { own, _ in own }
        // Signing for Hurupay takes the private half, which only a fresh pair has.
        environment["HURUPAY_PUBKEY"] = providerKey.publicPEM
        return Surroundings(
            environment: environment, readFile: surroundings.readFile, fileNames: surroundings.fileNames)
    }
}
