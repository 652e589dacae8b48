internal import Crypto
internal import Domain
internal import Wire

/// A sample on its way to being signed: parts that are missing are made up, timestamps are set to now.
struct ProviderDraft {
    var request: ProviderRequest
    private let finder: JSONFinder
    private let now: WallTime
    private let isSpoiled: Bool
    private(set) var hasSpoiled = false
    /// Of a body with many events, the one that is signed.
    var element: Int?
    /// Values of the signature's parameters.
    private var parameters: [String] = []

    init(_ request: ProviderRequest, jsonPaths: [JSONPath], now: WallTime, isSpoiled: Bool) {
        self.request = request
        finder = JSONFinder(jsonPaths)
        self.now = now
        self.isSpoiled = isSpoiled
    }

    typealias Problem = ProviderSigner.Problem

    /// Makes sure that every part of the first form is there.
    mutating func prepare(_ signed: SignedScheme) throws(Problem) {
        parameters = signed.place.parameterNames.map { _ in String(now.seconds) }
        let stamp = signed.window.map { $0.format.text(now) } ?? String(now.seconds)
        let timed = signed.window.map { Array($0.value.references.map(\.source)) } ?? []
        for source in timed { try set(source, to: stamp, what: "timestamp") }
        for segment in signed.forms[0].segments where !segment.isDroppable {
            for reference in segment.template.references where !timed.contains(reference.source) {
                try makeUp(reference)
            }
        }
        try satisfy(signed.guards)
    }

    mutating func satisfy(_ guards: [Guard]) throws(Problem) {
        for condition in guards {
            let isMet = evaluate { evaluation in (try? condition.check(&evaluation)) != nil }
            if isMet { continue }
            guard let value = condition.values.first else { continue }
            try set(condition.part.source, to: String(decoding: try text(value), as: UTF8.self), what: "guard")
        }
    }

    private mutating func makeUp(_ reference: Reference) throws(Problem) {
        guard !reference.isOptional, isAbsent(reference.source) else { return }
        switch reference.source {
        case .header, .query: try set(reference.source, to: "msg_" + randomText(), what: "")
        case .listedHeaders(let place):
            parameters[place] = "content-type"
            if case .none = evaluate({ $0.request.field("content-type") }) {
                request.setField("Content-Type", "application/json")
            }
        case .parameter: break
        case .json(let place):
            let path = finder.paths[place].components.map { String(decoding: $0, as: UTF8.self) }
            throw .lacks("JSON member \(path.joined(separator: "."))")
        case .form(let name): throw .lacks("form field \(name)")
        case .body, .method, .url, .path, .wholeForm: break
        }
    }

    private mutating func isAbsent(_ source: Source) -> Bool {
        if case .listedHeaders = source { return true }
        return evaluate { evaluation in (try? evaluation.value(of: source))?.isAbsent ?? true }
    }

    private mutating func set(_ source: Source, to value: String, what: String) throws(Problem) {
        switch source {
        case .header(let name): request.setField(name.text, value)
        case .query(let name): request.setQuery(name, value)
        case .form(let name): request.setForm(name, value)
        case .parameter(let place): parameters[place] = value
        case .json(let place):
            let path = finder.paths[place]
            let isSet =
                element.map { request.setJSON(path.element($0).path, value) } ?? request.setEveryJSON(path, value)
            guard isSet else { throw .lacks("JSON object for its \(what)") }
        case .body, .method, .url, .path, .wholeForm, .listedHeaders: break
        }
    }

    // MARK: Texts

    mutating func message(_ form: MessageForm) throws(Problem) -> [UInt8] {
        var collected = CollectedBytes()
        let scheme = form.segments
        let refusal: Verification.Refusal? = evaluate { evaluation in
            do throws(Verification.Refusal) {
                for segment in scheme {
                    if segment.isDroppable, try !evaluation.hasAllParts(of: segment.template) { continue }
                    try evaluation.write(segment.template, to: &collected)
                }
                return nil
            } catch { return error }
        }
        if let refusal { throw .lacks("part: \(refusal.explanation)") }
        return collected.bytes
    }

