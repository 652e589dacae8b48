import Admin
import Crypto
import Domain
import Ledgers
import Routes
import Telemetry

/// Registered subscribers as the plan needs them, made once for each version of a registration and of its route. Used on
/// the gateway's own thread.
final class RegisteredConfigs {
    private struct Made {
        let version: Int64
        let route: RouteConfig
        let config: SubscriberConfig
    }

    let policy: AddressPolicy
    private let key: SealingKey?
    private let log: Log
    private var made: [String: Made] = [:]

    init(_ settings: Settings, log: Log) {
        key = settings.ledgerKey
        policy = AddressPolicy(allowsPrivate: settings.allowPrivate)
        self.log = log
    }

    /// Of the same order as `registered`. What cannot be read is held, and told; nil when not even its URL can.
    func configs(of registered: [RegisteredSubscriber], in table: RouteTable) -> [SubscriberConfig?] {
        var kept: [String: Made] = [:]
        let configs = registered.map { one in
            let (registration, route) = (one.registration, table.routes[one.place])
            if let known = made[registration.id], known.version == registration.version, known.route === route {
                kept[registration.id] = known
                return known.config as SubscriberConfig?
            }
            guard let config = config(of: registration, route, signing: table.signing) else { return nil }
            kept[registration.id] = Made(version: registration.version, route: route, config: config)
            return config
        }
        made = kept
        return configs
    }

    private func config(
        of registration: Registration, _ route: RouteConfig, signing: SigningKeys
    ) -> SubscriberConfig? {
        do throws(Registration.Trouble) {
            return try registration.subscriber(of: route, signing: signing, key: key)
        } catch {
            let reason = error.description
            log.write(.error, "registered subscriber held") { line in
                line.add("route", registration.route)
                line.add("subscriber", registration.name)
                line.add("reason", reason)
            }
            return SubscriberRequest.held(
                registration.name, at: registration.url, of: route, filter: registration.filter(of: route),
                because: reason)
        }
    }

    /// - Throws: `StartFailure.ledgerKey` when a secret of the ledger cannot be opened: nothing starts half.
    static func check(_ settings: Settings) throws {
        let registrations = try LedgerReader(path: settings.ledger).registrations()
        do throws(LedgerKeyProblem) {
            for one in registrations { _ = try one.open(with: settings.ledgerKey) }
        } catch {
            throw StartFailure.ledgerKey(error)
        }
    }
}
