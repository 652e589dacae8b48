import Domain

/// What the fields seen so far say about the framing of a request and the life of its connection.
struct FramingFacts: Sendable {
    private var hasHost = false
    private var contentLength: Int?
    private var isChunked = false
    private var asksToClose = false
    private var asksToKeep = false
    private var connectionOptions = 0

    /// Judges one field; everything the wire does not know passes.
    mutating func take(_ field: Field, of bytes: UnsafeRawBufferPointer, in head: inout RequestHead) throws(Refusal) {
        let name = bytes.slice(field.name)
        let value = bytes.slice(field.value)
        switch name.count {
        case 4 where name.equalsIgnoringCase("host"):
            guard !hasHost, isAuthority(value) else { throw .badHost }
            hasHost = true
            // An absolute-form target's authority comes before the field (RFC 9112 section 3.2.2).
            if head.host == nil { head.host = field.value }
        case 6 where name.equalsIgnoringCase("expect"):
            // HTTP/1.0 knows no expectations (RFC 9110 section 10.1.1).
            if head.minorVersion == 1 {
                guard value.equalsIgnoringCase("100-continue") else { throw .badExpectation }
                head.expectsContinue = true
            }
        case 10 where name.equalsIgnoringCase("connection"):
            try takeConnectionOptions(value)
        case 14 where name.equalsIgnoringCase("content-length"):
            guard !isChunked else { throw .ambiguousLength }
            // Even an equal second one is refused (RFC 9112 section 6.3 allows it): nobody honest sends two.
            guard contentLength == nil, let length = saturatingDecimal(value) else { throw .badContentLength }
            contentLength = length
        case 17 where name.equalsIgnoringCase("transfer-encoding"):
            guard contentLength == nil else { throw .ambiguousLength }
            guard !isChunked, head.minorVersion == 1 else { throw .badTransferCoding }
            try takeTransferCoding(value)
        default:
            break
        }
    }

    /// At the end of the head.
    func settle(_ head: inout RequestHead) throws(Refusal) {
        guard hasHost || head.minorVersion == 0 else { throw .badHost }
        head.framing = isChunked ? .chunked : contentLength.map { .length($0) } ?? .none
        head.keepAlive = !asksToClose && (head.minorVersion == 1 || asksToKeep)
    }

    /// Exactly `chunked`. Another coding below a final `chunked` is a framing we could follow but a content we could
    /// not (501); anything else leaves the end of the body in doubt (RFC 9112 sections 6.1 and 6.3).
    private mutating func takeTransferCoding(_ value: UnsafeRawBufferPointer) throws(Refusal) {
        if value.equalsIgnoringCase("chunked") {
            isChunked = true
            return
        }
        var codings = 0
        var chunked = 0
        var endsWithChunked = false
        forEachListMember(value) { member in
            codings += 1
            endsWithChunked = member.equalsIgnoringCase("chunked")
            if endsWithChunked { chunked += 1 }
        }
        throw codings > 1 && chunked == 1 && endsWithChunked ? .unsupportedTransferCoding : .badTransferCoding
    }

    private mutating func takeConnectionOptions(_ value: UnsafeRawBufferPointer) throws(Refusal) {
        var (close, keep) = (false, false)
        forEachListMember(value) { option in
            connectionOptions += 1
            close = close || option.equalsIgnoringCase("close")
            keep = keep || option.equalsIgnoringCase("keep-alive")
        }
        guard connectionOptions <= Limits.connectionOptions else { throw .tooManyConnectionOptions }
        asksToClose = asksToClose || close
        asksToKeep = asksToKeep || keep
    }
}

/// Members of a comma-separated list without the white space around them; empty ones are skipped (RFC 9110 section 5.6.1).
private func forEachListMember(_ list: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
    var start = 0
    while start <= list.count {
        var end = start
        while end < list.count, list[end] != .comma { end += 1 }
        let member = list.trimmed(start..<end)
        if !member.isEmpty { body(list.slice(member)) }
        start = end + 1
    }
}

/// `1*DIGIT`; nil for anything else, `Int.max` for what does not fit.
private func saturatingDecimal(_ text: UnsafeRawBufferPointer) -> Int? {
    guard !text.isEmpty else { return nil }
    var value = 0
    for digit in text {
        guard digit.isDecimalDigit else { return nil }
        let (product, overflow) = value.multipliedReportingOverflow(by: 10)
        let (sum, carry) = product.addingReportingOverflow(Int(digit - UInt8(ascii: "0")))
        value = overflow || carry ? .max : sum
    }
    return value
}
