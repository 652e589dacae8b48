internal import Config
internal import Crypto
internal import Domain
internal import Wire

extension SpecReader {
    private static let signedKeys = [
        "type", "key", "signature", "message", "timestamp", "require", "requireGiven",
    ]

    mutating func mac(_ node: ConfigNode) -> Scheme? {
        guard node.object(keys: Self.signedKeys + ["hash", "each"], into: &diagnostics) != nil else { return nil }
        let hash = hash(node)
        let keys = secretKeys(node)
        takesMany = node["each"] != nil
        defer { takesMany = false }
        let before = jsonPaths.count
        let place = node["each"].flatMap { elementsPlace($0) }
        guard var signed = signed(node), let hash, !keys.isEmpty, (place == nil) == (node["each"] == nil) else {
            return nil
        }
        if let place {
            let elements = jsonPaths[place]
            guard jsonPaths[before...].allSatisfy({ !$0.isEvery || $0.isInside(elements) }) else {
                return wrong(
                    node, "leads into other elements than each names", cure: "write each of them with its path")
            }
            signed.each = place
        }
        if signed.place.pick == .keyID, keys.contains(where: { $0.id == nil }) {
            return wrong(node, "picks the signature by the key's id, but a key has none", cure: "give each key an id")
        }
        return .mac(hash, keys: keys, signed)
    }

    /// `json:items.*`: the elements that are signed one by one.
    private mutating func elementsPlace(_ node: ConfigNode) -> Int? {
        guard let location = location(node, node) else { return nil }
        guard case .json(let place) = location, jsonPaths[place].isEvery, jsonPaths[place].elements == jsonPaths[place]
        else { return wrong(node, "names no elements", cure: "write the path to them: json:items.*") }
        return place
    }

    mutating func digest(_ node: ConfigNode) -> Scheme? {
        guard node.object(keys: Self.signedKeys + ["hash"], into: &diagnostics) != nil else { return nil }
        let hash = hash(node)
        guard let signed = signed(node), let hash else { return nil }
        let hasSecret = signed.forms.allSatisfy { form in
            form.segments.contains { segment in
                !segment.isDroppable
                    && segment.template.parts.contains { if case .secret = $0 { true } else { false } }
            }
        }
        guard hasSecret else {
            return wrong(
                node["message"] ?? node, "has no secret in it: anybody could make this digest",
                cure: "put {secret:NAME} where the provider puts it, or use type: \"hmac\"")
        }
        return .digest(hash, signed)
    }

