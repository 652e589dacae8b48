internal import Config
internal import Domain
internal import Ledgers
internal import Routes
internal import Wire

/// A registered subscriber as it is shown: of what may be secret, only that it is there.
struct Shown {
    private let registration: Registration
    private let definition: SubscriberDefinition
    private let paused: String?

    init(_ registration: Registration, _ definition: SubscriberDefinition, paused: String?) {
        (self.registration, self.definition, self.paused) = (registration, definition, paused)
    }

    /// - Parameter secret: that was made for it, in the answer to its creation alone.
    func response(_ status: Status, secret: String? = nil, beside row: SubscriberRow? = nil) -> Response {
        Response(json: status, fields: [(name: "ETag", value: registration.tag)]) { json in
            json.object { json in
                json.member("id", registration.id)
                json.member("route", registration.route)
                json.member("name", registration.name)
                json.member("url", SubscriberURL.shown(registration.url))
                json.member("source", "api")
                if let type = registration.type { json.member("type", type) }
                for member in definition.clear
                where ![SubscriberDefinition.generated, SubscriberDefinition.unsigned, "secret"].contains(member.key) {
                    json.key(member.key)
                    json.value(member.value)
                }
                write(secrets: &json)
                json.member("paused", paused)
                json.member("partner", registration.partner)
                json.member("version", registration.version)
                json.member("createdAt", registration.createdAt)
                json.member("changedAt", registration.changedAt)
                if let secret { json.member("secret", secret) }
                row?.writeCounts(to: &json)
            }
        }
    }

    private func write(secrets json: inout JSONWriter) {
        var secrets = 0
        switch definition["secret"] {
        case .array(let several)?: secrets = several.count
        case .null?, nil: break
        default: secrets = 1
        }
        json.member("ownSecrets", secrets)
        if case .object(let headers)? = definition["headers"] {
            json.key("headers")
            json.array(of: headers) { $0.string($1.key) }
        }
        if case .object(let auth)? = definition["auth"] { json.member("auth", auth.first?.key) }
        if definition[SubscriberDefinition.unsigned] == nil, case .object(let sign)? = definition["sign"],
            case .string(let form)? = sign.first(where: { $0.key == "as" })?.value
        {
            json.member("sign", form)
        }
    }
}

extension Registration {
    /// RFC 9110 section 8.8.3.
    var tag: String { "\"\(version)\"" }
}
