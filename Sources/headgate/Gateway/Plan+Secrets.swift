import Admin
import Delivery
import Domain
import Intake
import Ledgers
import Routes

extension Plan {
    /// Those that prove, by route, and then those that sign, by lane.
    var secrets: [SecretInPlace] {
        zip(intake.table.routes, intake.routes).flatMap(proving) + lanes.flatMap(signing)
    }

    func proving(_ route: RouteConfig, _ known: IntakePlan.Route) -> [SecretInPlace] {
        route.liveSecrets.map { live in
            SecretInPlace(
                direction: .inbound, owner: known.id.raw, route: route.name, subscriber: nil, label: live.label,
                source: live.credential == nil ? .file : .credential, group: live.name,
                print: intake.prints.text(of: live.secret))
        }
    }

    private func signing(_ lane: LaneConfig) -> [SecretInPlace] {
        let (route, subscriber) = (intake.table.route(named: lane.route), lane.subscriber)
        let isShared = subscriber.signing === intake.table.signing
        let isWritten = route?.subscribers.contains { $0 === subscriber } ?? false
        return lane.prints.enumerated().map { place, print in
            SecretInPlace(
                direction: .outbound, owner: lane.id.raw, route: lane.route, subscriber: subscriber.name,
                label: (isShared ? "gateway" : "own") + (lane.prints.count > 1 ? "[\(place)]" : ""),
                source: isShared ? .settings : isWritten ? .file : .registration, group: "", print: print)
        }
    }
}
