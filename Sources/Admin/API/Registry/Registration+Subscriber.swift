internal import Config
package import Crypto
package import Domain
package import Ledgers
package import Routes
internal import Wire

extension Registration {
    /// Why what was registered cannot be used as it stands.
    package enum Trouble: Error, Sendable, CustomStringConvertible {
        case key(LedgerKeyProblem)
        case unreadable
        case noGroup(String)
        case diagnostic(String)

        package var description: String {
            switch self {
            case .key(let problem): problem.description
            case .unreadable: "its definition in the ledger cannot be read"
            case .noGroup(let type): "its route offers no type \(type) any more"
            case .diagnostic(let text): text
            }
        }
    }

    package func definition(_ key: SealingKey?) throws(Trouble) -> SubscriberDefinition {
        let secrets: Secret?
        do throws(LedgerKeyProblem) { secrets = try open(with: key) } catch { throw .key(error) }
        guard let found = SubscriberDefinition(clear: definition, secrets: secrets) else { throw .unreadable }
        return found
    }

    /// What comes for it when the rest of it cannot be read. Nothing, when its route does not offer its type any more:
    /// events that nobody registered for must not wait for it either.
    package func filter(of route: RouteConfig) -> EventFilter {
        if let type { return route.groups.first { $0.name == type }?.filter ?? EventFilter([Self.noType]) }
        guard let events = SubscriberDefinition(clear: definition, secrets: nil)?["events"] else {
            return EventFilter([])
        }
        var ignored = Diagnostics()
        return EventFilter(ConfigNode(events, file: "definition").strings(into: &ignored))
    }

    /// No event's type holds a line end.
    private static let noType = "\n"

    /// As its route's plan needs it. An address that is refused by now is told at each dial.
    package func subscriber(of route: RouteConfig, signing: SigningKeys, key: SealingKey?) throws(Trouble)
        -> SubscriberConfig
    {
        let definition = try definition(key)
        let group = type.flatMap { type in route.groups.first { $0.name == type } }
        if let type, group == nil { throw .noGroup(type) }
        var diagnostics = Diagnostics()
        let found = SubscriberRequest.read(
            definition.document(name: name, url: url), of: route, signing: signing, policy: .routeFile, group: group,
            into: &diagnostics)
        guard let found else {
            let first = diagnostics.all.first { $0.severity == .error }
            throw first.map { .diagnostic("\($0.path): \($0.problem)") } ?? .unreadable
        }
        return found
    }
}

extension SubscriberDefinition {
    /// What the ledger keeps of it.
    ///
    /// - Throws: when it has secrets and there is no key to seal them with.
    func stored(
        _ registry: RegistryFacts, as id: String, version: Int64
    ) throws(Problem) -> (clear: String, secrets: SealedBytes?) {
        var json = JSONWriter()
        json.members(clear)
        guard !secret.isEmpty else { return (json.text, nil) }
        let key = try registry.needKey()
        var text = JSONWriter()
        text.members(secret)
        do throws(CryptoError) {
            let context = Registration.context(id: id, version: version)
            return (json.text, try SealedBytes(Secret(text.bytes), with: key, for: context))
        } catch {
            throw Problem(.internalServerError, "\(error)")
        }
    }
}

extension RegistryChange.Refusal {
    var problem: Problem {
        switch self {
        case .nameTaken: Problem(.conflict, "a subscriber of this name was registered meanwhile; read it again")
        case .urlTaken(let id): Problem(.conflict, "this URL is registered for this type already, as \(id)")
        case .keyTaken: Problem(.conflict, "this Idempotency-Key was used meanwhile; repeat the request")
        case .noSuchRegistration: .notFound("it was removed meanwhile")
        case .changed: Problem(.conflict, "it was changed meanwhile; read it again")
        case .tooMany(let most):
            Problem(.conflict, "\(most) subscribers are registered with this token, which is the limit; remove some")
        case .routeFull(let most):
            Problem(.conflict, "\(most) subscribers are registered for this route, which is the limit; remove some")
        }
    }
}
