internal import Config
internal import Crypto
internal import Domain
internal import Ledgers
internal import Net

/// Members of a file of evidence: each must be there and in its one spelling.
struct EvidenceReader: Sendable {
    private let node: ConfigNode

    init(_ node: ConfigNode) { self.node = node }

    var path: String { node.path }

    private func flaw(_ key: String, _ wanted: String) -> EvidenceFlaw {
        EvidenceFlaw("\(path.isEmpty ? "" : path + ".")\(key): it is no \(wanted)")
    }

    private func member<Value>(_ key: String, _ wanted: String, _ read: (ConfigValue) -> Value?) throws -> Value {
        guard let value = try memberIfAny(key, wanted, read) else { throw flaw(key, wanted) }
        return value
    }

    private func memberIfAny<Value>(_ key: String, _ wanted: String, _ read: (ConfigValue) -> Value?) throws -> Value? {
        guard case .object(let members) = node.value, members.count(where: { $0.key == key }) == 1,
            let value = node[key]?.value
        else { throw flaw(key, wanted) }
        if case .null = value { return nil }
        guard let found = read(value) else { throw flaw(key, wanted) }
        return found
    }

    func text(_ key: String) throws -> String { try member(key, "text", Self.text) }

    private static func text(_ value: ConfigValue) -> String? {
        if case .string(let text) = value { text } else { nil }
    }

    func number(_ key: String) throws -> Int64 { try member(key, "number", Self.number) }
    func numberIfAny(_ key: String) throws -> Int64? { try memberIfAny(key, "number", Self.number) }

    private static func number(_ value: ConfigValue) -> Int64? {
        guard case .number(let text) = value, let number = Int64(text), String(number) == text else { return nil }
        return number
    }

    private func small<Number: FixedWidthInteger>(_ key: String) throws -> Number {
        guard let number = Number(exactly: try number(key)) else { throw flaw(key, "number of this size") }
        return number
    }

    func flag(_ key: String) throws -> Bool {
        try member(key, "true or false") { value in if case .bool(let flag) = value { flag } else { nil } }
    }

    func object(_ key: String) throws -> EvidenceReader {
        guard let found = try objectIfAny(key) else { throw flaw(key, "object") }
        return found
    }

    func objectIfAny(_ key: String) throws -> EvidenceReader? {
        let value = try memberIfAny(key, "object") { value in if case .object = value { value } else { nil } }
        return value.map {
            EvidenceReader(ConfigNode($0, file: node.file, path: path.isEmpty ? key : "\(path).\(key)"))
        }
    }

    func objects(_ key: String) throws -> [EvidenceReader] {
        _ = try member(key, "list") { value in if case .array = value { true } else { nil } }
        return node[key]?.elements.map { EvidenceReader($0) } ?? []
    }

    // MARK: Words of the ledger

    func time(_ key: String) throws -> WallTime {
        try member(key, "time") { Self.text($0).flatMap(WallTime.init(exactly:)) }
    }
    func eventID(_ key: String) throws -> EventID { try member(key, "event's id", Self.eventID) }
    func eventIDIfAny(_ key: String) throws -> EventID? { try memberIfAny(key, "event's id", Self.eventID) }

    private static func eventID(_ value: ConfigValue) -> EventID? { text(value).flatMap { EventID(text: $0) } }

    func deliveryID(_ key: String) throws -> DeliveryID { try member(key, "delivery's id", Self.deliveryID) }
    func deliveryIDIfAny(_ key: String) throws -> DeliveryID? { try memberIfAny(key, "delivery's id", Self.deliveryID) }

    private static func deliveryID(_ value: ConfigValue) -> DeliveryID? { text(value).flatMap { DeliveryID(text: $0) } }

    func address(_ key: String) throws -> IPAddress { try member(key, "address", Self.address) }

    private static func address(_ value: ConfigValue) -> IPAddress? { text(value).flatMap { IPAddress(text: $0) } }

    func word<Word: CaseIterable>(_ key: String, _ text: (Word) -> String) throws -> Word {
        try member(key, "word that is known") { value in Word.allCases.first { text($0) == Self.text(value) } }
    }

    // MARK: Bytes

    func digest(_ key: String) throws -> Digest256 { try member(key, "SHA-256 in hexadecimal", Self.digest) }

    func digests(_ key: String) throws -> [Digest256] {
        try member(key, "list of hashes") { value in
            guard case .array(let values) = value else { return nil }
            let found = values.compactMap(Self.digest)
            return found.count == values.count ? found : nil
        }
    }

    private static func digest(_ value: ConfigValue) -> Digest256? {
        guard let text = text(value), let bytes = Hex.decode(text), text == Hex.encode(bytes) else { return nil }
        return bytes.withUnsafeBytes { Digest256(copying: $0) }
    }

    func base64(_ key: String) throws -> [UInt8] {
        try member(key, "base 64") { Self.text($0).flatMap { Base64.decode($0, .canonical) } }
    }

    func bytes(_ key: String) throws -> Bytes {
        guard let bytes = try bytesIfAny(key) else { throw flaw(key, "text in base 64") }
        return bytes
    }

    /// Base 64, and beside it what people read, which must be the same.
    func bytesIfAny(_ key: String) throws -> Bytes? {
        guard let object = try objectIfAny(key) else { return nil }
        let bytes = try object.base64("base64")
        let shown = try object.memberIfAny("text", "text", Self.text)
        guard shown == nil || shown.map({ Array($0.utf8) }) == bytes else { throw flaw(key, "text of its base 64") }
        return Bytes(bytes)
    }

    /// Without its id and its link.
    func attempt() throws -> Attempt {
        Attempt(
            number: try small("number"), startedAt: try time("startedAt"),
            took: TimeSpan(microseconds: try number("tookMicroseconds")),
            outcome: try word("outcome", \Outcome.text), status: try small("status"),
            address: try memberIfAny("address", "address", Self.address),
            phases: Attempt.Phases(
                resolved: try small("resolvedMicroseconds"), connected: try small("connectedMicroseconds"),
                secured: try small("securedMicroseconds"), firstByte: try small("firstByteMicroseconds")),
            response: try bytes("response"))
    }
}
