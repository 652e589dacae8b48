/// splitmix64, seeded by the input itself: an input is cut in the same places each time, and stays readable.
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(seededBy input: [UInt8]) {
        state = input.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }
}

/// As the network might deliver it: whole, in single bytes (pieces of 64 when it is long), and at random.
func cuts(of input: [UInt8]) -> [[ArraySlice<UInt8>]] {
    var dice = Dice(seededBy: input)
    let small = input.count > 1500 ? 64 : 1
    return [
        [input[...]], pieces(of: input) { small }, pieces(of: input) { Int.random(in: 1...40, using: &dice) * small },
    ]
}

func pieces(of input: [UInt8], _ length: () -> Int) -> [ArraySlice<UInt8>] {
    var pieces: [ArraySlice<UInt8>] = []
    var rest = input[...]
    while !rest.isEmpty {
        let length = min(length(), rest.count)
        pieces.append(rest.prefix(length))
        rest = rest.dropFirst(length)
    }
    return pieces
}

/// The byte FE, which no request needs, and the one behind it say how often the byte before them is repeated: so that small
/// inputs reach large limits.
func stretched(_ input: [UInt8], most: Int = 80 << 10) -> [UInt8] {
    guard input.contains(0xfe) else { return input }
    var result: [UInt8] = []
    var place = 0
    while place < input.count, result.count < most {
        if input[place] == 0xfe, place + 1 < input.count, let last = result.last {
            let count = min(Int(input[place + 1]) * 128, most - result.count)
            result.append(contentsOf: repeatElement(last, count: count))
            place += 2
        } else {
            result.append(input[place])
            place += 1
        }
    }
    return result
}
