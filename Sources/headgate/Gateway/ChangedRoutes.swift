import Admin
import Crypto
import Delivery
import Domain
import Intake
import Ledgers
import Net
import Routes
import Signatures
import Telemetry

/// Routes as their files and the API together have them, made once for each version of either; and when secrets that may
/// take each other's place were first seen together. Lives on the gateway's own thread.
final class ChangedRoutes {
    /// What a route is made of besides its file.
    private struct Parts: Equatable {
        var settings: Int64 = 0
        var credentials: [String] = []
    }

    private struct Made {
        let written: RouteConfig
        let parts: Parts
        let route: RouteConfig
    }

    private let key: SealingKey?
    let prints: SecretPrints
    private let log: Log
    private var made: [String: Made] = [:]
    private var printsOfKeys: [ObjectIdentifier: (keys: SigningKeys, prints: [String])] = [:]
    private var seen: Set<Place> = []
    /// When other credentials count than in the last table; nil when that stays.
    private(set) var nextChange: WallTime?

    private struct Place: Hashable {
        let direction: SecretDirection
        let owner: Int64
        let print: String
    }

    /// - Throws: `StartFailure.ledgerKey` when a secret of the ledger cannot be opened: nothing starts half.
    init(_ settings: Settings, log: Log) throws {
        key = settings.ledgerKey
        self.log = log
        let reader = try LedgerReader(path: settings.ledger)
        prints = try reader.secretPrints()
        let credentials = try reader.credentials()
        do throws(LedgerKeyProblem) {
            for one in credentials {
                _ = try one.open(with: key)
                _ = try one.openReplaced(with: key)
            }
        } catch {
            throw StartFailure.ledgerKey(error)
        }
    }

    func table(_ written: RouteTable, _ changes: RouteChanges, at now: WallTime) -> RouteTable {
        let settings = Dictionary(uniqueKeysWithValues: changes.settings.map { ($0.route, $0) })
        let credentials = Dictionary(grouping: changes.credentials, by: \.route)
        nextChange = changes.credentials.compactMap { $0.nextChange(after: now) }.min()
        var kept: [String: Made] = [:]
        let table = written.mapping { route in
            let (own, added) = (settings[route.name], credentials[route.name] ?? [])
            guard own != nil || !added.isEmpty else { return route }
            let made = make(route, own, added, at: now)
            kept[route.name] = made
            return made.route
        }
        made = kept
        return table
    }

    private func make(
        _ written: RouteConfig, _ settings: RouteSettings?, _ credentials: [RouteCredential], at now: WallTime
    ) -> Made {
        var parts = Parts(settings: settings?.version ?? 0)
        let counting = credentials.filter { $0.state(at: now) == .active }
        for one in counting { parts.credentials.append("\(one.id) \(one.version) \(one.hasOverlap(at: now))") }
        if let known = made[written.name], known.written === written, known.parts == parts { return known }
        var overlay = RouteOverlay(
            disabled: settings?.disabled, allow: settings?.allow?.compactMap { IPRange(text: $0) })
        for one in counting { overlay.added += added(one, at: now) }
        let (route, problem) = written.overlaid(by: overlay)
        if let problem { report(problem, of: written.name) }
        return Made(written: written, parts: parts, route: route)
    }

    private func added(_ credential: RouteCredential, at now: WallTime) -> [AddedSecrets] {
        do throws(LedgerKeyProblem) {
            var added = [AddedSecrets(label: credential.name, values: try credential.open(with: key))]
            if credential.hasOverlap(at: now), let old = try credential.openReplaced(with: key) {
                added.append(AddedSecrets(label: credential.name + AddedSecrets.old, values: old))
            }
            return added
        } catch {
            report(error.description, of: credential.route)
            return []
        }
    }

    private func report(_ problem: String, of route: String) {
        log.write(.error, "credentials not used") { line in
            line.add("route", route)
            line.add("reason", problem)
        }
    }

    // MARK: Names of secrets

    /// In the order in which they sign.
    func prints(of subscriber: SubscriberConfig) -> [String] {
        let keys = subscriber.signing
        if let known = printsOfKeys[ObjectIdentifier(keys)] { return known.prints }
        let names = keys.keys.map { prints.text(of: $0) }
        printsOfKeys[ObjectIdentifier(keys)] = (keys, names)
        return names
    }

    /// Secrets that stand beside others in whose place they may come, and were not there before: from now on it is known
    /// which one is the old one. Of one that is alone its first use will do.
    func unseen(in plan: Plan, at now: WallTime) -> [SecretUse] {
        var uses: [SecretUse] = []
        for (route, known) in zip(plan.intake.table.routes, plan.intake.routes) where route.hasSeveralSecrets {
            for secret in plan.proving(route, known) {
                uses.append(SecretUse(of: known.id, print: secret.print, count: 0, last: now))
            }
        }
        for lane in plan.lanes where lane.prints.count > 1 {
            for print in lane.prints { uses.append(SecretUse(of: lane.id, print: print, count: 0, last: now)) }
        }
        let before = seen
        func place(_ use: SecretUse) -> Place { Place(direction: use.direction, owner: use.owner, print: use.print) }
        seen = Set(uses.map(place))
        let used = Set(plan.lanes.map { ObjectIdentifier($0.subscriber.signing) })
        printsOfKeys = printsOfKeys.filter { used.contains($0.key) }
        return uses.filter { !before.contains(place($0)) }
    }
}
