/// In double quotes, on one line, not too long: how a diagnostic shows a word of the file.
package func quoted(_ text: String) -> String {
    let most = 60
    let shown = text.unicodeScalars.prefix(most)
    return
        "\"\(onOneLine(String(String.UnicodeScalarView(shown))))\(shown.endIndex < text.unicodeScalars.endIndex ? "…" : "")\""
}

/// Control and format characters escaped: a diagnostic is one line, and a terminal must not obey a file's content.
package func onOneLine(_ text: String) -> String {
    func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }
    if text.unicodeScalars.allSatisfy(isPlain) { return text }
    return text.unicodeScalars.map { isPlain($0) ? String($0) : "\\u{\(String($0.value, radix: 16))}" }.joined()
}

/// The text of a JSON5 number as an integer: decimal or hexadecimal, with or without a sign; nil for a fraction, an
/// exponent, Infinity, NaN, and what an Int cannot hold.
package func wholeNumber(_ text: String) -> Int? {
    let unsigned = text.hasPrefix("+") || text.hasPrefix("-") ? text.dropFirst() : Substring(text)
    let sign = text.hasPrefix("-") ? "-" : ""
    if unsigned.hasPrefix("0x") || unsigned.hasPrefix("0X") {
        return Int(sign + unsigned.dropFirst(2), radix: 16)
    }
    return Int(sign + unsigned)
}

/// The text of a JSON5 number as a Double; nil for Infinity and NaN, which no setting takes.
package func decimalNumber(_ text: String) -> Double? {
    if let whole = wholeNumber(text) { return Double(whole) }
    let number = Double(text)
    return number?.isFinite == true ? number : nil
}
