/// A place in the text, and what may be skipped at it.
struct JSON5Scanner {
    private let text: String.UnicodeScalarView
    private(set) var index: String.UnicodeScalarView.Index

    init(_ text: String) {
        self.text = text.unicodeScalars
        index = self.text.startIndex
    }

    var next: Unicode.Scalar? { index < text.endIndex ? text[index] : nil }

    var afterNext: Unicode.Scalar? {
        guard index < text.endIndex else { return nil }
        let following = text.index(after: index)
        return following < text.endIndex ? text[following] : nil
    }

    @discardableResult mutating func take() -> Unicode.Scalar? {
        guard let scalar = next else { return nil }
        index = text.index(after: index)
        return scalar
    }

    mutating func take(_ wanted: Unicode.Scalar) -> Bool {
        guard next == wanted else { return false }
        index = text.index(after: index)
        return true
    }

    func text(from start: String.UnicodeScalarView.Index) -> String { String(text[start..<index]) }

    func fault(_ problem: String, cure: String, at place: String.UnicodeScalarView.Index? = nil) -> JSON5Fault {
        JSON5Fault(place: self.place(of: place ?? index), problem: problem, cure: cure)
    }

    func place(of index: String.UnicodeScalarView.Index) -> JSON5Place {
        var place = JSON5Place(line: 1, column: 1)
        for scalar in text[..<index] { place.pass(scalar) }
        return place
    }

    /// What stands at the cursor, for a diagnostic.
    var found: String {
        guard let next else { return "the end of the file" }
        return quoted(String(Character(next)))
    }

    /// White space and comments.
    mutating func skipBlank() throws(JSON5Fault) {
        while let scalar = next {
            if scalar.isJSON5Space {
                take()
            } else if scalar == "/", afterNext == "/" {
                while let scalar = next, !scalar.endsJSON5Line { take() }
            } else if scalar == "/", afterNext == "*" {
                try skipBlockComment()
            } else {
                return
            }
        }
    }

    private mutating func skipBlockComment() throws(JSON5Fault) {
        let start = index
        take()
        take()
        while let scalar = take() {
            if scalar == "*", take("/") { return }
        }
        throw fault("the comment is not closed", cure: "end it with */", at: start)
    }
}

extension Unicode.Scalar {
    /// Section 8 of the standard: the ASCII spaces, NBSP, BOM, line ends, and whatever Unicode calls a space separator.
    var isJSON5Space: Bool {
        switch self {
        case " ", "\t", "\n", "\r", "\u{0B}", "\u{0C}", "\u{A0}", "\u{2028}", "\u{2029}", "\u{FEFF}": true
        default: !isASCII && properties.generalCategory == .spaceSeparator
        }
    }

    var endsJSON5Line: Bool { self == "\n" || self == "\r" || self == "\u{2028}" || self == "\u{2029}" }

    /// IdentifierStart of ECMAScript 5.1 section 7.6, without the escape.
    var startsJSON5Name: Bool {
        switch self {
        case "a"..."z", "A"..."Z", "$", "_": return true
        default: break
        }
        if isASCII { return false }
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .letterNumber:
            return true
        default: return false
        }
    }

    /// IdentifierPart of the same section.
    var continuesJSON5Name: Bool {
        if startsJSON5Name || isDecimalDigit || self == "\u{200C}" || self == "\u{200D}" { return true }
        if isASCII { return false }
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .decimalNumber, .connectorPunctuation: return true
        default: return false
        }
    }

    var isDecimalDigit: Bool { ("0"..."9").contains(self) }

    var hexDigit: UInt32? {
        switch self {
        case "0"..."9": value - 0x30
        case "a"..."f": value - 0x61 + 10
        case "A"..."F": value - 0x41 + 10
        default: nil
        }
    }
}
