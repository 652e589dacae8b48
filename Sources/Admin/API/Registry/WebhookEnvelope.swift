internal import Domain
internal import Ledgers
internal import Wire

/// How Hurupay's API answers: every answer in one envelope, errors too.
enum WebhookEnvelope {
    static func response(
        _ status: Status, _ message: String, fields: [(name: String, value: String)] = [],
        data: ((inout JSONWriter) -> Void)? = nil
    ) -> Response {
        Response(json: status, fields: fields) { json in
            json.object { json in
                json.member("success", status.code < 400)
                json.member("message", message)
                if let data {
                    json.key("data")
                    data(&json)
                }
            }
        }
    }

    static func isItsPath(_ path: String) -> Bool {
        path == WebhookEndpoints.path || path.hasPrefix(WebhookEndpoints.path + "/")
    }
}

extension Problem {
    /// In the form that whoever asks at this path expects.
    func response(at path: String) -> Response {
        WebhookEnvelope.isItsPath(path) ? WebhookEnvelope.response(status, detail, fields: fields) : response
    }
}

extension Registration {
    /// `_id`, `partnerId`, `url`, `type`, `publicKey`, `status`.
    ///
    /// - Parameter secret: shown once.
    func writeWebhook(to json: inout JSONWriter, isActive: Bool, secret: String? = nil) {
        json.object { json in
            json.member("_id", id)
            json.member("partnerId", partner)
            json.member("url", url)
            json.member("type", type)
            json.member("publicKey", publicKey)
            json.member("status", isActive ? "active" : "disabled")
            if let secret { json.member("secret", secret) }
        }
    }
}
