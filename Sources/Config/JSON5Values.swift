internal import Domain

/// Values and what holds them. Recursion is bounded by `Limits.jsonDepth`.
extension JSON5Scanner {
    /// - Parameter depth: how many lists and objects this value is inside of.
    mutating func value(depth: Int) throws(JSON5Fault) -> ConfigValue {
        guard let scalar = next else {
            throw fault("the file ends where a value should stand", cure: "complete the file")
        }
        switch scalar {
        case "{", "[":
            guard depth < Limits.jsonDepth else {
                throw fault("nested more than \(Limits.jsonDepth) deep", cure: "write it flatter")
            }
            return scalar == "{" ? try object(depth: depth) : try array(depth: depth)
        case "\"", "'":
            return .string(try string())
        case "0"..."9", ".", "+", "-":
            return .number(try number())
        case _ where scalar.startsJSON5Name || scalar == "\\":
            return try word()
        default:
            throw fault("\(found) where a value should stand", cure: "write a value, or remove what stands here")
        }
    }

    private mutating func array(depth: Int) throws(JSON5Fault) -> ConfigValue {
        let start = index
        take()
        var values: [ConfigValue] = []
        while true {
            try skipBlank()
            if take("]") { return .array(values) }
            values.append(try value(depth: depth + 1))
            try skipBlank()
            if take("]") { return .array(values) }
            guard take(",") else { throw unclosed("list", "]", from: start) }
        }
    }

    private mutating func object(depth: Int) throws(JSON5Fault) -> ConfigValue {
        let start = index
        take()
        var members: [ConfigValue.Member] = []
        var seen: Set<String> = []
        while true {
            try skipBlank()
            if take("}") { return .object(members) }
            let place = index
            let key = try key(of: start)
            guard seen.insert(key).inserted else {
                throw fault("the key \(quoted(key)) is given twice in one object", cure: "keep one of them", at: place)
            }
            try skipBlank()
            guard take(":") else {
                throw fault("\(found) after the key \(quoted(key))", cure: "put a colon between a key and its value")
            }
            try skipBlank()
            members.append(.init(key: key, value: try value(depth: depth + 1)))
            try skipBlank()
            if take("}") { return .object(members) }
            guard take(",") else { throw unclosed("object", "}", from: start) }
        }
    }

    private mutating func key(of start: String.UnicodeScalarView.Index) throws(JSON5Fault) -> String {
        guard let scalar = next else { throw unclosed("object", "}", from: start) }
        if scalar == "\"" || scalar == "'" { return try string() }
        guard scalar.startsJSON5Name || scalar == "\\" else {
            throw fault("\(found) where a key should stand", cure: "write a name, or put the key in quotes")
        }
        return try name()
    }

    /// `true`, `false`, `null`, `Infinity`, `NaN`.
    private mutating func word() throws(JSON5Fault) -> ConfigValue {
        let start = index
        while let scalar = next, scalar.continuesJSON5Name || scalar == "\\" { take() }
        switch text(from: start) {
        case "true": return .bool(true)
        case "false": return .bool(false)
        case "null": return .null
        case "Infinity": return .number("Infinity")
        case "NaN": return .number("NaN")
        // Not shown: it may be a secret whose quotes were forgotten.
        default: throw fault("a word without quotes that is no value", cure: "put text in quotes", at: start)
        }
    }

    private func unclosed(_ kind: String, _ closer: String, from start: String.UnicodeScalarView.Index) -> JSON5Fault {
        let line = place(of: start).line
        if next == nil {
            return fault("the \(kind) that begins in line \(line) is not closed", cure: "end it with \(closer)")
        }
        return fault(
            "\(found) after a value of the \(kind) that begins in line \(line)",
            cure: "put a comma between values, or end it with \(closer)")
    }
}
