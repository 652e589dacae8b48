import Domain

/// The chunked coding of RFC 9112 section 7.1, byte by byte where it is framing and in stretches where it is data.
/// Extensions and trailers are judged, bounded and dropped.
struct ChunkDecoder: Sendable {
    private enum State {
        /// Hexadecimal digits read so far, and their value.
        case size(digits: Int, value: Int)
        case `extension`(ChunkExtension, size: Int)
        case sizeLineFeed(size: Int)
        case data(left: Int)
        case dataReturn
        case dataLineFeed
        case trailer(TrailerLine)
        case finalLineFeed
    }

    private var state = State.size(digits: 0, value: 0)
    private let limit: Int
    /// Bytes of data joined so far.
    private(set) var total = 0
    private var extensionBytes = 0
    private var trailerBytes = 0

    /// Leading zeros are legal; nobody needs more of them than this.
    private static let digitsMost = 16

    init(limit: Int) { self.limit = limit }

    /// Takes everything of `queue` from `joined` on: data is moved down to close the gaps, framing disappears.
    ///
    /// - Returns: where the bytes behind the body begin when it is whole. Nil otherwise; the queue then ends with the
    ///   joined data.
    mutating func join(in queue: ByteQueue, joined: Int) throws(Refusal) -> Int? {
        let bytes = queue.bytes
        var place = joined
        var target = joined
        while place < bytes.count {
            if case .data(let left) = state {
                let run = min(left, bytes.count - place)
                queue.move(place..<place + run, to: target)
                place += run
                target += run
                total += run
                state = run == left ? .dataReturn : .data(left: left - run)
            } else {
                let isLast = try takeFraming(bytes[place])
                place += 1
                if isLast { return place }
            }
        }
        queue.truncate(to: target)
        return nil
    }

    /// - Returns: whether this byte ends the body.
    private mutating func takeFraming(_ byte: UInt8) throws(Refusal) -> Bool {
        switch state {
        case .size(let digits, let value):
            state = try afterSize(byte, digits: digits, value: value)
        case .extension(var chunkExtension, let size):
            extensionBytes += 1
            guard extensionBytes <= Limits.chunkExtensionBytes else { throw .badChunk }
            state = try chunkExtension.take(byte) ? .sizeLineFeed(size: size) : .extension(chunkExtension, size: size)
        case .sizeLineFeed(let size):
            guard byte == .lineFeed else { throw .badChunk }
            state = size == 0 ? .trailer(TrailerLine()) : .data(left: size)
        case .data:
            preconditionFailure("data is taken in stretches")
        case .dataReturn:
            guard byte == .carriageReturn else { throw .badChunk }
            state = .dataLineFeed
        case .dataLineFeed:
            guard byte == .lineFeed else { throw .badChunk }
            state = .size(digits: 0, value: 0)
        case .trailer(var line):
            trailerBytes += 1
            guard trailerBytes <= Limits.trailerBytes else { throw .trailersTooLarge }
            state = try line.take(byte) ? .finalLineFeed : .trailer(line)
        case .finalLineFeed:
            guard byte == .lineFeed else { throw .badTrailer }
            return true
        }
        return false
    }

    private func afterSize(_ byte: UInt8, digits: Int, value: Int) throws(Refusal) -> State {
        if let digit = byte.hexDigitValue {
            guard digits < Self.digitsMost else { throw .badChunk }
            let grown = value << 4 | Int(digit)
            guard grown <= limit - total else { throw .bodyTooLarge }
            return .size(digits: digits + 1, value: grown)
        }
        guard digits > 0 else { throw .badChunk }
        if byte == .carriageReturn { return .sizeLineFeed(size: value) }
        var chunkExtension = ChunkExtension()
        guard try !chunkExtension.take(byte) else { throw .badChunk }
        return .extension(chunkExtension, size: value)
    }
}

/// `*( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )`, RFC 9112 section 7.1.1.
private struct ChunkExtension: Sendable {
    private enum State {
        case beforeSemicolon, beforeName, name, afterName, beforeValue, tokenValue, quoted, quotedPair, afterValue
    }

    private var state = State.beforeSemicolon

    /// - Returns: whether `byte` is the carriage return that ends the line.
    mutating func take(_ byte: UInt8) throws(Refusal) -> Bool {
        let isBlank = byte == .space || byte == .tab
        let isToken = ByteSet.token.contains(byte)
        switch (state, byte) {
        case (.name, .carriageReturn), (.tokenValue, .carriageReturn), (.afterValue, .carriageReturn): return true
        case (.quoted, UInt8(ascii: "\"")): state = .afterValue
        case (.quoted, UInt8(ascii: "\\")): state = .quotedPair
        case (.quoted, _) where byte.isFieldContent: break
        case (.quotedPair, _) where byte.isFieldContent: state = .quoted
        case (.beforeSemicolon, UInt8(ascii: ";")), (.name, UInt8(ascii: ";")), (.afterName, UInt8(ascii: ";")),
            (.tokenValue, UInt8(ascii: ";")), (.afterValue, UInt8(ascii: ";")):
            state = .beforeName
        case (.name, UInt8(ascii: "=")), (.afterName, UInt8(ascii: "=")): state = .beforeValue
        case (.beforeValue, UInt8(ascii: "\"")): state = .quoted
        case (.beforeName, _) where isToken, (.name, _) where isToken: state = .name
        case (.beforeValue, _) where isToken, (.tokenValue, _) where isToken: state = .tokenValue
        case (.name, _) where isBlank: state = .afterName
        case (.tokenValue, _) where isBlank: state = .afterValue
        case (.beforeSemicolon, _) where isBlank, (.beforeName, _) where isBlank, (.afterName, _) where isBlank,
            (.beforeValue, _) where isBlank, (.afterValue, _) where isBlank:
            break
        default: throw .badChunk
        }
        return false
    }
}

/// Field lines behind the last chunk, with the syntax of the head's; an empty one ends the body.
private struct TrailerLine: Sendable {
    private enum State { case lineStart, name, value, lineFeed }

    private var state = State.lineStart

    /// - Returns: whether `byte` is the carriage return of the empty line.
    mutating func take(_ byte: UInt8) throws(Refusal) -> Bool {
        switch state {
        case .lineStart:
            if byte == .carriageReturn { return true }
            guard ByteSet.token.contains(byte) else { throw .badTrailer }
            state = .name
        case .name:
            if byte == .colon {
                state = .value
            } else {
                guard ByteSet.token.contains(byte) else { throw .badTrailer }
            }
        case .value:
            if byte == .carriageReturn {
                state = .lineFeed
            } else {
                guard byte.isFieldContent else { throw .badTrailer }
            }
        case .lineFeed:
            guard byte == .lineFeed else { throw .badTrailer }
            state = .lineStart
        }
        return false
    }
}
