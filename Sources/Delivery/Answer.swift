internal import CCurl
internal import Domain

/// What a subscriber answers, as far as it is kept: the first `Limits.keptResponseBytes` of status line, fields and body.
/// The rest is counted, and the transfer ended when it exceeds its bound (CURLOPT_MAXFILESIZE would not stop a
/// chunked answer).
struct Answer {
    private(set) var kept: [UInt8] = []
    private(set) var fieldBytes = 0
    private(set) var bodyBytes = 0
    private var turns = 0
    /// A connection of HTTP/1 serves one send at a time, so that whatever wakes its loop is for this one.
    private var isAlone = true
    private var isClear = true
    /// Ended by us: `Limits.responseHeaderBytes`, `Limits.responseBytes` or `Limits.responseTurns` exceeded.
    private(set) var isTooLarge = false
    /// Ended by us: nobody can say where this answer ends, or it left HTTP. libcurl would believe one of the readings, and
    /// take what follows for the next answer on this connection; a transfer that is ended takes its connection along.
    private(set) var isDoubtful = false
    /// The empty line after the fields of the final answer was read: libcurl passes a head that was cut off for a whole one.
    private(set) var isHeadWhole = false
    private var length: [UInt8]?
    private var isChunked = false

    init() { kept.reserveCapacity(512) }

    /// - Parameter isClear: without TLS, and so HTTP/1; behind it, the status line tells.
    mutating func reset(isClear: Bool = true) {
        (self.isClear, isAlone) = (isClear, isClear)
        kept.removeAll(keepingCapacity: true)
        (fieldBytes, bodyBytes, turns, isTooLarge, isDoubtful) = (0, 0, 0, false, false)
        (isHeadWhole, length, isChunked) = (false, nil, false)
    }

    /// One line of the head with its line end. False: end the transfer.
    mutating func take(field line: UnsafeRawBufferPointer) -> Bool {
        // Each head starts anew: an interim answer (1xx) is no part of the final one.
        if line.count >= 5, line.prefix(5).elementsEqual("HTTP/".utf8) {
            kept.removeAll(keepingCapacity: true)
            (isHeadWhole, length, isChunked) = (false, nil, false)
            isAlone = isClear || line.count >= 6 && line[5] == UInt8(ascii: "1")
            // Nobody asked for another protocol.
            if line.count >= 12, line[9..<12].elementsEqual("101".utf8) { isDoubtful = true }
        }
        if line.first == UInt8(ascii: "\r") || line.first == UInt8(ascii: "\n") { isHeadWhole = true }
        fieldBytes += line.count
        if fieldBytes > Limits.responseHeaderBytes {
            isTooLarge = true
            return false
        }
        noteFraming(line)
        keep(line)
        return !isDoubtful
    }

    /// Some bytes of the body. False: end the transfer.
    mutating func take(body bytes: UnsafeRawBufferPointer) -> Bool {
        bodyBytes += bytes.count
        if bodyBytes > Limits.responseBytes {
            isTooLarge = true
            return false
        }
        keep(bytes)
        return true
    }

    /// libcurl looked at the connection once more. False: end the transfer.
    mutating func takeTurn() -> Bool {
        guard isAlone else { return true }
        turns += 1
        if turns > Limits.responseTurns { isTooLarge = true }
        return !isTooLarge
    }

    private mutating func keep(_ bytes: UnsafeRawBufferPointer) {
        let room = Limits.keptResponseBytes - kept.count
        if room > 0 { kept.append(contentsOf: bytes.prefix(room)) }
    }

    /// RFC 9112 section 6.3: one length of digits, or chunks, and never both.
    private mutating func noteFraming(_ line: UnsafeRawBufferPointer) {
        guard let first = line.first else { return }
        switch first | 0x20 {
        case UInt8(ascii: "c"):
            guard let value = Self.value(of: "content-length", in: line) else { return }
            let isNumber = (1...18).contains(value.count) && value.allSatisfy { (0x30...0x39).contains($0) }
            if !isNumber || isChunked || length != nil && length != value { isDoubtful = true }
            length = value
        case UInt8(ascii: "t"):
            guard let value = Self.value(of: "transfer-encoding", in: line) else { return }
            if isChunked || length != nil || !value.lazy.map({ $0 | 0x20 }).elementsEqual("chunked".utf8) {
                isDoubtful = true
            }
            isChunked = true
        default: return
        }
    }

    private static func value(of name: StaticString, in line: UnsafeRawBufferPointer) -> [UInt8]? {
        let wanted = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        guard line.count > wanted.count, line[wanted.count] == UInt8(ascii: ":") else { return nil }
        for place in 0..<wanted.count where line[place] | 0x20 != wanted[place] { return nil }
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0d || $0 == 0x0a }
        let value = line[(wanted.count + 1)...].drop(while: isSpace)
        return Array(value.prefix((value.lastIndex { !isSpace($0) } ?? value.startIndex - 1) + 1 - value.startIndex))
    }
}
