internal import Crypto
internal import Wire

/// Text with references to parts of a request: `{header:webhook-id}.{body}`.
struct Template: Sendable {
    var parts: [Part]

    enum Part: Sendable {
        case literal([UInt8])
        case secret(Secret)
        case reference(Reference)
    }

    var references: some Sequence<Reference> {
        parts.lazy.compactMap { if case .reference(let reference) = $0 { reference } else { nil } }
    }

    /// The part that the whole template is, unchanged; nil when it is more than one.
    var single: Source? {
        guard parts.count == 1, case .reference(let reference) = parts[0], reference.filters.isEmpty else { return nil }
        return reference.source
    }
}

/// `{source?|filter|filter}`
struct Reference: Sendable {
    let source: Source
    /// Stands for nothing when absent (`?`); otherwise an absent part refuses the request.
    let isOptional: Bool
    let filters: [Filter]
}

/// A part of a request.
enum Source: Sendable, Equatable {
    case body
    case method
    /// The configured public URL, with the query as received. Never made from Host or forwarding fields, which the
    /// sender chooses.
    case url
    case path
    case header(FieldName)
    case query(String)
    case form(String)
    /// All pairs of a form; only as `{form|sorted}`.
    case wholeForm
    /// Place in the paths that the finder looks for.
    case json(Int)
    /// Place in the parameters of the signature's field: `{sig:t}`.
    case parameter(Int)
    /// Values of the fields that a parameter lists: `{headers:sig:h}`.
    case listedHeaders(Int)
}

/// What is done with a reference's value before it enters the message.
enum Filter: Sendable, Equatable {
    case lower
    case upper
    case trim
    case hex
    case unhex
    case base64
    case unbase64
    case digest(HashAlgorithm)
    case hmac(HashAlgorithm)
    /// The checksum in decimal digits.
    case crc32
    case map([Pair])
    case append([UInt8])
    /// Names sorted, then values sorted and without repeats, joined without separators (Twilio).
    case sorted
    /// As in a JSON string in ASCII: `\uXXXX` for other characters, `\/` (Box).
    case escape
    case withPort
    case noPort
    /// Percent-escapes of these characters are resolved (HubSpot).
    case decode([UInt8])
    /// Refuses values that hold one of these characters: where a separator in a value would let two messages have
    /// one text.
    case without([UInt8])
    /// Refuses values that hold any other character.
    case only([UInt8])
    /// Refuses values that are no date, alone or with a time and an offset, in the spellings of `TimeFormat.rfc3339`. Where
    /// no separator follows, a value of one form cannot give characters to its neighbour.
    case date
    /// Refuses values of any other length, in bytes; for the same reason.
    case length(Int)

    struct Pair: Sendable, Equatable {
        let from: [UInt8]
        let to: [UInt8]
    }
}
