import Domain

/// Parses a request head out of bytes in place. Fed again with more bytes behind the same beginning, it goes on where it
/// stopped, so a head that drips in costs no more than one that came whole.
///
/// Strict (RFC 9112 where it leaves a choice): every line ends with CRLF, no folding, no white space before a colon, one
/// framing. Two parsers that disagree about where a request ends are how requests are smuggled.
package struct HeadParser: Sendable {
    package private(set) var head = RequestHead()
    private var lineStart = 0
    private var scanned = 0
    private var emptyLines = 0
    var facts = FramingFacts()

    /// RFC 9112 section 2.2 asks for at least one empty line before a request to be skipped; some old clients send two.
    static let emptyLinesMost = 4

    package init() {}

    /// Ready for the next request of the connection.
    package mutating func restart() {
        head.clear()
        (lineStart, scanned, emptyLines) = (0, 0, 0)
        facts = FramingFacts()
    }

    /// - Parameter bytes: everything from the first byte of this head on; longer than at the last call, or equal.
    /// - Returns: whether the head is whole; then `head` is valid for as long as `bytes` keep their order.
    package mutating func advance(over bytes: UnsafeRawBufferPointer) throws(Refusal) -> Bool {
        while true {
            // First of all, so that a long one is refused alike however much of it is there.
            try judgeBeginning(of: bytes)
            guard let lineFeed = bytes.firstLineFeed(from: scanned) else {
                scanned = bytes.count
                try bound(through: bytes.count)
                return false
            }
            scanned = lineFeed + 1
            try bound(through: scanned)
            guard lineFeed > lineStart, bytes[lineFeed - 1] == .carriageReturn else { throw .bareLineFeed }
            let line = lineStart..<lineFeed - 1
            lineStart = scanned
            if head.method.isEmpty {
                if line.isEmpty {
                    emptyLines += 1
                    guard emptyLines <= Self.emptyLinesMost else { throw .badRequestLine }
                } else {
                    try head.takeRequestLine(line, of: bytes)
                }
            } else if line.isEmpty {
                try facts.settle(&head)
                head.length = scanned
                return true
            } else {
                try takeField(line, of: bytes)
            }
        }
    }

    private func bound(through end: Int) throws(Refusal) {
        if head.method.isEmpty, end - lineStart > Limits.requestLine { throw .requestLineTooLong }
        if end > Limits.headBytes { throw .headTooLarge }
    }

    /// What cannot become a request line (a TLS greeting, say) is refused without waiting for its line to end.
    private func judgeBeginning(of bytes: UnsafeRawBufferPointer) throws(Refusal) {
        guard head.method.isEmpty, lineStart < bytes.count else { return }
        let first = bytes[lineStart]
        guard first == .carriageReturn || ByteSet.token.contains(first) else { throw .badRequestLine }
    }

    private mutating func takeField(_ line: Range<Int>, of bytes: UnsafeRawBufferPointer) throws(Refusal) {
        guard head.fields.count < Limits.fieldCount else { throw .tooManyFields }
        let tokens = ByteSet.token
        var place = line.lowerBound
        guard bytes[place] != .space, bytes[place] != .tab else { throw .foldedField }
        while place < line.upperBound, tokens.contains(bytes[place]) { place += 1 }
        guard place > line.lowerBound, place < line.upperBound, bytes[place] == .colon else { throw .badField }
        let field = Field(name: line.lowerBound..<place, value: bytes.trimmed(place + 1..<line.upperBound))
        guard bytes.isFieldContent(field.value) else { throw .badField }
        head.fields.append(field)
        try facts.take(field, of: bytes, in: &head)
    }
}
