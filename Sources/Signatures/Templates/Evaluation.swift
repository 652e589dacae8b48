internal import Domain
internal import Wire

/// Takes a message piece by piece.
protocol ByteSink: ~Copyable {
    mutating func write(_ bytes: UnsafeRawBufferPointer)
}

/// A message joined, for algorithms that need it whole.
struct CollectedBytes: ByteSink {
    var bytes: [UInt8] = []
    mutating func write(_ bytes: UnsafeRawBufferPointer) { self.bytes.append(contentsOf: bytes) }
}

/// One request under verification: gives the value of each part in place, and reads JSON, query and form once.
struct Evaluation {
    let request: RequestView
    let source: IPAddress
    let publicURL: String?
    let now: WallTime

    private let finder: JSONFinder
    private var json: [JSONValue?]
    /// Of a body with many events, the one that paths with a `*` lead into.
    var element: Int?
    private var items: [JSONFinder.Item] = []
    private var jsonState = JSONState.unread
    private var query: [FormField]?
    private var form: [FormField]?
    /// The whole form for the filter `sorted`: several forms of a message may have it.
    private var sortedText: [UInt8]?
    /// Values of the parameters of the signature's field, by their places; set by whoever reads that field.
    var parameters: [SignatureParameter] = []
    /// Values that parameters point into.
    private var held: [Bytes] = []
    /// The key for the filter `hmac`.
    var filterKey: FilterKey?
    /// Values enter the text as JSON has them inside a string.
    var escapesJSON = false
    /// How much of its time window the request has used; 0 where there is none.
    var lateness = 0.0
    /// Keys that were fetched.
    var known = KnownKeys.none
    /// The first key that was missing.
    var wanted: KeyRequest?
    /// Bytes of one value.
    var valueLengthMost = Int.max

    private enum JSONState {
        case unread
        case read
        case failed(Verification.Refusal)
    }

    /// - Parameter json: memory of an earlier evaluation, used again.
    init(
        _ request: RequestView, from source: IPAddress, publicURL: String?, at now: WallTime, finder: JSONFinder,
        json: consuming [JSONValue?]
    ) {
        self.request = request
        self.source = source
        self.publicURL = publicURL
        self.now = now
        self.finder = finder
        self.json = json
    }

    consuming func takeMemory() -> [JSONValue?] { json }

    /// A part's value: bytes of the request in place, or bytes made from them.
    enum Value {
        case absent
        case inPlace(UnsafeRawBufferPointer)
        case made([UInt8])

        func withBytes<R>(_ body: (UnsafeRawBufferPointer?) -> R) -> R {
            switch self {
            case .absent: body(nil)
            case .inPlace(let bytes): body(bytes)
            case .made(let array): array.withUnsafeBytes { body($0) }
            }
        }

        var isAbsent: Bool { if case .absent = self { true } else { false } }

        var array: [UInt8]? { withBytes { $0.map { Array($0) } } }
    }

    mutating func value(of source: Source) throws(Verification.Refusal) -> Value {
        switch source {
        case .body: return .inPlace(request.body)
        case .method: return .inPlace(request.method)
        case .path: return .inPlace(request.path)
        case .url: return .made(try signedURL())
        case .header(let name):
            switch request.field(name) {
            case .none: return .absent
            case .unique(let bytes): return .inPlace(bytes)
            case .repeated: throw .repeatedField
            }
        case .query(let name): return try unique(queryFields().value(of: name))
        case .form(let name): return try unique(formFields().value(of: name))
        case .wholeForm: return .made(try sortedForm())
        case .json(let place): return try jsonValue(place)
        case .parameter(let place):
            guard place < parameters.count, let bytes = parameters[place].value else { return .absent }
            if parameters[place].isRepeated { throw .repeatedField }
            return .inPlace(bytes)
        case .listedHeaders(let place): return try listedHeaders(place)
        }
    }

    /// Keeps a made value at one address until the evaluation ends.
    mutating func hold(_ array: [UInt8]) -> UnsafeRawBufferPointer {
        let bytes = Bytes(array)
        held.append(bytes)
        return bytes.buffer
    }

