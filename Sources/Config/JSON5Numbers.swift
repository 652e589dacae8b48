/// Numbers, kept as their text: whoever reads one decides what it may be.
extension JSON5Scanner {
    mutating func number() throws(JSON5Fault) -> String {
        let start = index
        if next == "+" || next == "-" { take() }
        switch next {
        case "I", "N": try constant(from: start)
        case "0" where afterNext == "x" || afterNext == "X":
            take()
            take()
            guard digits(where: { $0.hexDigit != nil }) > 0 else { throw malformed("no digit follows 0x", from: start) }
        default: try decimal(from: start)
        }
        if let scalar = next, scalar.continuesJSON5Name || scalar == "." {
            throw malformed("\(found) inside a number", from: start)
        }
        return text(from: start)
    }

    private mutating func decimal(from start: String.UnicodeScalarView.Index) throws(JSON5Fault) {
        let leadingZero = next == "0"
        let whole = digits(where: \.isDecimalDigit)
        if leadingZero, whole > 1 { throw malformed("a number does not begin with 0", from: start) }
        let fraction = take(".") ? digits(where: \.isDecimalDigit) : 0
        guard whole + fraction > 0 else { throw malformed("a number without a digit", from: start) }
        guard next == "e" || next == "E" else { return }
        take()
        if next == "+" || next == "-" { take() }
        guard digits(where: \.isDecimalDigit) > 0 else { throw malformed("an exponent without a digit", from: start) }
    }

    private mutating func constant(from start: String.UnicodeScalarView.Index) throws(JSON5Fault) {
        let wordStart = index
        while let scalar = next, scalar.continuesJSON5Name { take() }
        let word = text(from: wordStart)
        guard word == "Infinity" || word == "NaN" else { throw malformed("\(quoted(word)) is no number", from: start) }
    }

    private mutating func digits(where isDigit: (Unicode.Scalar) -> Bool) -> Int {
        var count = 0
        while let scalar = next, isDigit(scalar) {
            take()
            count += 1
        }
        return count
    }

    private func malformed(_ problem: String, from start: String.UnicodeScalarView.Index) -> JSON5Fault {
        fault(problem, cure: "write a number such as 5, -1.5, 1e3 or 0xff; put text in quotes", at: start)
    }
}
