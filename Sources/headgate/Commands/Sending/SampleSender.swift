internal import Crypto
internal import Domain
internal import Net
internal import Routes
internal import Signatures

/// Sends events to a route as its provider would.
struct SampleSender {
    private let proof: RouteProof
    private let privateKey: PrivateKey?
    /// The URL that is signed, where the provider signs it.
    private let signedURL: String
    private let target: String

    /// - Parameter target: where to send to, with the path of the route.
    init(to route: RouteConfig, at target: String, privateKey: PrivateKey? = nil) throws {
        guard case .ready(let proof) = route.state else {
            guard case .unavailable(let reason) = route.state else { preconditionFailure("there is no third state") }
            throw CommandFailure("route \(route.name) cannot be signed for: \(reason)")
        }
        self.proof = proof
        self.privateKey = privateKey
        self.target = target
        signedURL = route.publicURL ?? target
    }

    /// - Parameter fields: `name: value` each.
    func sign(_ body: [UInt8], fields: [String], spoiled: Bool = false) throws -> ProviderRequest {
        let unsigned = ProviderRequest(
            method: "POST", url: signedURL,
            fields: fields.map { field in
                let parts = field.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                return .init(String(parts[0]), parts.count > 1 ? String(parts[1].drop { $0 == " " }) : "")
            },
            body: body)
        return try ProviderSigner(proof.verifier, privateKey: privateKey)
            .sign(unsigned, at: SystemClock().wall(), spoiled: spoiled)
    }

    func send(_ request: ProviderRequest) throws -> HTTPExchange.Answer {
        var exchange = HTTPExchange(method: request.method, url: url(of: request))
        // libcurl reads "name:" as "send no such field", and "name;" as an empty one.
        exchange.fields = request.fields.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        exchange.body = request.body
        do { return try exchange.run() } catch let failure as HTTPExchange.Failure where failure.isRefused {
            throw CommandFailure("no gateway answers at \(target); start it, or name it with --to")
        }
    }

    /// Signing may have added to the query.
    private func url(of request: ProviderRequest) -> String {
        guard let mark = request.url.firstIndex(of: "?") else { return target }
        return "\(target.prefix { $0 != "?" })\(request.url[mark...])"
    }
}
