internal import Crypto
internal import Domain
internal import Ledgers
internal import Net
internal import Routes

/// The file that proves what became of an event. Its form is described in Sources/Ledgers/EVIDENCE.md: whatever is changed
/// here is a new version.
extension Evidence {
    package static let format = "headgate-evidence/1"

    func write(to json: inout JSONWriter, note: String, publicKey: String) {
        json.object { json in
            json.member("format", Self.format)
            json.key("event")
            json.object { writeEvent(to: &$0) }
            json.key("deliveries")
            json.array(of: deliveries) { json, delivery in delivery.write(to: &json) }
            json.key("actions")
            json.array(of: actions) { json, action in json.object { action.writeWhole(to: &$0) } }
            json.key("notDeliveredTo")
            json.array(of: others) { $0.string($1) }
            json.key("batches")
            json.array(of: batches) { json, batch in json.object { batch.write(to: &$0) } }
            json.member("checkpoint", note)
            json.member("publicKey", publicKey)
        }
    }

    private func writeEvent(to json: inout JSONWriter) {
        let row = event.row
        json.member("id", row.id.text)
        json.member("route", row.route)
        json.member("receivedAt", row.receivedAt)
        json.member("source", row.source.text)
        json.member("providerEventId", evident: row.providerID)
        json.member("type", evident: row.type)
        json.member("verified", row.coverage.text)
        json.member("provenBy", row.provenBy)
        json.member("conflictsWith", row.conflictsWith?.text)
        json.member("headers", evident: event.headers)
        json.member("bodyBytes", bodyBytes)
        json.member("bodySha256", row.bodyDigest.hex)
        json.member("body", evident: row.removal == nil ? event.body : nil)
        json.key("redaction")
        if let redaction = row.removal?.redaction {
            json.object { json in
                json.member("at", redaction.at)
                json.member("actor", redaction.actor)
                json.member("reason", redaction.reason)
            }
        } else {
            json.null()
        }
        json.member("fanout", fanout)
    }
}

extension Evidence.Delivery {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("id", row.id.text)
            json.member("subscriber", row.subscriber)
            let url = SubscriberURL.shown(row.url)
            json.member("url", url)
            json.member("urlIsWhole", url == row.url)
            json.member("endpoint", endpoint.hex)
            json.member("state", row.state.text)
            json.member("closure", row.closure?.text)
            json.member("replayOf", row.replayOf?.text)
            json.member("madeBy", madeBy)
            json.key("attempts")
            json.array(of: attempts) { json, attempt in
                json.object { Self.write(attempt.row, attempt.previous, to: &$0) }
            }
        }
    }

    private static func write(_ row: AttemptRow, _ previous: Int64?, to json: inout JSONWriter) {
        let attempt = row.attempt
        json.member("id", row.id)
        json.member("number", attempt.number)
        json.member("previous", previous)
        json.member("startedAt", attempt.startedAt)
        json.member("tookMicroseconds", attempt.took.microseconds)
        json.member("outcome", attempt.outcome.text)
        json.member("status", attempt.status)
        json.member("resolvedMicroseconds", attempt.phases.resolved)
        json.member("connectedMicroseconds", attempt.phases.connected)
        json.member("securedMicroseconds", attempt.phases.secured)
        json.member("firstByteMicroseconds", attempt.phases.firstByte)
        json.member("address", attempt.address?.text)
        json.member("response", evident: attempt.response)
    }
}

extension ActionRecord {
    fileprivate func writeWhole(to json: inout JSONWriter) {
        json.member("id", id)
        json.member("at", at)
        json.member("action", kind.text)
        json.member("code", kind.rawValue)
        json.member("actor", actor)
        json.member("target", target)
        json.member("reason", reason)
        json.member("done", done)
        json.member("skipped", skipped)
        json.member("deliveries", Base64.encode(Array(deliveries.buffer)))
    }
}

extension BatchProof {
    fileprivate func write(to json: inout JSONWriter) {
        json.member("id", id)
        json.member("at", at)
        json.member("lastEvent", lastEvent.text)
        json.member("lastAttempt", lastAttempt)
        json.member("lastAction", lastAction)
        json.member("previous", previous.hex)
        json.member("leaves", Base64.encode(Array(leaves.buffer)))
        json.key("path")
        json.array(of: path) { $0.string($1.hex) }
    }
}

extension JSONWriter {
    /// Bytes as base 64; beside them the same as text, where they are text.
    fileprivate mutating func member(_ name: String, evident bytes: Bytes?) {
        key(name)
        guard let bytes else { return null() }
        let array = Array(bytes.buffer)
        object { json in
            json.member("base64", Base64.encode(array))
            let isShort = array.count <= Limits.bodyBytes
            json.member("text", isShort ? String(validating: array, as: UTF8.self) : nil)
        }
    }
}
