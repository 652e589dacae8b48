/// Shapes as JSON Schema (draft 2020-12).
extension APIShape {
    func write(to json: inout JSONWriter) {
        if case .named(let name, _) = self {
            json.object { $0.member("$ref", "#/components/schemas/\(name)") }
        } else {
            json.object { writeMembers(to: &$0) }
        }
    }

    private func writeMembers(to json: inout JSONWriter) {
        switch self {
        case .text(let most):
            json.member("type", "string")
            if let most { json.member("maxLength", most) }
        case .formed(let pattern, let example):
            json.member("type", "string")
            json.member("pattern", "^(?:\(pattern))$")
            json.key("examples")
            json.array { $0.string(example) }
        case .time:
            json.member("type", "string")
            json.member("format", "date-time")
        case .integer(let range):
            json.member("type", "integer")
            json.member("minimum", range.lowerBound)
            json.member("maximum", range.upperBound)
        case .count:
            json.member("type", "integer")
            json.member("minimum", 0)
        case .number: json.member("type", "number")
        case .flag: json.member("type", "boolean")
        case .words(let words):
            json.member("type", "string")
            json.key("enum")
            json.array(of: words) { $0.string($1) }
        case .list(let element, let most):
            json.member("type", "array")
            json.key("items")
            element.write(to: &json)
            if let most { json.member("maxItems", most) }
        case .object(let members): Self.write(members, to: &json)
        case .map(let value):
            json.member("type", "object")
            json.key("additionalProperties")
            value.write(to: &json)
        case .optional(let shape):
            json.key("anyOf")
            json.array { json in
                shape.write(to: &json)
                json.object { $0.member("type", "null") }
            }
        case .named(_, let shape): shape.writeMembers(to: &json)
        case .anything: break
        }
    }

    private static func write(_ members: [APIParameter], to json: inout JSONWriter) {
        json.member("type", "object")
        json.key("properties")
        json.object { json in
            for member in members {
                json.key(member.name)
                member.writeSchema(to: &json)
            }
        }
        let required = members.filter(\.isRequired)
        if !required.isEmpty {
            json.key("required")
            json.array(of: required) { $0.string($1.name) }
        }
        json.member("additionalProperties", false)
    }

    /// The shapes that are described once, with those inside them.
    func collect(_ named: inout [String: APIShape]) {
        switch self {
        case .named(let name, let shape):
            named[name] = shape
            shape.collect(&named)
        case .list(let shape, _), .map(let shape), .optional(let shape): shape.collect(&named)
        case .object(let members): for member in members { member.shape.collect(&named) }
        case .text, .formed, .time, .integer, .count, .number, .flag, .words, .anything: break
        }
    }
}

extension APIParameter {
    /// As a member of an object. A `$ref` may stand beside other words (OpenAPI 3.1).
    fileprivate func writeSchema(to json: inout JSONWriter) {
        if !repeats, meaning.isEmpty { return shape.write(to: &json) }
        json.object { json in
            if !meaning.isEmpty { json.member("description", meaning) }
            json.key(repeats ? "anyOf" : "allOf")
            json.array { json in
                shape.write(to: &json)
                if repeats { APIShape.list(of: shape).write(to: &json) }
            }
        }
    }
}
