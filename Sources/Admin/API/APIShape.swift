/// What a value of a request or of an answer may be, in the words of JSON Schema (draft 2020-12).
indirect enum APIShape: Sendable {
    /// At most so many bytes, where there is a bound.
    case text(most: Int? = nil)
    /// Text with a form of its own: an example of it, and a regular expression (ECMA-262) that all of it matches.
    case formed(String, like: String)
    /// RFC 3339 in answers; in requests also seconds since 1970.
    case time
    case integer(ClosedRange<Int>)
    /// Not below zero.
    case count
    /// Of any size, with a fraction.
    case number
    case flag
    case words([String])
    case list(of: APIShape, most: Int? = nil)
    /// These members and no others.
    case object([APIParameter])
    /// Members with names of somebody's own, all of this shape.
    case map(of: APIShape)
    case optional(APIShape)
    /// One that is described once, under this name, and used in several places.
    case named(String, APIShape)
    case anything
}

/// A parameter of a query or of a path, or a member of an object.
struct APIParameter: Sendable {
    let name: String
    let shape: APIShape
    let meaning: String
    let isRequired: Bool
    /// May be given several times in a query; in a body, a list.
    let repeats: Bool

    init(_ name: String, _ shape: APIShape, _ meaning: String, required: Bool = false, repeats: Bool = false) {
        self.name = name
        self.shape = shape
        self.meaning = meaning
        isRequired = required
        self.repeats = repeats
    }
}
