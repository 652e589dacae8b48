internal import Crypto

/// An event as a provider documents it. `{{id}}` stands for 16 random hexadecimal digits, `{{id:32}}` for 32: new in each
/// send, so that no sample is the duplicate of an earlier one.
struct Sample: Sendable {
    /// Names of presets that verify this provider's events.
    let presets: [String]
    let body: String
    var fields = ["Content-Type: application/json"]

    static func of(preset: String?) -> Sample {
        all.first { sample in preset.map(sample.presets.contains) ?? false } ?? generic
    }

    /// For providers without a sample of their own.
    static let generic = Sample(
        presets: [],
        body: #"""
            {"id":"evt_{{id}}","type":"sample.sent","data":{"object":{"id":"obj_{{id:12}}","amount":1999,"currency":"EUR"}}}
            """#)

    /// - Parameter text: may hold bytes that are no text; they stay as they are.
    static func filled(_ text: [UInt8]) throws(CryptoError) -> [UInt8] {
        let opening = Array("{{id".utf8)
        var filled: [UInt8] = []
        var rest = text[...]
        while let byte = rest.first {
            guard byte == opening[0], rest.starts(with: opening), let place = placeholder(rest) else {
                filled.append(byte)
                rest = rest.dropFirst()
                continue
            }
            filled += Hex.encode(try randomBytes((place.digits + 1) / 2)).utf8.prefix(place.digits)
            rest = rest.dropFirst(place.length)
        }
        return filled
    }

    /// - Parameter rest: begins with `{{id`.
    private static func placeholder(_ rest: ArraySlice<UInt8>) -> (digits: Int, length: Int)? {
        let text = String(decoding: rest.prefix(12), as: UTF8.self)
        guard let end = text.firstRange(of: "}}") else { return nil }
        let inside = text[..<end.lowerBound].dropFirst(4)
        let length = text[..<end.upperBound].utf8.count
        if inside.isEmpty { return (16, length) }
        guard inside.hasPrefix(":"), let digits = Int(inside.dropFirst()), (1...128).contains(digits) else {
            return nil
        }
        return (digits, length)
    }
}
