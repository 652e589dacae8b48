package import Wire

/// An error of the API: `application/problem+json` (RFC 9457). The detail says what to do next.
package struct Problem: Error, Sendable {
    package let status: Status
    package let detail: String
    /// Besides those that every answer has.
    var fields: [(name: String, value: String)] = []

    init(_ status: Status, _ detail: String, fields: [(name: String, value: String)] = []) {
        self.status = status
        self.detail = detail
        self.fields = fields
    }

    static func notFound(_ detail: String) -> Problem { Problem(.notFound, detail) }
    static func badRequest(_ detail: String) -> Problem { Problem(.badRequest, detail) }

    var response: Response {
        Response(json: status, type: "application/problem+json", fields: fields) { json in
            json.object { json in
                json.member("type", "about:blank")
                json.member("title", "\(status.reason)")
                json.member("status", status.code)
                json.member("detail", detail)
            }
        }
    }
}
