internal import Crypto
internal import Domain
internal import Wire

/// Where signatures stand in a request, and how they are spelled there.
struct SignaturePlace: Sendable {
    let locations: [Location]
    let prefix: Prefix?
    /// Several signatures in one field, separated by this.
    let separator: [UInt8]?
    /// Each of them is `key<this>value`.
    let pairing: [UInt8]?
    let pick: Pick
    let encoding: Encoding
    /// Names of the other pairs that the message or the timestamp refers to.
    let parameterNames: [[UInt8]]
    /// Whether the field may stand in the request more than once.
    let isRepeatable: Bool

    enum Pick: Sendable, Equatable {
        case everything
        case key([UInt8])
        /// The id of the key that is tried.
        case keyID
    }

    enum Encoding: String, Sendable, CaseIterable {
        /// In any case: text of other case has the same bytes.
        case hex
        case base64
        case base64URL = "base64url"
        case base64Lenient = "base64-lenient"

        func decode(_ text: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) -> Int? {
            switch self {
            case .hex: Hex.decode(text, into: target)
            case .base64: Base64.decode(text, .canonical, into: target)
            case .base64URL: Base64.decode(text, .url, into: target)
            case .base64Lenient: Base64.decode(text, .lenient, into: target)
            }
        }

        func encode(_ bytes: [UInt8]) -> String {
            switch self {
            case .hex: Hex.encode(bytes)
            case .base64, .base64Lenient: Base64.encode(bytes)
            case .base64URL: Base64.encode(bytes, url: true)
            }
        }
    }

    /// Reads all candidates and, into the evaluation, the parameters.
    ///
    /// - Parameter keyID: of the key that is tried, where `pick` asks for it.
    func read(
        _ evaluation: inout Evaluation, keyID: [UInt8]?, into candidates: Candidates
    ) throws(Verification.Refusal) {
        candidates.clear()
        evaluation.clearParameters(parameterNames.count)
        for location in locations {
            try evaluation.forEachValue(at: location, repeatable: isRepeatable) {
                (value, evaluation) throws(Verification.Refusal) in
                guard value.count <= Limits.signatureFieldBytes else { throw .signatureTooLong }
                try read(value, &evaluation, keyID, candidates)
            }
        }
        if candidates.met == 0 { throw .signatureMissing }
    }

    private func read(
        _ value: UnsafeRawBufferPointer, _ evaluation: inout Evaluation, _ keyID: [UInt8]?, _ candidates: Candidates
    ) throws(Verification.Refusal) {
        guard let separator else { return try readOne(value, &evaluation, keyID, candidates) }
        var rest = value[...]
        while true {
            let end = firstOccurrence(of: separator, in: rest)
            let piece = trimmed(UnsafeRawBufferPointer(rebasing: rest[..<(end ?? rest.endIndex)]))
            if !piece.isEmpty { try readOne(piece, &evaluation, keyID, candidates) }
            guard let end else { return }
            rest = rest[(end + separator.count)...]
        }
    }

    private func readOne(
        _ piece: UnsafeRawBufferPointer, _ evaluation: inout Evaluation, _ keyID: [UInt8]?, _ candidates: Candidates
    ) throws(Verification.Refusal) {
        guard let pairing else { return try add(piece, candidates) }
        guard let middle = firstOccurrence(of: pairing, in: piece[...]) else { return }
        let key = UnsafeRawBufferPointer(rebasing: piece[..<middle])
        let value = UnsafeRawBufferPointer(rebasing: piece[(middle + pairing.count)...])
        for (place, name) in parameterNames.enumerated() where key.elementsEqual(name) {
            evaluation.setParameter(place, value)
        }
        let isPicked =
            switch pick {
            case .everything: true
            case .key(let wanted): key.elementsEqual(wanted)
            case .keyID: keyID.map { key.elementsEqual($0) } ?? false
            }
        if isPicked { try add(value, candidates) }
    }

    private func add(_ text: UnsafeRawBufferPointer, _ candidates: Candidates) throws(Verification.Refusal) {
        try candidates.add(prefix.map { $0.strip(text) } ?? text, encoding)
    }

    private func firstOccurrence(of wanted: [UInt8], in text: Slice<UnsafeRawBufferPointer>) -> Int? {
        guard let first = wanted.first, text.count >= wanted.count else { return nil }
        for place in text.startIndex...(text.endIndex - wanted.count)
        where text[place] == first && text[place..<place + wanted.count].elementsEqual(wanted) {
            return place
        }
        return nil
    }

    private func trimmed(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var slice = text[...]
        while let first = slice.first, first == 0x20 || first == 0x09 { slice = slice.dropFirst() }
        while let last = slice.last, last == 0x20 || last == 0x09 { slice = slice.dropLast() }
        return UnsafeRawBufferPointer(rebasing: slice)
    }
}

extension Evaluation {
    mutating func clearParameters(_ count: Int) {
        if parameters.count == count, count == 0 { return }
        parameters.removeAll(keepingCapacity: true)
        for _ in 0..<count { parameters.append(SignatureParameter()) }
    }

    mutating func setParameter(_ place: Int, _ value: UnsafeRawBufferPointer) {
        if parameters[place].value != nil { parameters[place].isRepeated = true }
        parameters[place].value = value
    }

    /// The value at a location, or the values of several fields; none when it is absent.
    mutating func forEachValue(
        at location: Location, repeatable: Bool = false,
        _ body: (UnsafeRawBufferPointer, inout Evaluation) throws(Verification.Refusal) -> Void
    ) throws(Verification.Refusal) {
        switch location {
        case .header(let name):
            if !repeatable {
                switch request.field(name) {
                case .none: return
                case .repeated: throw .repeatedField
                case .unique(let value): return try body(value, &self)
                }
            }
            try forEachField(where: { $0.text == name.text }, body)
        case .headers(let beginning):
            try forEachField(where: { $0.text.utf8.starts(with: beginning) }, body)
        case .json(let place): try held(.json(place), body)
        case .form(let name): try held(.form(name), body)
        case .query(let name): try held(.query(name), body)
        }
    }

    private mutating func forEachField(
        where matches: (FieldName) -> Bool,
        _ body: (UnsafeRawBufferPointer, inout Evaluation) throws(Verification.Refusal) -> Void
    ) throws(Verification.Refusal) {
        for field in request.head.fields {
            guard let name = FieldName(String(decoding: request[field.name], as: UTF8.self)), matches(name) else {
                continue
            }
            try body(request[field.value], &self)
        }
    }

    private mutating func held(
        _ source: Source, _ body: (UnsafeRawBufferPointer, inout Evaluation) throws(Verification.Refusal) -> Void
    ) throws(Verification.Refusal) {
        switch try value(of: source) {
        case .absent: return
        case .inPlace(let bytes): try body(bytes, &self)
        case .made(let array): try body(hold(array), &self)
        }
    }
}
