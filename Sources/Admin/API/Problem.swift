internal import Config
package import Wire

/// An error of the API: `application/problem+json` (RFC 9457). The detail says what to do next.
package struct Problem: Error, Sendable {
    package let status: Status
    package let detail: String
    /// Besides those that every answer has.
    var fields: [(name: String, value: String)] = []
    /// What is wrong with the body, and where in it.
    var errors: [Diagnostic] = []

    init(
        _ status: Status, _ detail: String, fields: [(name: String, value: String)] = [], errors: [Diagnostic] = []
    ) {
        self.status = status
        self.detail = detail
        self.fields = fields
        self.errors = errors
    }

    static func notFound(_ detail: String) -> Problem { Problem(.notFound, detail) }
    static func badRequest(_ detail: String) -> Problem { Problem(.badRequest, detail) }

    /// A body that cannot be used: the detail names the first error, `errors` all of them.
    static func badRequest(_ detail: String, errors: [Diagnostic]) -> Problem {
        let errors = errors.filter { $0.severity == .error }
        guard let first = errors.first else { return .badRequest(detail) }
        let place = first.path.isEmpty ? "" : "\(first.path): "
        return Problem(.badRequest, "\(place)\(first.problem); \(first.cure)", errors: errors)
    }

    var response: Response {
        Response(json: status, type: "application/problem+json", fields: fields) { json in
            json.object { json in
                json.member("type", "about:blank")
                json.member("title", "\(status.reason)")
                json.member("status", status.code)
                json.member("detail", detail)
                if !errors.isEmpty {
                    json.key("errors")
                    json.array(of: errors) { json, error in
                        json.object { json in
                            json.member("path", error.path)
                            json.member("problem", error.problem)
                            json.member("cure", error.cure)
                        }
                    }
                }
            }
        }
    }
}
