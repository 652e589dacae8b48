internal import Crypto
internal import Domain
internal import Ledgers
internal import Wire

extension RouteCredential {
    private static let members: [APIParameter] = [
        .member("id", .text()), .member("route", .text()), .member("name", .tokenName),
        .member("secretNames", .list(of: .text()), "Which of the route's secrets it has."),
        .member("generated", .flag, "They were made here."), .member("state", .words(State.allCases.map(\.rawValue))),
        .member("notBefore", .optional(.time)), .member("notAfter", .optional(.time)),
        .member("overlapUntil", .optional(.time), "Until then its old secrets count too; null when none do."),
        .member("version", .count), .member("createdAt", .time), .member("createdBy", .text()),
        .member("changedAt", .time),
    ]

    static let shape = APIShape.named("Credential", .object(members))
    static let madeShape = APIShape.named(
        "MadeCredential",
        .object(members + [.init("secrets", .map(of: .text()), "Those that were made here, by name: shown this once.")])
    )

    /// - Parameter made: its secrets, in the answer that follows their making alone.
    func response(_ status: Status, made: [String: Secret]? = nil, at now: WallTime) -> Response {
        Response(json: status, fields: [(name: "ETag", value: "\"\(version)\"")]) { json in
            json.object { json in
                write(to: &json, at: now)
                guard let made else { return }
                json.key("secrets")
                json.object { json in
                    for (name, secret) in made.sorted(by: { $0.key < $1.key }) {
                        json.member(name, secret.withBytes { String(decoding: $0, as: UTF8.self) })
                    }
                }
            }
        }
    }

    func write(to json: inout JSONWriter, at now: WallTime) {
        json.member("id", id)
        json.member("route", route)
        json.member("name", name)
        json.key("secretNames")
        json.array(of: secretNames) { $0.string($1) }
        json.member("generated", isGenerated)
        json.member("state", state(at: now).rawValue)
        json.member("notBefore", notBefore)
        json.member("notAfter", notAfter)
        json.member("overlapUntil", hasOverlap(at: now) ? replaced?.until : nil)
        json.member("version", version)
        json.member("createdAt", createdAt)
        json.member("createdBy", createdBy)
        json.member("changedAt", changedAt)
    }
}
