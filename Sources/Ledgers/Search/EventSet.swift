/// Some of the events of one block, by their places in it.
struct EventSet {
    /// Events of one block at most: places fit 16 bits.
    static let most = 1 << 16

    private var words: [UInt64]

    init(_ count: Int) { words = [UInt64](repeating: 0, count: (count + 63) / 64) }

    var isEmpty: Bool { !words.contains { $0 != 0 } }

    var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    func contains(_ place: Int) -> Bool { words[place >> 6] & 1 << UInt64(place & 63) != 0 }

    /// Places beyond the block are passed over: a damaged list must not end the process.
    mutating func insert(_ place: Int) {
        guard place >= 0, place >> 6 < words.count else { return }
        words[place >> 6] |= 1 << UInt64(place & 63)
    }

    mutating func formIntersection(_ other: EventSet) {
        for place in words.indices { words[place] &= other.words[place] }
    }

    mutating func formUnion(_ other: EventSet) { for place in words.indices { words[place] |= other.words[place] } }

    mutating func subtract(_ other: EventSet) { for place in words.indices { words[place] &= ~other.words[place] } }

    /// The last place before `end`; nil when there is none.
    func last(before end: Int) -> Int? {
        guard end > 0, !words.isEmpty else { return nil }
        var index = min((end - 1) >> 6, words.count - 1)
        var word = words[index]
        if index == (end - 1) >> 6 { word &= UInt64.max >> UInt64(63 - (end - 1) & 63) }
        while word == 0 {
            guard index > 0 else { return nil }
            index -= 1
            word = words[index]
        }
        return index << 6 + 63 - word.leadingZeroBitCount
    }

    /// Each of them, the first one first.
    func forEach(_ each: (Int) -> Void) {
        for (index, word) in words.enumerated() {
            var rest = word
            while rest != 0 {
                each(index << 6 + rest.trailingZeroBitCount)
                rest &= rest - 1
            }
        }
    }
}

/// The events of a block that have a term, as the index keeps them: 0 and the distances from one to the next as base-128
/// numbers, or 1 and a bit for each, whichever is shorter.
enum EventList {
    /// - Parameter places: growing; none twice.
    static func encode(_ places: [Int]) -> [UInt8] {
        let most = (places.last ?? 0) / 8 + 2
        var bytes: [UInt8] = [0]
        var before = -1
        for place in places {
            var distance = place - before
            before = place
            while distance >= 0x80 {
                bytes.append(UInt8(truncatingIfNeeded: distance) | 0x80)
                distance >>= 7
            }
            bytes.append(UInt8(distance))
            if bytes.count > most { return bits(places, count: most) }
        }
        return bytes
    }

    private static func bits(_ places: [Int], count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        bytes[0] = 1
        for place in places { bytes[1 + place >> 3] |= 1 << UInt8(place & 7) }
        return bytes
    }

    static func forEach(in list: UnsafeRawBufferPointer, _ each: (Int) -> Void) {
        guard let form = list.first else { return }
        if form == 1 {
            for (index, byte) in list.dropFirst().enumerated() {
                var rest = byte
                while rest != 0 {
                    each(index << 3 + rest.trailingZeroBitCount)
                    rest &= rest - 1
                }
            }
            return
        }
        var (place, distance, shift) = (-1, 0, 0)
        for byte in list.dropFirst() {
            distance |= Int(byte & 0x7f) << shift
            shift += 7
            // No distance has more than three bytes.
            guard byte & 0x80 == 0 || shift < 21 else { return }
            if byte & 0x80 == 0 {
                place += distance
                guard distance > 0, place < EventSet.most else { return }
                each(place)
                (distance, shift) = (0, 0)
            }
        }
    }
}
