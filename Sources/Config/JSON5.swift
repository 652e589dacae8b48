internal import Domain

/// Reads JSON5 (https://spec.json5.org) strictly: what the standard does not allow is an error with its line and column,
/// and so is a key that is given twice, where only one of the two could count.
package enum JSON5 {
    /// - Parameters:
    ///   - bytes: one document of UTF-8, nested at most `Limits.jsonDepth` deep.
    ///   - most: so many bytes at most.
    /// - Returns: nil after reporting the first error.
    package static func parse(
        _ bytes: [UInt8], file: String, most: Int = Limits.routeFileBytes, into diagnostics: inout Diagnostics
    ) -> ConfigNode? {
        do {
            return ConfigNode(try document(bytes, most: most), file: file)
        } catch {
            diagnostics.report(error.diagnostic(file: file))
            return nil
        }
    }

    private static func document(_ bytes: [UInt8], most: Int) throws(JSON5Fault) -> ConfigValue {
        guard bytes.count <= most else {
            throw JSON5Fault(
                place: JSON5Place(line: 1, column: 1),
                problem: "the file is larger than \(Quantity.text(bytes: most))",
                cure: "split it into smaller files")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw faultyEncoding(in: bytes) }
        var scanner = JSON5Scanner(text)
        try scanner.skipBlank()
        guard scanner.next != nil else { throw scanner.fault("the file is empty", cure: "write { … }") }
        let value = try whole(&scanner)
        try scanner.skipBlank()
        guard scanner.next == nil else {
            throw scanner.fault(
                "\(scanner.found) after the end of the document", cure: "remove it; a file holds one value")
        }
        return value
    }

    /// YAML and the like begin with a word or a dash: what is wrong is then the form of the whole.
    private static func whole(_ scanner: inout JSON5Scanner) throws(JSON5Fault) -> ConfigValue {
        let isWhole = scanner.next.map("{[\"'".unicodeScalars.contains) ?? true
        do throws(JSON5Fault) { return try scanner.value(depth: 0) } catch {
            guard !isWhole else { throw error }
            throw JSON5Fault(
                place: error.place, problem: error.problem, cure: "a file is one object: { key: value, … }")
        }
    }

    private static func faultyEncoding(in bytes: [UInt8]) -> JSON5Fault {
        var place = JSON5Place(line: 1, column: 1)
        var decoder = Unicode.UTF8()
        var rest = bytes.makeIterator()
        while case .scalarValue(let scalar) = decoder.decode(&rest) { place.pass(scalar) }
        return JSON5Fault(place: place, problem: "this is no UTF-8 text", cure: "save the file as UTF-8")
    }
}

struct JSON5Fault: Error {
    let place: JSON5Place
    let problem: String
    let cure: String

    func diagnostic(file: String) -> Diagnostic {
        Diagnostic(
            .error, file: file, path: "line \(place.line), column \(place.column)", problem: problem, cure: cure)
    }
}

/// Both count from 1; a column is a Unicode scalar, so that a tab is one.
struct JSON5Place {
    var line: Int
    var column: Int
    private var afterReturn = false

    init(line: Int, column: Int) { (self.line, self.column) = (line, column) }

    /// CR, LF and CRLF end a line, as editors count them.
    mutating func pass(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\n" where afterReturn: afterReturn = false
        case "\n", "\r": (line, column, afterReturn) = (line + 1, 1, scalar == "\r")
        default: (column, afterReturn) = (column + 1, false)
        }
    }
}
