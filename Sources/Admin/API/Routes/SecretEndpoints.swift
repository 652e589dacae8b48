internal import Domain
internal import Ledgers
internal import Wire

/// How often each secret is used, in both directions: which one may go.
enum SecretEndpoints {
    static let all = [
        APIEndpoint(
            "GET", "/v1/secrets", .read,
            summary: "When and how often each secret proved a request or signed one, never the secret itself",
            takes: [.route, .subscriber], gives: [.json(.page(of: shape))], narrows: true, list)
    ]

    private static let shape = APIShape.named(
        "SecretUse",
        .object([
            .member("direction", .words(SecretDirection.allCases.map(\.text)), "in: it proves; out: it signs."),
            .member("route", .text()), .member("subscriber", .optional(.text())),
            .member("secret", .text(), "Which one: SECRET[1], SECRET:partner of a credential, own, gateway."),
            .member("source", .words(SecretInPlace.Source.allCases.map(\.rawValue))),
            .member("fingerprint", .text(), "The same for the same secret, wherever it stands in this gateway."),
            .member("since", .optional(.time), "Counted since then; null before its first use, where it is alone."),
            .member("uses", .count), .member("lastUsedAt", .optional(.time)),
            .member("state", .words(SecretAdvice.State.allCases.map(\.rawValue))),
            .member("advice", .text(), "What that says, for a person."),
        ]))

    private struct Key: Hashable {
        let direction: SecretDirection
        let owner: Int64
        let print: String
    }

    private static func list(_ request: APIRequest, _ desk: AdminDesk) throws(Problem) -> Response {
        let (route, subscriber) = (try request.text("route"), try request.text("subscriber"))
        _ = try desk.registry()
        let rows = try desk.read { reader throws(LedgerError) in try reader.secretUses() }
        let uses = Dictionary(rows.map { (Key(direction: $0.direction, owner: $0.owner, print: $0.print), $0) }) {
            first, _ in first
        }
        let now = desk.clock.wall()
        let secrets = desk.state.secrets().filter { one in
            request.holder.reaches(one.route) && (route == nil || one.route == route)
                && (subscriber == nil || one.subscriber == subscriber)
        }
        func row(_ one: SecretInPlace) -> SecretUseRow? {
            uses[Key(direction: one.direction, owner: one.owner, print: one.print)]
        }
        func use(_ one: SecretInPlace) -> SecretAdvice.Use {
            let row = row(one)
            return SecretAdvice.Use(
                label: one.label, since: row?.since ?? now, uses: row?.uses ?? 0, lastUsed: row?.lastUsed)
        }
        let groups = Dictionary(grouping: secrets) { Key(direction: $0.direction, owner: $0.owner, print: $0.group) }
        return Response(json: .ok) { json in
            json.object { json in
                json.key("data")
                json.array(of: secrets) { json, one in
                    let group = groups[Key(direction: one.direction, owner: one.owner, print: one.group)] ?? []
                    let others = group.filter { $0.print != one.print }.map(use)
                    write(one, use(one), since: row(one)?.since, beside: others, at: now, to: &json)
                }
                json.member("next", nil as String?)
            }
        }
    }

    private static func write(
        _ one: SecretInPlace, _ use: SecretAdvice.Use, since: WallTime?, beside others: [SecretAdvice.Use],
        at now: WallTime,
        to json: inout JSONWriter
    ) {
        let advice =
            one.direction == .inbound
            ? SecretAdvice(of: use, beside: others, at: now) : SecretAdvice(signing: use, beside: others, at: now)
        json.object { json in
            json.member("direction", one.direction.text)
            json.member("route", one.route)
            json.member("subscriber", one.subscriber)
            json.member("secret", one.label)
            json.member("source", one.source.rawValue)
            json.member("fingerprint", one.print)
            json.member("since", since)
            json.member("uses", use.uses)
            json.member("lastUsedAt", use.lastUsed)
            json.member("state", advice.state.rawValue)
            json.member("advice", advice.text)
        }
    }
}
