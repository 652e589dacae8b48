extension ConfigNode {
    /// Self when this is an object; nil, reported, when it is not. Keys that are not in `keys` are reported with the
    /// nearest known one.
    package func object(keys: [String], into diagnostics: inout Diagnostics) -> ConfigNode? {
        guard let members = members(into: &diagnostics) else { return nil }
        for (key, node) in members where !keys.contains(key) {
            let cure =
                nearest(to: key, in: keys).map { "did you mean \($0)?" } ?? "known here: "
                + keys.joined(separator: ", ")
            diagnostics.report(node.error("unknown key", cure: cure))
        }
        return self
    }

    /// The members of an object whose keys are the operator's own (names of secrets, headers), in the order of the
    /// file; nil, reported, when this is no object.
    package func members(into diagnostics: inout Diagnostics) -> [(key: String, node: ConfigNode)]? {
        guard case .object(let members) = value else {
            diagnostics.report(error("expected an object, found \(value.kind)", cure: "write { key: value, … }"))
            return nil
        }
        return members.map {
            ($0.key, ConfigNode($0.value, file: file, path: path.isEmpty ? $0.key : "\(path).\($0.key)"))
        }
    }
}
