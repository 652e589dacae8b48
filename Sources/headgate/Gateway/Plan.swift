import Admin
import Delivery
import Domain
import Intake
import Ledgers
import Routes

/// A route table with the ledger's ids: what intake and dispatch are configured with.
struct Plan: Sendable {
    /// The files alone.
    let written: RouteTable
    let intake: IntakePlan
    let lanes: [LaneConfig]
    /// Subscribers that get nothing by their configuration, and why.
    let held: [SubscriberID: String]

    /// - Parameters:
    ///   - ids: what the ledger answered to `directory(of: table)`.
    ///   - registered: makes configurations of those that the ledger knows besides.
    ///   - changed: makes the routes that the API has changed.
    init(
        _ written: RouteTable, _ ids: DirectoryIDs, registered: RegisteredConfigs, changed: ChangedRoutes,
        outlet: DispatchOutlet, at now: WallTime
    ) {
        let table = changed.table(written, ids.changes, at: now)
        var routes: [IntakePlan.Route] = []
        var lanes: [LaneConfig] = []
        for (route, known) in zip(table.routes, ids.routes) {
            var targets: [IntakePlan.Target] = []
            for (subscriber, id) in zip(route.subscribers, known.subscribers) {
                targets.append(
                    IntakePlan.Target(
                        id: id.subscriber, endpoint: id.endpoint, config: subscriber,
                        entrance: outlet.entrance(of: id.subscriber)))
                lanes.append(
                    LaneConfig(
                        id: id.subscriber, route: route.name, subscriber: subscriber, policy: .routeFile,
                        paused: id.paused, maxBody: route.maxBody, prints: changed.prints(of: subscriber)))
            }
            routes.append(IntakePlan.Route(id: known.route, targets: targets))
        }
        for (one, config) in zip(ids.registered, registered.configs(of: ids.registered, in: written)) {
            guard let config else { continue }
            let id = one.ids.subscriber
            routes[one.place].targets.append(
                IntakePlan.Target(
                    id: id, endpoint: one.ids.endpoint, config: config, entrance: outlet.entrance(of: id)))
            lanes.append(
                LaneConfig(
                    id: id, route: one.registration.route, subscriber: config, policy: registered.policy,
                    paused: one.ids.paused, prints: changed.prints(of: config)))
        }
        self.written = written
        intake = IntakePlan(table: table, routes: routes, prints: changed.prints)
        self.lanes = lanes
        held = lanes.reduce(into: [:]) { $0[$1.id] = $1.subscriber.held }
    }

    private init(_ plan: Plan, lanes: [LaneConfig]) {
        (written, intake, held) = (plan.written, plan.intake, plan.held)
        self.lanes = lanes
    }

    func pausing(_ subscriber: SubscriberID, _ reason: String?) -> Plan {
        Plan(self, lanes: lanes.map { $0.id == subscriber ? $0.paused(reason) : $0 })
    }

    var subscribers: [SubscriberID: AdminState.Subscriber] {
        Dictionary(
            uniqueKeysWithValues: lanes.map { lane in
                let isHeld = lane.paused != nil || lane.subscriber.held != nil
                return (lane.id, AdminState.Subscriber(route: lane.route, name: lane.subscriber.name, isHeld: isHeld))
            })
    }

    static func directory(of table: RouteTable) -> Directory {
        Directory(
            routes: table.routes.map { route in
                (route.name, route.subscribers.map { Directory.Entry(name: $0.name, url: $0.url.text) })
            })
    }
}
