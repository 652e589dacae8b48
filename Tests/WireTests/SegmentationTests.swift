import Domain
import HTTPCases
import Testing
import Wire

/// splitmix64: the same mutations on every run.
private struct Dice: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }
}

@Suite("Mutated cases", .timeLimit(.minutes(2))) struct SegmentationTests {
    /// Goal: no input makes the verdict depend on how the network cut it. Method: short cases with a few bytes changed,
    /// removed, doubled or replaced by an awkward one, played whole, byte by byte, and in random pieces.
    @Test("have one verdict however they are cut", arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func agree(_ seed: UInt64) {
        var dice = Dice(state: seed)
        let seeds = Case.all.filter { $0.input.count < 300 }
        let awkward: [UInt8] = [0, 9, 10, 13, 32, 0x30, 0x3a, 0x3b, 0x2c, 0x7f, 0x80, 0xff]
        for _ in 0..<600 {
            let sample = seeds.randomElement(using: &dice)!
            var bytes = sample.input + (Bool.random(using: &dice) ? seeds.randomElement(using: &dice)!.input : [])
            for _ in 0..<Int.random(in: 0...3, using: &dice) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &dice)
                switch Int.random(in: 0...3, using: &dice) {
                case 0: bytes.remove(at: place)
                case 1: bytes.insert(bytes[place], at: place)
                case 2: bytes[place] = awkward.randomElement(using: &dice)!
                default: bytes.insert(awkward.randomElement(using: &dice)!, at: place)
                }
            }
            let end = Bool.random(using: &dice)
            let whole = Conversation.run([bytes], thenEnd: end, notesInvitations: false)
            let drip = Conversation.run(bytes.map { [$0] }, thenEnd: end, notesInvitations: false)
            #expect(drip == whole, "\(bytes)")
            var pieces: [[UInt8]] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                let length = Int.random(in: 1...40, using: &dice)
                pieces.append(Array(rest.prefix(length)))
                rest = rest.dropFirst(length)
            }
            #expect(Conversation.run(pieces, thenEnd: end, notesInvitations: false) == whole, "\(bytes)")
        }
    }

    @Test("with a body joined from many chunks, its bytes are those that were sent") func joined() {
        var dice = Dice(state: 1)
        let body = (0..<5000).map { _ in UInt8.random(in: .min ... .max, using: &dice) }
        var wire = latin1(request("POST /h HTTP/1.1", "Transfer-Encoding: chunked\r\n"))
        var rest = body[...]
        while !rest.isEmpty {
            let length = min(rest.count, Int.random(in: 1...700, using: &dice))
            wire += latin1(String(length, radix: 16) + ";x=\"y\"\r\n") + rest.prefix(length) + latin1("\r\n")
            rest = rest.dropFirst(length)
        }
        wire += latin1("0\r\n\r\n")
        let text = String(String.UnicodeScalarView(body.map { Unicode.Scalar($0) }))
        var pieces: [[UInt8]] = []
        var unsent = wire[...]
        while !unsent.isEmpty {
            let length = Int.random(in: 1...900, using: &dice)
            pieces.append(Array(unsent.prefix(length)))
            unsent = unsent.dropFirst(length)
        }
        #expect(Conversation.run(pieces, thenEnd: false, bodyLimit: 5000) == "POST /h [\(text)] open")
        #expect(Conversation.run(pieces, thenEnd: false, bodyLimit: 4999) == "413 closed")
    }
}

@Suite("A byte queue") struct ByteQueueTests {
    @Test("keeps its bytes over growth, consumption and compaction") func order() {
        let queue = ByteQueue(capacity: 4)
        var model: [UInt8] = []
        var dice = Dice(state: 2)
        for round in 0..<2000 {
            let added = (0..<Int.random(in: 0...9, using: &dice)).map { UInt8(truncatingIfNeeded: round + $0) }
            added.withUnsafeBytes { queue.append($0) }
            model += added
            let taken = Int.random(in: 0...model.count, using: &dice)
            queue.consume(taken)
            model.removeFirst(taken)
            #expect(Array(queue.bytes) == model)
        }
    }

    @Test("does not grow beyond its bound") func bound() {
        let queue = ByteQueue(capacity: 8)
        queue.append("12345678")
        #expect(queue.space(most: 8).isEmpty)
        #expect(queue.space(most: 12).count == 4)
        #expect(queue.capacity == 12)
        queue.consume(3)
        queue.didFill(0)
        #expect(queue.space(atLeast: 7, most: 12).count == 7)
        #expect(Array(queue.bytes) == Array("45678".utf8))
    }

    @Test("gives large memory back when it is reset") func reset() {
        let queue = ByteQueue()
        _ = queue.space(atLeast: 1 << 20)
        queue.reset()
        #expect(queue.capacity == ByteQueue.standardCapacity)
        #expect(queue.isEmpty)
    }
}
