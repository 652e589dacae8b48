import Wire

extension FuzzTarget {
    /// A query, or a body of `application/x-www-form-urlencoded`.
    ///
    /// The pairs are those that a plain model splits off and decodes; written out with every byte escaped they read the same;
    /// and a name that occurs twice is never looked up as unique.
    static let forms = FuzzTarget(name: "forms") { input throws(Violation) in
        let fields = input.withUnsafeBytes { FormField.parse($0) }
        let model = input.split(separator: UInt8(ascii: "&")).map { pair in
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            return FormField(name: decoded(parts[0]), value: parts.count > 1 ? decoded(parts[1]) : [])
        }
        guard let fields else {
            try hold(model.count > FormField.most, "\(model.count) pairs are refused")
            return
        }
        try hold(fields == model, "\(fields), the model reads \(model)")
        let pairs = fields.map { escaped($0.name) + [0x3d] + escaped($0.value) }
        let again = Array(pairs.joined(separator: [0x26])).withUnsafeBytes { FormField.parse($0) }
        try hold(again == fields, "\(fields) read back as \(String(describing: again))")
        for field in fields.prefix(16) {
            let name = text(field.name)
            let same = fields.filter { $0.name == Array(name.utf8) }
            let expected: FormLookup = same.count > 1 ? .repeated : same.first.map { .unique($0.value) } ?? .none
            try hold(fields.value(of: name) == expected, "\(name) is looked up as \(fields.value(of: name))")
        }
    }

    private static func decoded(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let high = nibble(rest[rest.startIndex]),
                let low = nibble(rest[rest.startIndex + 1])
            {
                result.append(UInt8(high << 4 | low))
                rest = rest.dropFirst(2)
            } else {
                result.append(byte == UInt8(ascii: "+") ? 0x20 : byte)
            }
        }
        return result
    }

    private static func nibble(_ character: UInt8) -> Int? {
        digits.firstIndex(of: (0x41...0x5a).contains(character) ? character | 0x20 : character)
    }

    private static func escaped(_ bytes: [UInt8]) -> [UInt8] {
        bytes.flatMap { [UInt8(ascii: "%"), digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }

    private static let digits = Array("0123456789abcdef".utf8)
}
