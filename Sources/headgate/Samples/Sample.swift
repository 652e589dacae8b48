internal import Crypto

/// An event as a provider documents it. `{{id}}` stands for 16 random hexadecimal digits, `{{id:32}}` for 32, `{{uuid}}`
/// for a UUID, `{{number}}` for a number: new in each send, so that no sample is the duplicate of an earlier one.
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
        let opening = Array("{{".utf8)
        var filled: [UInt8] = []
        var rest = text[...]
        while let byte = rest.first {
            guard byte == opening[0], rest.starts(with: opening), let placeholder = Placeholder(rest) else {
                filled.append(byte)
                rest = rest.dropFirst()
                continue
            }
            filled += try placeholder.kind.made().utf8
            rest = rest.dropFirst(placeholder.length)
        }
        return filled
    }

    static func filled(_ text: String) throws(CryptoError) -> String {
        String(decoding: try filled(Array(text.utf8)), as: UTF8.self)
    }

    private struct Placeholder {
        let kind: Kind
        /// With its braces, in bytes.
        let length: Int

        enum Kind {
            case digits(Int)
            case uuid
            case number

            func made() throws(CryptoError) -> String {
                switch self {
                case .digits(let count): return String(Hex.encode(try randomBytes((count + 1) / 2)).prefix(count))
                case .uuid:
                    var bytes = try randomBytes(16)
                    // Random ones are of version 4 (RFC 9562 section 5.4).
                    bytes[6] = bytes[6] & 0x0f | 0x40
                    bytes[8] = bytes[8] & 0x3f | 0x80
                    return [0..<4, 4..<6, 6..<8, 8..<10, 10..<16].map { Hex.encode(Array(bytes[$0])) }
                        .joined(separator: "-")
                // Less than 2^53, which every reader of JSON holds.
                case .number: return String(try randomBytes(6).reduce(1) { $0 << 8 | Int($1) })
                }
            }
        }

        /// - Parameter rest: begins with `{{`.
        init?(_ rest: ArraySlice<UInt8>) {
            let text = String(decoding: rest.prefix(16), as: UTF8.self)
            guard let end = text.firstRange(of: "}}") else { return nil }
            length = text[..<end.upperBound].utf8.count
            let word = text[..<end.lowerBound].dropFirst(2)
            switch word {
            case "id": kind = .digits(16)
            case "uuid": kind = .uuid
            case "number": kind = .number
            default:
                guard word.hasPrefix("id:"), let digits = Int(word.dropFirst(3)), (1...128).contains(digits) else {
                    return nil
                }
                kind = .digits(digits)
            }
        }
    }
}
