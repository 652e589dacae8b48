import Domain
import Testing

@testable import Delivery

private let first = SubscriberID(1)
private let second = SubscriberID(2)
private let third = SubscriberID(3)

/// `#expect` cannot call what changes a value.
private final class Book {
    private var book: MemoryBook
    init(most: Int, portion: Int) { book = MemoryBook(most: most, portion: portion) }
    var taken: Int { book.taken }
    func tryTake(_ bytes: Int) -> Bool { book.tryTake(bytes) }
    func ask(_ lane: SubscriberID, least: Int, isDoubtful: Bool = false) -> MemoryBook.Grant? {
        book.ask(lane, least: least, isDoubtful: isDoubtful)
    }
    func exchange(_ grant: MemoryBook.Grant, for used: Int) -> [MemoryBook.Grant] {
        book.exchange(grant, for: used, doubtful: grant.isDoubtful ? used : 0)
    }
    func give(_ bytes: Int, isDoubtful: Bool = false) -> [MemoryBook.Grant] {
        book.give(bytes, doubtful: isDoubtful ? bytes : 0)
    }
}

@Suite("The book of memory")
struct MemoryBookTests {
    @Test("lets in what is in memory already while there is room")
    func takes() {
        let book = Book(most: 100, portion: 50)
        #expect(book.tryTake(60))
        #expect(!book.tryTake(41))
        #expect(book.tryTake(40))
        #expect(book.give(60).isEmpty)
        #expect(book.tryTake(60))
        #expect(book.taken == 100)
    }

    @Test("grants half of what is left, never less than what is needed, never more than a portion")
    func portions() {
        let book = Book(most: 1000, portion: 300)
        let bytes = (1...6).map { book.ask(SubscriberID(Int64($0)), least: 80)?.bytes }
        #expect(bytes == [300, 300, 200, 100, 80, nil])
        #expect(book.taken == 980)
    }

    @Test("keeps lanes in line, and lets nobody go before them")
    func line() {
        let book = Book(most: 100, portion: 100)
        #expect(book.tryTake(90))
        #expect(book.ask(first, least: 60) == nil)
        #expect(book.ask(second, least: 5) == nil, "a small wish does not overtake a large one")
        #expect(!book.tryTake(1))
        #expect(book.give(40).isEmpty)
        #expect(book.give(20) == [MemoryBook.Grant(lane: first, bytes: 60), MemoryBook.Grant(lane: second, bytes: 5)])
        #expect(book.tryTake(1))
    }

    @Test("gives the rest of a grant to the next in line")
    func exchange() throws {
        let book = Book(most: 100, portion: 100)
        let grant = try #require(book.ask(first, least: 100))
        #expect(grant.bytes == 100)
        #expect(book.ask(second, least: 30) == nil)
        #expect(book.exchange(grant, for: 10) == [MemoryBook.Grant(lane: second, bytes: 45)])
        #expect(book.taken == 55)
    }

    @Test("lets one that needs more than all go when it is alone")
    func oversized() {
        let book = Book(most: 100, portion: 50)
        #expect(book.tryTake(1))
        #expect(book.ask(first, least: 5000) == nil)
        #expect(book.ask(second, least: 10) == nil)
        #expect(book.give(1) == [MemoryBook.Grant(lane: first, bytes: 100)])
        #expect(book.exchange(MemoryBook.Grant(lane: first, bytes: 100), for: 5000).isEmpty)
        #expect(!book.tryTake(1))
        #expect(book.give(5000).map(\.lane) == [second])
    }

    @Test("gives lanes that fail half of all, and lets nobody else wait for them")
    func doubtful() throws {
        let book = Book(most: 100, portion: 100)
        let failing = try #require(book.ask(first, least: 40, isDoubtful: true))
        #expect(failing == MemoryBook.Grant(lane: first, bytes: 40, isDoubtful: true))
        #expect(book.ask(second, least: 40, isDoubtful: true) == nil)
        #expect(book.tryTake(10), "what is handed over does not wait for it")
        #expect(book.ask(third, least: 30)?.bytes == 30, "nor does a lane that is well")
        #expect(book.exchange(failing, for: 20).isEmpty)
        #expect(book.give(20, isDoubtful: true).map(\.lane) == [second])
        #expect(book.taken == 80)
    }

    @Test("gives a failing lane more than half when it needs that and is the only one")
    func doubtfulAndLarge() {
        let book = Book(most: 100, portion: 100)
        #expect(book.ask(first, least: 70, isDoubtful: true)?.bytes == 70)
        #expect(book.ask(second, least: 1, isDoubtful: true) == nil)
        #expect(book.give(70, isDoubtful: true).map(\.lane) == [second])
    }

    @Test("keeps failing lanes in line with the others when memory is what both wait for")
    func bothWait() {
        let book = Book(most: 100, portion: 100)
        #expect(book.tryTake(90))
        #expect(book.ask(first, least: 50, isDoubtful: true) == nil)
        #expect(book.ask(second, least: 50) == nil)
        #expect(book.give(90).map(\.lane) == [first, second])
    }

    /// 134 lanes that all have megabytes waiting on disk, sends that take their time: the sum stays within the bound, and
    /// each lane gets its turn again and again.
    @Test("stays within its bound and serves every lane, whatever happens", arguments: 0..<20)
    func storm(_ seed: UInt64) {
        var random = SplitMix(state: seed)
        let (most, lanes, largest) = (16 << 20, 134, 1 << 20)
        let book = Book(most: most, portion: 4 << 20)
        var granted: [MemoryBook.Grant] = []
        var held: [(bytes: Int, isDoubtful: Bool)] = []
        var waiting = Set<SubscriberID>()
        var served: [SubscriberID: Int] = [:]
        func note(_ grants: [MemoryBook.Grant]) {
            for grant in grants { waiting.remove(grant.lane) }
            granted += grants
        }
        for _ in 0..<20_000 {
            let lane = SubscriberID(Int64.random(in: 1...Int64(lanes), using: &random))
            switch Int.random(in: 0..<4, using: &random) {
            case 0 where !waiting.contains(lane) && !granted.contains { $0.lane == lane }:
                let isDoubtful = lane.raw % 4 > 0
                if let grant = book.ask(lane, least: largest, isDoubtful: isDoubtful) {
                    granted.append(grant)
                } else {
                    waiting.insert(lane)
                }
            case 1 where !granted.isEmpty:
                let grant = granted.remove(at: Int.random(in: 0..<granted.count, using: &random))
                let used = Int.random(in: 0...grant.bytes, using: &random)
                served[grant.lane, default: 0] += 1
                if used > 0 { held.append((used, grant.isDoubtful)) }
                note(book.exchange(grant, for: used))
            case 2 where !held.isEmpty:
                let (bytes, isDoubtful) = held.remove(at: Int.random(in: 0..<held.count, using: &random))
                note(book.give(bytes, isDoubtful: isDoubtful))
            default:
                let bytes = Int.random(in: 1...largest, using: &random)
                if book.tryTake(bytes) { held.append((bytes, false)) }
            }
            let sum = granted.reduce(0) { $0 + $1.bytes } + held.reduce(0) { $0 + $1.bytes }
            #expect(book.taken == sum)
            #expect(sum <= most)
        }
        #expect(served.count == lanes)
        #expect(served.values.min() ?? 0 > 5, "the last one was served \(served.values.min() ?? 0) times")
    }
}

/// Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