    private mutating func text(_ template: Template) throws(Problem) -> [UInt8] {
        guard let text = evaluate({ evaluation in try? evaluation.text(of: template) }) else {
            throw .lacks("part that a condition refers to")
        }
        return text
    }

    /// Claims that the verifier demands, and a life of five minutes.
    mutating func claims(_ rules: [ClaimRule]) throws(Problem) -> String {
        var claims = #""iat":\#(now.seconds),"exp":\#(now.seconds + 300),"jti":"\#(randomText())""#
        for rule in rules {
            guard let template = rule.values.first else { continue }
            let value = String(decoding: try text(template), as: UTF8.self)
            let isWord = value == "true" || value == "false"
            claims += ",\(quotedJSON(String(decoding: rule.name, as: UTF8.self))):\(isWord ? value : quotedJSON(value))"
        }
        return "{\(claims)}"
    }

    private mutating func evaluate<R>(_ body: (inout Evaluation) -> R) -> R {
        request.withView { view in
            var evaluation = Evaluation(
                view, from: .unspecified, publicURL: request.url, at: now, finder: finder, json: [])
            evaluation.element = element
            evaluation.parameters = parameters.map { SignatureParameter(value: evaluation.hold(Array($0.utf8))) }
            return body(&evaluation)
        }
    }

    private func randomText() -> String { (try? randomBytes(12)).map { Hex.encode($0) } ?? "0" }

    // MARK: Signatures

    /// How many elements a path leads to.
    func count(ofJSON place: Int) -> Int {
        let path = finder.paths[place]
        return (0...).first { request.find(path.element($0).itself) == nil } ?? 0
    }

    mutating func put(_ signature: [UInt8], _ place: SignaturePlace, keyID: [UInt8]?) throws(Problem) {
        var signature = signature
        spoil(&signature)
        let prefix = place.prefix.map { String(decoding: $0.text, as: UTF8.self) } ?? ""
        var value = prefix + place.encoding.encode(signature)
        if let pairing = place.pairing.map({ String(decoding: $0, as: UTF8.self) }) {
            let key: [UInt8] =
                switch place.pick {
                case .key(let name): name
                case .keyID: keyID ?? []
                case .everything: []
                }
            var pairs = zip(place.parameterNames, parameters).map { String(decoding: $0, as: UTF8.self) + pairing + $1 }
            pairs.append(String(decoding: key, as: UTF8.self) + pairing + value)
            value = pairs.joined(separator: place.separator.map { String(decoding: $0, as: UTF8.self) } ?? ",")
        }
        try put(value, prefix: nil, at: place.locations[0])
    }

    mutating func putCredential(_ secret: Secret, prefix: Prefix?, at location: Location) throws(Problem) {
        var bytes = secret.withBytes { Array($0) }
        spoilText(&bytes)
        try put(String(decoding: bytes, as: UTF8.self), prefix: prefix, at: location)
    }

    mutating func putBasic(_ pair: Secret) {
        var bytes = pair.withBytes { Array($0) }
        spoilText(&bytes)
        request.setField("Authorization", "Basic " + Base64.encode(bytes))
    }

    mutating func put(_ value: String, prefix: Prefix?, at location: Location) throws(Problem) {
        let value = (prefix.map { String(decoding: $0.text, as: UTF8.self) } ?? "") + value
        switch location {
        case .header(let name): request.setField(name.text, value)
        case .headers(let beginning): request.setField(String(decoding: beginning, as: UTF8.self) + "1", value)
        case .json(let place): try set(.json(place), to: value, what: "signature")
        case .form(let name): request.setForm(name, value)
        case .query(let name): request.setQuery(name, value)
        }
    }

    /// The last byte: of DER, the first ones are its frame.
    mutating func spoil(_ signature: inout [UInt8]) {
        guard isSpoiled, !signature.isEmpty else { return }
        signature[signature.count - 1] ^= 1
        hasSpoiled = true
    }

    private mutating func spoilText(_ text: inout [UInt8]) {
        guard isSpoiled, !text.isEmpty else { return }
        text[text.count - 1] = text[text.count - 1] == UInt8(ascii: "x") ? UInt8(ascii: "y") : UInt8(ascii: "x")
        hasSpoiled = true
    }
}
