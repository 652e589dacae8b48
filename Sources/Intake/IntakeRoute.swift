internal import Crypto
internal import Domain
internal import Ledgers
internal import Routes
internal import Signatures
internal import Telemetry
internal import Wire

/// One route as one intake loop uses it: the verifier with its keyed contexts, prepared answers, counters.
final class IntakeRoute {
    let config: RouteConfig
    let id: RouteID
    let targets: [IntakePlan.Target]
    /// Nil: the route cannot tell genuine requests from others, and passes nothing.
    let proof: Proof?
    let keptFields: KeptFields
    /// Proof, names or handshakes are found in the query, or it is signed.
    let readsQuery: Bool
    let answers: RouteAnswers
    let wrongMethod: Response
    let unauthorized: Response
    let handshakes: HandshakeAnswers
    let dedup: DedupRule
    let tokens: TokenIssuer?
    var late = LateRequests()
    var uses = SecretCount()
    private let namer: SecretPrints
    /// Of its secrets, by their labels; made when the first of them is used.
    private(set) lazy var prints = Dictionary(
        config.liveSecrets.map { ($0.label, namer.text(of: $0.secret)) }, uniquingKeysWith: { first, _ in first })
    private let metrics: Metrics
    /// Results are few and come up late: each counter is made when first needed.
    private var others: [String: Counter] = [:]

    final class Proof {
        let verifier: Verifier
        let id: Extractor?
        let type: Extractor?

        init(verifier: Verifier, id: Extractor?, type: Extractor?) {
            self.verifier = verifier
            self.id = id
            self.type = type
        }
    }

    init(
        _ config: RouteConfig, id: RouteID, targets: [IntakePlan.Target], prints: SecretPrints, metrics: Metrics,
        log: Log
    ) {
        namer = prints
        self.config = config
        self.id = id
        self.targets = targets
        self.metrics = metrics
        answers = RouteAnswers(config, metrics)
        wrongMethod = Answers.wrongMethod(allowed: (config.methods + config.handshakeMethods).map(\.text))
        unauthorized = config.reject.map { Response($0) } ?? Answers.unauthorized
        handshakes = HandshakeAnswers(config.handshakes)
        dedup = config.dedup.map { .within($0) } ?? .off
        tokens = config.tokens.map { tokens in
            TokenIssuer(
                clientIDs: tokens.clientIDs, clientSecrets: tokens.clientSecrets, issuer: tokens.issuer,
                audience: tokens.audience, lifetime: tokens.lifetime)
        }
        switch config.state {
        case .ready(let spec):
            proof = Self.compile(spec, of: config, log)
            readsQuery =
                spec.verifier.readsQuery || spec.id?.readsQuery ?? false || spec.type?.readsQuery ?? false
                || config.handshakes.contains(where: \.readsQuery)
            keptFields = KeptFields(credentials: spec.verifier.credentialFields.compactMap { FieldName($0) })
        case .unavailable:
            proof = nil
            readsQuery = true
            keptFields = KeptFields(credentials: [])
        }
    }

    /// Whether a request cannot be judged without what is hidden of it.
    func needs(_ hidden: HiddenParts) -> Bool {
        hidden.hasQuery && readsQuery || keptFields.hasToken(among: hidden.fields)
    }

    /// Of a request that is no event: a refusal's class, or `handshake`.
    func count(_ result: String) {
        if let counter = others[result] { return counter.add() }
        let counter = RouteAnswers.counter(metrics, config.name, result)
        others[result] = counter
        counter.add()
    }

    /// A verifier that cannot be made closes its route: fail closed.
    private static func compile(_ spec: RouteProof, of config: RouteConfig, _ log: Log) -> Proof? {
        do {
            return Proof(verifier: try Verifier(spec.verifier, beside: config.handshakes), id: spec.id, type: spec.type)
        } catch {
            log.write(.error, "route unavailable") { line in
                line.add("route", config.name)
                line.add("reason", "\(error)")
            }
            return nil
        }
    }
}
