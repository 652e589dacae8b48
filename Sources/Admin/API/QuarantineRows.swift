internal import Domain
internal import Ledgers
internal import Net

extension APIShape {
    static let quarantineID = APIShape.formed("qtn_[0-9a-f][0-9a-hjkmnp-tv-z]{12}", like: "qtn_38fxvf8gt0000")
}

extension QuarantineRow {
    static let members: [APIParameter] = [
        .member("id", .quarantineID), .member("route", .text()), .member("receivedAt", .time),
        .member("source", .text()), .member("why", .text(), "The class of its refusal."), .member("method", .text()),
        .member("path", .text()), .member("bodyBytes", .optional(.count)),
        .member("bodyKept", .flag, "Without its body it cannot be released."),
    ]
    static let shape = APIShape.named("Refused", .object(members))

    func writeMembers(to json: inout JSONWriter) {
        json.member("id", id.text)
        json.member("route", route)
        json.member("receivedAt", receivedAt)
        json.member("source", source.text)
        json.member("why", reason)
        json.member("method", method)
        json.member("path", path)
        json.member("bodyBytes", bodyBytes)
        json.member("bodyKept", hasBody)
    }
}

extension QuarantineDetail {
    static let shape = APIShape.named(
        "RefusedDetail",
        .object(
            QuarantineRow.members + [
                .member("hasQuery", .flag, "It is not shown."),
                .member("credentials", .list(of: .text()), "Names of fields that are not shown."),
                .member("hiddenKept", .flag, "Query and these fields are kept, sealed with the ledger key."),
                .member("headers", .list(of: .list(of: .text()))), .member("body", .optional(.bytes)),
            ]))

    /// Of the query and of fields with a token only that there are some.
    func write(to json: inout JSONWriter, body part: BodyPart) {
        json.object { json in
            row.writeMembers(to: &json)
            json.member("hasQuery", hidden.hasQuery)
            json.key("credentials")
            json.array(of: hidden.fields) { json, name in json.string(name) }
            json.member("hiddenKept", hidden.box != nil)
            json.key("headers")
            json.array(of: HeaderText.pairs(request.headers)) { json, pair in
                json.array { json in
                    json.string(pair.name)
                    json.string(pair.value)
                }
            }
            json.key("body")
            if let body = request.body {
                json.body(Array(body.buffer), most: part.most)
            } else {
                json.null()
            }
        }
    }
}

extension Judgement {
    static let shape = APIShape.named(
        "Reverified",
        .object(
            QuarantineRow.members + [
                .member("verified", .flag),
                .member(
                    "now", .optional(.text()),
                    "Why it would be refused now; credentials-not-kept: what its verifier reads is kept with a ledger key alone."
                ),
                .member("providerEventId", .optional(.text())), .member("type", .optional(.text())),
            ]))

    func writeMembers(to json: inout JSONWriter) {
        switch self {
        case .genuine(let append):
            json.member("verified", true)
            json.member("now", nil as String?)
            json.member("providerEventId", append.event.providerID)
            json.member("type", append.event.type)
        case .refused(let reason):
            json.member("verified", false)
            json.member("now", reason)
            json.member("providerEventId", nil as String?)
            json.member("type", nil as String?)
        }
    }
}

extension ReleaseResult {
    static let shape = APIShape.named(
        "Release",
        .object([
            .member("id", .quarantineID),
            .member(
                "result", .words(["released", "duplicate", "refused", "left"]),
                "left: not looked at, because one order takes some 4 MiB of bodies; order it again."),
            .member("event", .optional(.eventID), "What it became, or repeats."),
            .member("why", .optional(.text()), "It stays, for this reason; gone: it is not there."),
        ]))

    func writeMembers(to json: inout JSONWriter, of id: QuarantineID) {
        let (result, event): (String, EventID?) =
            switch self {
            case .accepted(let event): ("released", event)
            case .duplicate(let event): ("duplicate", event)
            case .gone: ("refused", nil)
            }
        json.member("id", id.text)
        json.member("result", result)
        json.member("event", event?.text)
        json.member("why", event == nil ? "gone" : nil)
    }
}

extension ReleaseRow {
    static let shape = APIShape.object([
        .member("at", .time), .member("by", .text()), .member("reason", .text()), .member("action", .actionID),
    ])

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("at", at)
            json.member("by", actor)
            json.member("reason", reason)
            json.member("action", String(action))
        }
    }
}
