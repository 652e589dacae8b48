package import Config

extension JSONWriter {
    /// A tree that was read from JSON5, as it was; numbers in JSON's spelling.
    package mutating func value(_ value: ConfigValue) {
        switch value {
        case .null: null()
        case .bool(let value): bool(value)
        case .number(let text): number(Self.spelled(text))
        case .string(let text): string(text)
        case .array(let values): array(of: values) { $0.value($1) }
        case .object(let members): self.members(members)
        }
    }

    package mutating func members(_ members: [ConfigValue.Member]) {
        object { json in
            for member in members {
                json.key(member.key)
                json.value(member.value)
            }
        }
    }

    /// JSON knows no `+1`, `.5`, `5.`, `0x10`, Infinity and NaN.
    private static func spelled(_ text: String) -> String {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        let isPlain = digits.utf8.allSatisfy { (0x30...0x39).contains($0) || ".eE+-".utf8.contains($0) }
        let isFramed = [digits.utf8.first, digits.utf8.last].allSatisfy { (0x30...0x39).contains($0 ?? 0) }
        if isPlain, isFramed, !digits.contains(".e"), !digits.contains(".E") { return text }
        if let whole = wholeNumber(text) { return String(whole) }
        return decimalNumber(text).map { String($0) } ?? "null"
    }
}
