internal import Domain
internal import Ledgers
internal import Net

extension QuarantineRow {
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
    /// Of the query and of fields with a token only that there are some.
    func write(to json: inout JSONWriter, body part: BodyPart) {
        json.object { json in
            row.writeMembers(to: &json)
            json.member("hasQuery", request.hidden.query != nil)
            json.key("credentials")
            json.array(of: HeaderText.pairs(request.hidden.credentials)) { json, pair in json.string(pair.name) }
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
    func writeMembers(to json: inout JSONWriter, of id: QuarantineID) {
        json.member("id", id.text)
        switch self {
        case .accepted(let event):
            json.member("result", "released")
            json.member("event", event.text)
        case .duplicate(let event):
            json.member("result", "duplicate")
            json.member("event", event.text)
        case .gone:
            json.member("result", "refused")
            json.member("why", "gone")
        }
    }
}

extension ReleaseRow {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("at", at)
            json.member("by", actor)
            json.member("reason", reason)
            json.member("action", String(action))
        }
    }
}
