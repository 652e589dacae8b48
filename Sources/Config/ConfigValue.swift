/// A JSON5 document as written: order and repeats of keys kept, numbers as their text.
package indirect enum ConfigValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([ConfigValue])
    case object([Member])

    package struct Member: Sendable, Equatable {
        package let key: String
        package let value: ConfigValue
        package init(key: String, value: ConfigValue) { (self.key, self.value) = (key, value) }
    }

    package var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "a list"
        case .object: "an object"
        }
    }
}