    mutating func signature(_ node: ConfigNode) -> Scheme? {
        guard node.object(keys: Self.signedKeys + ["algorithm"], into: &diagnostics) != nil else { return nil }
        guard let algorithmNode = node["algorithm"] else {
            return wrong(
                node, "has no algorithm",
                cure: "write one of \(SignatureAlgorithm.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        let algorithm = algorithmNode.choice(SignatureAlgorithm.self, into: &diagnostics)
        let signed = signed(node)
        guard let algorithm else { return nil }
        let keys = publicKeys(node, for: algorithm)
        guard var signed, !keys.isEmpty || keySource != nil else { return nil }
        signed.source = keySource
        if signed.place.pick == .keyID {
            return wrong(node, "public keys have no ids", cure: "write pick with the name of the signature")
        }
        return .signature(algorithm, keys: keys, signed)
    }

    mutating func token(_ node: ConfigNode) -> Scheme? {
        guard node.object(keys: ["type", "in", "prefix", "key", "require"], into: &diagnostics) != nil else {
            return nil
        }
        takesMany = true
        let location = location(node["in"], node)
        takesMany = false
        let prefix = prefix(node)
        let guards = guards(node["require"])
        let keys = secretKeys(node)
        guard let location, !keys.isEmpty else { return nil }
        var elements: Int?
        if case .json(let place) = location, jsonPaths[place].isEvery {
            takesMany = true
            elements = jsonPlace(jsonPaths[place].elements, node)
            takesMany = false
        }
        if case .headers = location {
            return wrong(node, "a token stands in one field", cure: "write in: \"header:NAME\" without a star")
        }
        return .token(
            TokenScheme(location: location, prefix: prefix, keys: keys, guards: guards, elements: elements))
    }

    mutating func basic(_ node: ConfigNode) -> Scheme? {
        guard node.object(keys: ["type", "users", "require"], into: &diagnostics) != nil else { return nil }
        guard let users = node["users"] else {
            return wrong(node, "has no users", cure: "write users: [\"{secret:USER}:{secret:PASSWORD}\"]")
        }
        let guards = guards(node["require"])
        var pairs: [LabelledSecret] = []
        for element in users.elements {
            for choice in templates(element, .secrets) {
                warnOfLiteral(choice, element)
                let bytes = Self.bytes(choice.template)
                guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), colon < bytes.count - 1 else {
                    diagnostics.report(
                        element.error("has no password", cure: "write \"{secret:USER}:{secret:PASSWORD}\""))
                    continue
                }
                pairs.append(LabelledSecret(label: choice.label, secret: Secret(bytes)))
            }
        }
        guard !pairs.isEmpty else { return nil }
        return .basic(users: pairs, guards: guards)
    }

    // MARK: Parts

    private mutating func hash(_ node: ConfigNode) -> HashAlgorithm? {
        guard let hash = node["hash"] else {
            return wrong(
                node, "has no hash",
                cure: "write one of \(HashAlgorithm.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return hash.choice(HashAlgorithm.self, into: &diagnostics)
    }

    private mutating func signed(_ node: ConfigNode) -> SignedScheme? {
        let guards = guards(node["require"]) + givenGuards(node["requireGiven"])
        let window = window(node["timestamp"])
        guard let message = node["message"] else {
            return wrong(node, "has no message", cure: "write what is signed: message: \"{body}\"")
        }
        let forms = forms(message).map { $0.covering(guards) }
        // Last: the message and the timestamp name the parameters that the signature's field must give.
        guard let signature = node["signature"] else {
            return wrong(node, "has no signature", cure: "write signature: { in: \"header:NAME\", encoding: \"hex\" }")
        }
        guard let place = place(signature), !forms.isEmpty else { return nil }
        if node["timestamp"] != nil, window == nil { return nil }
        return SignedScheme(place: place, forms: forms, window: window, guards: guards)
    }

    private mutating func place(_ node: ConfigNode) -> SignaturePlace? {
        let keys = ["in", "prefix", "prefixOptional", "split", "kv", "pick", "encoding", "repeated"]
        guard node.object(keys: keys, into: &diagnostics) != nil else { return nil }
        guard let locationNode = node["in"] else {
            return wrong(node, "has no in", cure: "write in: \"header:NAME\"")
        }
        let locations = locationNode.elements.compactMap { location($0, node) }
        let prefix = prefix(node)
        let split = node["split"].flatMap { $0.nonEmptyString(into: &diagnostics) }
        let kv = node["kv"].flatMap { $0.nonEmptyString(into: &diagnostics) }
        let pickText = node["pick"].flatMap { $0.nonEmptyString(into: &diagnostics) }
        guard let encodingNode = node["encoding"] else {
            return wrong(
                node, "has no encoding",
                cure: "write one of \(SignaturePlace.Encoding.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        let encoding = encodingNode.choice(SignaturePlace.Encoding.self, into: &diagnostics)
        let isRepeatable = node["repeated"].flatMap { $0.bool(into: &diagnostics) } ?? false
        if (kv == nil) != (pickText == nil) || kv != nil && split == nil || kv == nil && !parameterNames.isEmpty {
            return wrong(
                node, "lists of key and value need split, kv and pick",
                cure: "for t=…,v1=… write split: \",\", kv: \"=\", pick: \"v1\"")
        }
        guard let encoding, !locations.isEmpty else { return nil }
        let pick: SignaturePlace.Pick =
            switch pickText {
            case nil: .everything
            case "{key:id}": .keyID
            case let text?: .key(Array(text.utf8))
            }
        return SignaturePlace(
            locations: locations, prefix: prefix, separator: split.map { Array($0.utf8) },
            pairing: kv.map { Array($0.utf8) }, pick: pick, encoding: encoding, parameterNames: parameterNames,
            isRepeatable: isRepeatable)
    }

    mutating func prefix(_ node: ConfigNode) -> Prefix? {
        let isOptional = node["prefixOptional"].flatMap { $0.bool(into: &diagnostics) } ?? false
        return node["prefix"].flatMap { $0.nonEmptyString(into: &diagnostics) }.map {
            Prefix(text: Array($0.utf8), isOptional: isOptional)
        }
    }

    mutating func location(_ node: ConfigNode?, _ parent: ConfigNode) -> Location? {
        let cure = "write header:NAME, json:PATH, form:NAME or query:NAME"
        guard let node else { return wrong(parent, "has no in", cure: cure) }
        guard let text = node.nonEmptyString(into: &diagnostics) else { return nil }
        let colon = text.firstIndex(of: ":") ?? text.endIndex
        let argument = String(text[colon...].dropFirst())
        guard !argument.isEmpty else { return wrong(node, "\(quoted(text)) names no place", cure: cure) }
        switch text[..<colon] {
        case "header" where argument.hasSuffix("*"):
            guard let beginning = FieldName(argument.dropLast()) else {
                return wrong(node, "\(quoted(argument)) is no beginning of a header's name", cure: cure)
            }
            return .headers(beginning: Array(beginning.text.utf8))
        case "header":
            guard let name = FieldName(argument) else {
                return wrong(node, "\(quoted(argument)) is no name of a header", cure: cure)
            }
            return .header(name)
        case "json": return jsonPlace(argument, node).map(Location.json)
        case "form": return .form(argument)
        case "query":
            readsQuery = true
            return .query(argument)
        default: return wrong(node, "\(quoted(text)) names no place", cure: cure)
        }
    }
}
