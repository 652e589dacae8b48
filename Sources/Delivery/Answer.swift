internal import CCurl
internal import Domain

/// What a subscriber answers, as far as it is kept: the first `Limits.keptResponseBytes` of status line, fields and body.
/// The rest is counted, and the transfer ended when it exceeds its bound (CURLOPT_MAXFILESIZE would not stop a
/// chunked answer).
struct Answer {
    private(set) var kept: [UInt8] = []
    private(set) var fieldBytes = 0
    private(set) var bodyBytes = 0
    /// Ended by us: `Limits.responseHeaderBytes` or `Limits.responseBytes` exceeded.
    private(set) var isTooLarge = false
    /// Two different lengths, or a length beside chunks: libcurl accepts them, we do not believe such an answer.
    private(set) var isContradictory = false
    private var length: [UInt8]?
    private var isChunked = false

    init() { kept.reserveCapacity(512) }

    mutating func reset() {
        kept.removeAll(keepingCapacity: true)
        (fieldBytes, bodyBytes, isTooLarge, isContradictory) = (0, 0, false, false)
        (length, isChunked) = (nil, false)
    }

    /// One line of the head with its line end. False: end the transfer.
    mutating func take(field line: UnsafeRawBufferPointer) -> Bool {
        // Each head starts anew: an interim answer (1xx) is no part of the final one.
        if line.count >= 5, line.prefix(5).elementsEqual("HTTP/".utf8) {
            kept.removeAll(keepingCapacity: true)
            (length, isChunked) = (nil, false)
        }
        fieldBytes += line.count
        if fieldBytes > Limits.responseHeaderBytes {
            isTooLarge = true
            return false
        }
        noteFraming(line)
        keep(line)
        return true
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

    private mutating func keep(_ bytes: UnsafeRawBufferPointer) {
        let room = Limits.keptResponseBytes - kept.count
        if room > 0 { kept.append(contentsOf: bytes.prefix(room)) }
    }

    private mutating func noteFraming(_ line: UnsafeRawBufferPointer) {
        guard let first = line.first else { return }
        switch first | 0x20 {
        case UInt8(ascii: "c"):
            guard let value = Self.value(of: "content-length", in: line) else { return }
            if let length, length != value { isContradictory = true }
            if isChunked { isContradictory = true }
            length = value
        case UInt8(ascii: "t"):
            guard Self.value(of: "transfer-encoding", in: line) != nil else { return }
            isChunked = true
            if length != nil { isContradictory = true }
        default: return
        }
    }

    private static func value(of name: StaticString, in line: UnsafeRawBufferPointer) -> [UInt8]? {
        let wanted = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        guard line.count > wanted.count, line[wanted.count] == UInt8(ascii: ":") else { return nil }
        for place in 0..<wanted.count where line[place] | 0x20 != wanted[place] { return nil }
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0d || $0 == 0x0a }
        return Array(line[(wanted.count + 1)...].drop(while: isSpace).prefix { !isSpace($0) })
    }
}