    // MARK: Parts

    private mutating func jsonValue(_ place: Int) throws(Verification.Refusal) -> Value {
        try readJSON()
        guard finder.isEvery(place) else { return try value(json[place]) }
        guard let element else { return .absent }
        return try value(items.first { $0.place == place && $0.element == element }?.value)
    }

    /// The values of a path that leads to many, in the order of the body.
    mutating func values(ofJSON place: Int) throws(Verification.Refusal) -> [Value] {
        try readJSON()
        var values: [Value] = []
        for item in items where item.place == place { values.append(try value(item.value)) }
        return values
    }

    private mutating func readJSON() throws(Verification.Refusal) {
        switch jsonState {
        case .read: break
        case .failed(let refusal): throw refusal
        case .unread:
            do throws(JSONFailure) {
                try finder.find(in: request.body, into: &json, items: &items)
                jsonState = .read
            } catch {
                let refusal: Verification.Refusal = error == .duplicateKey ? .duplicateKey : .bodyMalformed
                jsonState = .failed(refusal)
                throw refusal
            }
        }
    }

    private func value(_ value: JSONValue?) throws(Verification.Refusal) -> Value {
        guard let value, value.kind != .null else { return .absent }
        let bytes = UnsafeRawBufferPointer(rebasing: request.body[value.range])
        guard value.kind == .escapedString else { return .inPlace(bytes) }
        guard let text = unescapedJSON(bytes) else { throw .fieldMalformed }
        return .made(text)
    }

    private mutating func queryFields() throws(Verification.Refusal) -> [FormField] {
        if let query { return query }
        guard let fields = request.query.map({ FormField.parse($0) }) ?? [] else { throw .fieldMalformed }
        query = fields
        return fields
    }

    private mutating func formFields() throws(Verification.Refusal) -> [FormField] {
        if let form { return form }
        guard let fields = FormField.parse(request.body) else { throw .bodyMalformed }
        form = fields
        return fields
    }

    private func unique(_ lookup: FormLookup) throws(Verification.Refusal) -> Value {
        switch lookup {
        case .none: return .absent
        case .unique(let value): return .made(value)
        case .repeated: throw .repeatedField
        }
    }

    /// The query is the received one, so that a provider may add parameters to what it was given.
    private func signedURL() throws(Verification.Refusal) -> [UInt8] {
        guard let publicURL else { throw .publicURLMissing }
        var url = Array(publicURL.utf8)
        guard let query = request.query, !query.isEmpty else { return url }
        if let mark = url.firstIndex(of: UInt8(ascii: "?")) { url.removeSubrange(mark...) }
        return url + [UInt8(ascii: "?")] + query
    }

    private mutating func sortedForm() throws(Verification.Refusal) -> [UInt8] {
        if let sortedText { return sortedText }
        let sorted = try formFields().sorted {
            $0.name == $1.name
                ? $0.value.lexicographicallyPrecedes($1.value) : $0.name.lexicographicallyPrecedes($1.name)
        }
        var text: [UInt8] = []
        for (place, field) in sorted.enumerated() where place == 0 || field != sorted[place - 1] {
            text += field.name
            text += field.value
        }
        sortedText = text
        return text
    }

    private mutating func listedHeaders(_ place: Int) throws(Verification.Refusal) -> Value {
        guard let list = try value(of: .parameter(place)).array else { return .absent }
        var values: [UInt8] = []
        let names = list.split(separator: UInt8(ascii: " "))
        guard names.count <= Limits.fieldCount else { throw .fieldMalformed }
        for (position, text) in names.enumerated() {
            guard let name = FieldName(String(decoding: text, as: UTF8.self)) else { throw .fieldMalformed }
            if position > 0 { values.append(UInt8(ascii: ".")) }
            switch request.field(name) {
            case .none: throw .fieldMissing
            case .unique(let bytes): values += bytes
            case .repeated: throw .repeatedField
            }
        }
        return .made(values)
    }
}

/// A parameter of the signature's field (`t=…`), in place.
struct SignatureParameter {
    var value: UnsafeRawBufferPointer?
    var isRepeated = false
}
