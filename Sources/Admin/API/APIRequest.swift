internal import Config
internal import Domain
internal import Ledgers
internal import Net
internal import Wire

/// A request to the API, read out of its connection.
package struct APIRequest: Sendable {
    package let method: String
    package let path: String
    /// Who asks: of whoever has no token it means nothing, and no endpoint that asks for one is reached.
    var holder = Holder.root
    /// For the record.
    var actor: String { holder.name }
    private let query: [FormField]
    /// Of the body of a request that changes something, when it is flat.
    private var members: Result<[FormField], Problem> = .success([])
    /// Empty unless the asker is trusted.
    private let body: [UInt8]
    /// Of a change that counts only for this version.
    let ifMatch: String?
    /// Of a creation that may be repeated; as often as it was given.
    let idempotencyKeys: [String]
    /// Segments of the path, under the names of the endpoint's pattern.
    var segments: [String: String] = [:]

    /// - Parameter isTrusted: the asker has the token; nobody else's body is read.
    /// - Throws: when the query or the body cannot be read.
    init(_ request: RequestView, isTrusted: Bool) throws(Problem) {
        guard let query = FormField.parse(request.query ?? UnsafeRawBufferPointer(start: nil, count: 0), most: 64)
        else { throw .badRequest("the query cannot be read") }
        // HEAD is GET with the body left out, which is the connection's business (RFC 9110 section 9.3.2).
        let method = String(decoding: request.method, as: UTF8.self)
        self.method = method == "HEAD" ? "GET" : method
        path = String(decoding: request.path, as: UTF8.self)
        self.query = query
        body = isTrusted ? Array(request.body) : []
        if isTrusted, ["POST", "DELETE"].contains(method) {
            let body = request.body
            members = Result { () throws(Problem) in try Self.members(of: body) }
        }
        // Several fields of one list are one (RFC 9110 section 5.3): none of them may be passed over.
        let versions = Self.values(of: "if-match", in: request)
        ifMatch = versions.isEmpty ? nil : versions.joined(separator: ", ")
        idempotencyKeys = Self.values(of: "idempotency-key", in: request)
    }

    private static func values(of name: StaticString, in request: RequestView) -> [String] {
        var values: [String] = []
        request.forEachValue(of: name) { values.append(String(decoding: $0, as: UTF8.self)) }
        return values
    }

    /// Of an endpoint whose body is a document and no list of parameters.
    func withoutMembers() -> APIRequest {
        var request = self
        request.members = .success([])
        return request
    }

    /// The body as a JSON object; places in it are told as in a route file.
    func document() throws(Problem) -> ConfigNode {
        var diagnostics = Diagnostics()
        guard let document = JSON5.parse(body, file: "body", into: &diagnostics), !diagnostics.hasErrors else {
            let place = diagnostics.all.first.map { ": \($0.path.isEmpty ? "" : $0.path + ": ")\($0.problem)" } ?? ""
            throw .badRequest("the body is no JSON object" + (body.isEmpty ? ": it is empty" : place))
        }
        guard case .object = document.value else { throw .badRequest("the body is no JSON object") }
        return document
    }

    private func given() throws(Problem) -> [FormField] { query + (try members.get()) }

    /// A JSON object of scalars and lists of scalars: a list counts as one member given several times.
    private static func members(of body: UnsafeRawBufferPointer) throws(Problem) -> [FormField] {
        if body.isEmpty { return [] }
        var diagnostics = Diagnostics()
        guard let document = JSON5.parse(Array(body), file: "body", into: &diagnostics), !diagnostics.hasErrors,
            case .object(let members) = document.value
        else { throw .badRequest("the body is no JSON object") }
        var fields: [FormField] = []
        for member in members {
            var values = [member.value]
            // An empty list is given, and names nothing: as an empty text does.
            if case .array(let several) = member.value { values = several.isEmpty ? [.null] : several }
            for value in values {
                guard let text = value.scalar else {
                    throw .badRequest("\(member.key) is no string, number or list of them")
                }
                fields.append(FormField(name: Array(member.key.utf8), value: Array(text.utf8)))
            }
        }
        return fields
    }

    /// A request of this process to itself.
    package init(get path: String, query: [(name: String, value: String)] = []) {
        method = "GET"
        self.path = path
        self.query = query.map { FormField(name: Array($0.name.utf8), value: Array($0.value.utf8)) }
        (body, ifMatch, idempotencyKeys) = ([], nil, [])
    }

    /// The endpoint's pattern has a piece of this name.
    func segment(_ name: String) -> String { segments[name] ?? "" }

    // MARK: Query

    /// A misspelt filter that is ignored would show what was not asked for.
    func allowOnly(_ names: [String]) throws(Problem) {
        for field in try given() where !names.contains(String(decoding: field.name, as: UTF8.self)) {
            let name = String(decoding: field.name, as: UTF8.self)
            throw .badRequest("unknown parameter \(name); known here: \(names.joined(separator: ", "))")
        }
    }

    /// Nil when absent. A filter that is given without a value, by a script whose variable was not set, would otherwise
    /// widen what is asked for to everything.
    func text(_ name: String) throws(Problem) -> String? {
        let found = try texts(name)
        guard found.count < 2 else { throw .badRequest("\(name) is given twice") }
        return found.first
    }

    /// What was given under this name, however often; nothing of it is empty.
    func texts(_ name: String) throws(Problem) -> [String] {
        let found = try values(name)
        guard found.allSatisfy({ !$0.isEmpty }) else {
            throw .badRequest("\(name) is given, and empty; leave it out, or say which")
        }
        return found
    }

    private func values(_ name: String) throws(Problem) -> [String] {
        try given().filter { $0.name.elementsEqual(name.utf8) }.map { String(decoding: $0.value, as: UTF8.self) }
    }

    /// Why something is done, in a few words; empty when none are given.
    func reason() throws(Problem) -> String {
        let found = try values("reason")
        guard found.count < 2 else { throw .badRequest("reason is given twice") }
        let text = found.first ?? ""
        guard text.utf8.count <= Limits.reasonBytes else {
            throw .badRequest("reason is longer than \(Limits.reasonBytes) bytes")
        }
        return text
    }

    func rate(_ name: String, standard: Rate) throws(Problem) -> Rate {
        guard let text = try text(name) else { return standard }
        guard let rate = Quantity.rate(text) else { throw .badRequest("\(name) is a rate such as 20/s or 600/m") }
        return rate
    }

    func number(_ name: String, in range: ClosedRange<Int>, standard: Int) throws(Problem) -> Int {
        guard let text = try text(name) else { return standard }
        guard let number = Int(text), range.contains(number) else {
            throw .badRequest("\(name) is a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// RFC 3339, or seconds since 1970.
    func time(_ name: String) throws(Problem) -> WallTime? {
        guard let text = try text(name) else { return nil }
        guard let time = WallTime(rfc3339: text) ?? Int64(text).flatMap({ WallTime(unix: $0) }) else {
            throw .badRequest("\(name) is a time such as 2026-01-31T09:30:00Z, or seconds since 1970")
        }
        return time
    }

    /// An address or a range of them.
    func range(_ name: String) throws(Problem) -> IPRange? {
        guard let text = try text(name) else { return nil }
        guard let range = IPRange(text: text) else {
            throw .badRequest("\(name) is an address or a range such as 203.0.113.0/24")
        }
        return range
    }

    /// What is looked for in headers and bodies.
    func pattern(_ name: String) throws(Problem) -> TextPattern? {
        guard let text = try text(name) else { return nil }
        guard let pattern = TextPattern(text) else {
            throw .badRequest("\(name) is longer than \(Limits.searchTextBytes) bytes")
        }
        return pattern
    }

    func word<Word: CaseIterable>(_ name: String, _ text: (Word) -> String) throws(Problem) -> Word? {
        guard let found = try self.text(name) else { return nil }
        guard let word = Word.allCases.first(where: { text($0) == found }) else {
            throw .badRequest("\(name) is one of " + Word.allCases.map(text).joined(separator: ", "))
        }
        return word
    }
}

extension ConfigValue {
    /// As text; empty for null. Nil for lists and objects.
    fileprivate var scalar: String? {
        switch self {
        case .null: ""
        case .bool(let value): value ? "true" : "false"
        case .number(let text), .string(let text): text
        case .array, .object: nil
        }
    }
}
