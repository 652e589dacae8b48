internal import Domain
internal import Wire

/// The API as OpenAPI 3.1 describes it (https://spec.openapis.org/oas/v3.1.1), made from the table. It holds nothing of this
/// gateway, so it needs no token: tools fetch it without.
enum OpenAPI {
    static let endpoints = [
        APIEndpoint(
            "GET", "/openapi.json", .anyone, summary: "This description", takes: [],
            gives: [.json(.map(of: .anything))]
        ) { _, _ in response }
    ]

    private static let response = Response(json: .ok) { write(AdminAPI.endpoints, to: &$0) }

    static func write(_ endpoints: [APIEndpoint], to json: inout JSONWriter) {
        json.object { json in
            json.member("openapi", "3.1.0")
            json.key("info")
            json.object { json in
                json.member("title", "Headgate")
                json.member("version", "1")
                json.member(
                    "description",
                    "The admin API. A request that changes something takes a JSON object; an unknown name is refused.")
            }
            json.key("security")
            json.array { json in
                json.object { json in
                    json.key("bearer")
                    json.array { _ in }
                }
            }
            json.key("paths")
            json.object { json in
                for path in paths(of: endpoints) {
                    json.key(path)
                    json.object { json in
                        for endpoint in endpoints where endpoint.path.text == path {
                            json.key(endpoint.method.lowercased())
                            endpoint.write(to: &json)
                        }
                    }
                }
            }
            json.key("components")
            json.object { writeComponents(of: endpoints, to: &$0) }
        }
    }

    /// Each once, in the order of the table.
    private static func paths(of endpoints: [APIEndpoint]) -> [String] {
        endpoints.map(\.path.text).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    private static func writeComponents(of endpoints: [APIEndpoint], to json: inout JSONWriter) {
        json.key("securitySchemes")
        json.object { json in
            json.key("bearer")
            json.object { json in
                json.member("type", "http")
                json.member("scheme", "bearer")
            }
        }
        var named: [String: APIShape] = [:]
        for endpoint in endpoints {
            for shape in (endpoint.takes ?? []).map(\.shape) + endpoint.gives.map(\.shape) { shape.collect(&named) }
        }
        APIShape.problem.collect(&named)
        RegistrationShapes.refusal.collect(&named)
        json.key("schemas")
        json.object { json in
            for (name, shape) in named.sorted(by: { $0.key < $1.key }) {
                json.key(name)
                shape.write(to: &json)
            }
        }
        json.key("responses")
        json.object { json in
            json.key("Problem")
            json.object { json in
                json.member("description", "Refused: problem details (RFC 9457). The detail says what to do.")
                json.content("application/problem+json", .problem)
            }
            json.key("WebhookRefusal")
            json.object { json in
                json.member("description", "Refused, in the envelope of these paths; by the parser, as elsewhere.")
                json.content(
                    [("application/json", RegistrationShapes.refusal), ("application/problem+json", .problem)])
            }
        }
    }
}

extension APIEndpoint {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("operationId", operationID)
            json.member("summary", summary)
            json.member("description", scopeWords)
            if permission == .anyone {
                json.key("security")
                json.array { _ in }
            }
            writeParameters(to: &json)
            if isChange { writeBody(to: &json) }
            json.key("responses")
            json.object { writeResponses(to: &$0) }
        }
    }

    /// `POST /v1/replays/{id}/cancel`: `postReplaysByIdCancel`.
    private var operationID: String {
        let words = path.text.split { !$0.isLetter && !$0.isNumber && $0 != "{" }.filter { $0 != "v1" }
        let names = words.map { word in
            word.hasPrefix("{") ? "By" + word.dropFirst().capitalized : word.capitalized
        }
        return method.lowercased() + names.joined()
    }

    private var scopeWords: String {
        switch permission {
        case .anyone: "Needs no token."
        case .register, .read, .operate, .admin:
            "Needs a token for \(permission.text)\(isForPartners ? " or register" : ""). "
                + (narrows
                    ? "One that is limited to routes sees and changes only what is of these."
                    : "One that is limited to routes is refused.")
        }
    }

    private func writeParameters(to json: inout JSONWriter) {
        let takes = takes ?? []
        let query = isChange ? [] : takes.filter { !path.names.contains($0.name) }
        guard !path.names.isEmpty || !query.isEmpty else { return }
        json.key("parameters")
        json.array { json in
            for name in path.names {
                let known = takes.first { $0.name == name } ?? APIParameter(name, .text(), "")
                json.object { known.write(in: "path", isRequired: true, to: &$0) }
            }
            for parameter in query {
                json.object { parameter.write(in: "query", isRequired: parameter.isRequired, to: &$0) }
            }
        }
    }

    private func writeBody(to json: inout JSONWriter) {
        let members = takes?.filter { !path.names.contains($0.name) }
        if let members, members.isEmpty { return }
        json.key("requestBody")
        json.object { json in
            // Of a document, which may be an empty object, and not be missing.
            json.member("required", readsDocument || members?.contains(where: \.isRequired) ?? false)
            json.content("application/json", members.map { .object($0) } ?? .map(of: .anything))
        }
    }

    private func writeResponses(to json: inout JSONWriter) {
        for answer in gives {
            json.key(String(answer.status.code))
            json.object { json in
                json.member("description", "\(answer.status.reason)")
                if let type = answer.type { json.content(type, answer.shape) }
            }
        }
        // What the parser refuses concerns every row.
        let all = Set(refusals.map(\.code) + Refusal.allCases.map(\.status.code)).subtracting(gives.map(\.status.code))
        let refusal = WebhookEnvelope.isItsPath(path.text) ? "WebhookRefusal" : "Problem"
        for code in all.sorted() {
            json.key(String(code))
            json.object { $0.member("$ref", "#/components/responses/\(refusal)") }
        }
    }
}

extension APIParameter {
    fileprivate func write(in place: String, isRequired: Bool, to json: inout JSONWriter) {
        json.member("name", name)
        json.member("in", place)
        if !meaning.isEmpty { json.member("description", meaning) }
        json.member("required", isRequired)
        json.key("schema")
        (repeats ? .list(of: shape) : shape).write(to: &json)
    }
}

extension JSONWriter {
    fileprivate mutating func content(_ type: String, _ shape: APIShape) { content([(type, shape)]) }

    fileprivate mutating func content(_ choices: [(type: String, shape: APIShape)]) {
        key("content")
        object { json in
            for (type, shape) in choices {
                json.key(type)
                json.object { json in
                    json.key("schema")
                    shape.write(to: &json)
                }
            }
        }
    }
}

extension StringProtocol {
    /// The first letter large, the others as they are.
    fileprivate var capitalized: String { prefix(1).uppercased() + dropFirst() }
}
