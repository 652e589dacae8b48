/// A value with its place, so that whatever reads it can say where it is wrong.
package struct ConfigNode: Sendable {
    package let value: ConfigValue
    package let file: String
    package let path: String

    package init(_ value: ConfigValue, file: String, path: String = "") {
        self.value = value
        self.file = file
        self.path = path
    }

    package func error(_ problem: String, cure: String) -> Diagnostic {
        Diagnostic(.error, file: file, path: path, problem: problem, cure: cure)
    }

    package func warning(_ problem: String, cure: String) -> Diagnostic {
        Diagnostic(.warning, file: file, path: path, problem: problem, cure: cure)
    }

    /// The first member of that key; nil when absent or when this is no object.
    package subscript(key: String) -> ConfigNode? {
        guard case .object(let members) = value, let member = members.first(where: { $0.key == key }) else {
            return nil
        }
        return ConfigNode(member.value, file: file, path: path.isEmpty ? key : "\(path).\(key)")
    }

    /// The elements of a list; a single value reads as a list of one.
    package var elements: [ConfigNode] {
        guard case .array(let values) = value else { return [self] }
        return values.enumerated().map { ConfigNode($1, file: file, path: "\(path)[\($0)]") }
    }
}
