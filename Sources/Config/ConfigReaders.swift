package import Domain

/// Typed readers: the value, or nil after reporting what stands there instead and what to write.
extension ConfigNode {
    package func string(into diagnostics: inout Diagnostics) -> String? {
        guard case .string(let text) = value else { return mismatch("a string", "put it in quotes", &diagnostics) }
        return text
    }

    package func nonEmptyString(into diagnostics: inout Diagnostics) -> String? {
        guard let text = string(into: &diagnostics) else { return nil }
        if !text.isEmpty { return text }
        diagnostics.report(error("is empty", cure: "give it a value, or leave the key out"))
        return nil
    }

    package func bool(into diagnostics: inout Diagnostics) -> Bool? {
        guard case .bool(let flag) = value else { return mismatch("a boolean", "write true or false", &diagnostics) }
        return flag
    }

    package func int(in range: ClosedRange<Int>, into diagnostics: inout Diagnostics) -> Int? {
        let cure = "write a whole number from \(range.lowerBound) to \(range.upperBound)"
        guard case .number(let text) = value else { return mismatch("a number", cure, &diagnostics) }
        guard let number = wholeNumber(text) else {
            diagnostics.report(error("\(quoted(text)) is no whole number", cure: cure))
            return nil
        }
        return within(range, number, cure, &diagnostics) { String($0) }
    }

    package func fraction(in range: ClosedRange<Double>, into diagnostics: inout Diagnostics) -> Double? {
        let cure = "write a number from \(range.lowerBound) to \(range.upperBound)"
        guard case .number(let text) = value else { return mismatch("a number", cure, &diagnostics) }
        guard let number = decimalNumber(text) else {
            diagnostics.report(error("\(quoted(text)) is no such number", cure: cure))
            return nil
        }
        return within(range, number, cure, &diagnostics) { String($0) }
    }

    /// A number of bytes, or text such as `"1MiB"`, `"64KB"`.
    package func byteSize(in range: ClosedRange<Int>, into diagnostics: inout Diagnostics) -> Int? {
        let cure =
            "write a size from \(Quantity.text(bytes: range.lowerBound)) to \(Quantity.text(bytes: range.upperBound)), "
            + "such as \"256KiB\""
        let size: Int?
        switch value {
        case .number(let text): size = wholeNumber(text)
        case .string(let text): size = Quantity.bytes(text)
        case .null, .bool, .array, .object: return mismatch("a size", cure, &diagnostics)
        }
        guard let size else { return unreadable("size", cure, &diagnostics) }
        return within(range, size, cure, &diagnostics) { Quantity.text(bytes: $0) }
    }

    package func duration(in range: ClosedRange<TimeSpan>, into diagnostics: inout Diagnostics) -> TimeSpan? {
        let cure =
            "write a duration from \(Quantity.text(range.lowerBound)) to \(Quantity.text(range.upperBound)), "
            + "such as \"250ms\", \"5s\", \"2m\", \"1h\" or \"1d\""
        guard case .string(let text) = value else { return mismatch("a duration", cure, &diagnostics) }
        guard let span = Quantity.duration(text) else { return unreadable("duration", cure, &diagnostics) }
        return within(range, span, cure, &diagnostics) { Quantity.text($0) }
    }

    package func rate(into diagnostics: inout Diagnostics) -> Rate? {
        let cure = "write a rate such as \"100/s\" or \"600/m\""
        guard case .string(let text) = value else { return mismatch("a rate", cure, &diagnostics) }
        guard let rate = Quantity.rate(text) else { return unreadable("rate", cure, &diagnostics) }
        return rate
    }

    /// One of a few words.
    package func word(of known: [String], into diagnostics: inout Diagnostics) -> String? {
        func list() -> String { "write one of " + known.map(quoted).joined(separator: ", ") }
        guard case .string(let text) = value else { return mismatch("a string", list(), &diagnostics) }
        if known.contains(text) { return text }
        let guess = nearest(to: text, in: known).map { "did you mean \(quoted($0))?" }
        diagnostics.report(error("\(quoted(text)) is not known", cure: guess ?? list()))
        return nil
    }

    /// A word of an enumeration whose raw values are the words.
    package func choice<Word: RawRepresentable & CaseIterable>(
        _ type: Word.Type = Word.self, into diagnostics: inout Diagnostics
    ) -> Word? where Word.RawValue == String {
        word(of: Word.allCases.map(\.rawValue), into: &diagnostics).flatMap(Word.init(rawValue:))
    }

    /// A list of strings; one string reads as a list of one. Wrong elements are reported and left out.
    package func strings(into diagnostics: inout Diagnostics) -> [String] {
        elements.compactMap { $0.nonEmptyString(into: &diagnostics) }
    }

    private func mismatch<Value>(_ wanted: String, _ cure: String, _ diagnostics: inout Diagnostics) -> Value? {
        diagnostics.report(error("expected \(wanted), found \(value.kind)", cure: cure))
        return nil
    }

    private func unreadable<Value>(_ kind: String, _ cure: String, _ diagnostics: inout Diagnostics) -> Value? {
        let text =
            switch value {
            case .string(let text), .number(let text): quoted(text)
            case .null, .bool, .array, .object: value.kind
            }
        diagnostics.report(error("\(text) is no \(kind)", cure: cure))
        return nil
    }

    private func within<Value: Comparable>(
        _ range: ClosedRange<Value>, _ found: Value, _ cure: String, _ diagnostics: inout Diagnostics,
        text: (Value) -> String
    ) -> Value? {
        if range.contains(found) { return found }
        let problem =
            found < range.lowerBound
            ? "\(text(found)) is less than \(text(range.lowerBound))"
            : "\(text(found)) is more than \(text(range.upperBound))"
        diagnostics.report(error(problem, cure: cure))
        return nil
    }
}
