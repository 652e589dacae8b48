/// Scans over bytes in place, eight at a time where the common case allows it.
extension UnsafeRawBufferPointer {
    private static var ones: UInt64 { 0x0101_0101_0101_0101 }
    private static var highs: UInt64 { 0x8080_8080_8080_8080 }

    /// Nonzero when some byte of `word` is zero; its lowest set bit lies in the first such byte.
    @inline(__always)
    private static func zeroBytes(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & highs }

    func firstLineFeed(from start: Int) -> Int? {
        var place = start
        while place + 8 <= count {
            let word = UInt64(littleEndian: loadUnaligned(fromByteOffset: place, as: UInt64.self))
            let hits = Self.zeroBytes(word ^ (Self.ones &* UInt64(UInt8.lineFeed)))
            if hits != 0 { return place + hits.trailingZeroBitCount / 8 }
            place += 8
        }
        while place < count {
            if self[place] == .lineFeed { return place }
            place += 1
        }
        return nil
    }

    /// Whether all bytes of `range` may stand in a field's value.
    func isFieldContent(_ range: Range<Int>) -> Bool {
        var place = range.lowerBound
        while place + 8 <= range.upperBound {
            let word = loadUnaligned(fromByteOffset: place, as: UInt64.self)
            // Some byte below 0x20 (perhaps a tab, so look closer), or some DEL.
            let controls = (word &- Self.ones &* 0x20) & ~word & Self.highs
            let deletes = Self.zeroBytes(word ^ (Self.ones &* 0x7f))
            if controls | deletes != 0 {
                for near in place..<place + 8 where !self[near].isFieldContent { return false }
            }
            place += 8
        }
        while place < range.upperBound {
            guard self[place].isFieldContent else { return false }
            place += 1
        }
        return true
    }

    /// - Parameter lowercase: must be lower-case ASCII.
    @inline(__always)
    package func equalsIgnoringCase(_ lowercase: UnsafeRawBufferPointer) -> Bool {
        guard count == lowercase.count else { return false }
        for place in 0..<count where self[place].asciiLowercased != lowercase[place] { return false }
        return true
    }

    @inline(__always)
    package func equalsIgnoringCase(_ lowercase: StaticString) -> Bool {
        equalsIgnoringCase(UnsafeRawBufferPointer(start: lowercase.utf8Start, count: lowercase.utf8CodeUnitCount))
    }

    func equals(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        for place in 0..<count where self[place] != text.utf8Start[place] { return false }
        return true
    }

    func slice(_ range: Range<Int>) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: self[range]) }

    /// `range` without spaces and tabs at its ends (`OWS`, RFC 9110 section 5.6.3).
    package func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high, self[low] == .space || self[low] == .tab { low += 1 }
        while high > low, self[high - 1] == .space || self[high - 1] == .tab { high -= 1 }
        return low..<high
    }
}
