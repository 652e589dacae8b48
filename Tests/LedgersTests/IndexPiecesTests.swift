import Domain
import Testing

@testable import Ledgers

/// The same dice at each run.
private struct Dice: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 29
    }
}

@Suite("What the index is made of", .timeLimit(.minutes(1)))
struct IndexPiecesTests {
    /// Words of a content, as the index keeps them.
    private static func words(_ content: UnsafeRawBufferPointer) -> Set<[UInt8]> {
        let folding = Words.folding(isText: Words.isText(content))
        var found: Set<[UInt8]> = []
        Words.forEach(in: content, folding) { range in
            found.insert(content[range].prefix(Words.mostBytes).map { folding[Int($0)] })
            return true
        }
        return found
    }

    @Test func `a text that is found has its words in the index, whatever the bytes`() {
        var dice = Dice(state: 7)
        let pieces = [
            "ab", "AB", "b", "\u{f6}", "\\u00f6", "\"", " ", ":", "_", "1", String(repeating: "x", count: 30),
            "\u{1F600}",
        ]
        var found = 0
        for _ in 0..<4000 {
            var content: [UInt8] = []
            for _ in 0..<Int.random(in: 0...8, using: &dice) {
                content += Array(pieces.randomElement(using: &dice)?.utf8 ?? "".utf8)
                if Int.random(in: 0..<12, using: &dice) == 0 { content.append(.random(in: 0x80...0xff, using: &dice)) }
            }
            let text = (0..<Int.random(in: 1...3, using: &dice)).map { _ in pieces.randomElement(using: &dice) ?? "" }
                .joined()
            guard let pattern = TextPattern(text) else { continue }
            content.withUnsafeBytes { content in
                guard pattern.isFound(in: content) else { return }
                found += 1
                let words = Self.words(content)
                let isCandidate = pattern.words.contains { way in
                    way.whole.allSatisfy(words.contains)
                        && way.beginning.map { beginning in words.contains { $0.starts(with: beginning) } } ?? true
                }
                #expect(isCandidate, "\(text) in \(Array(content))")
            }
        }
        #expect(found > 300)
    }

    @Test(arguments: [
        ("abc def", "abc", true), ("xabc", "abc", false), ("xabc", "*abc", true), ("x-abc", "ABC", true),
        ("abc", "abcd", false), ("{\"a\":\"\u{fc}b\"}", "b", false), ("{\"a\":\"\u{fc}b\"}", "\u{fc}", true),
        ("a*b", "*", true),
        ("K\\u00F6ln", "k\u{f6}ln", true), ("K\\u00f6ln", "\u{f6}l", true), ("\\ud83d\\ude00", "\u{1F600}", true),
        ("XK\\u00F6ln", "k\u{f6}ln", false),
    ])
    func `a text begins with a word, unless a star says otherwise`(_ content: String, _ text: String, _ isFound: Bool) {
        #expect(Array(content.utf8).withUnsafeBytes { TextPattern(text)?.isFound(in: $0) } == isFound)
    }

    @Test func `only the beginning of a large content is searched, but behind a star`() {
        let content = [UInt8](repeating: 0x20, count: Limits.searchedBytes) + Array("needle".utf8)
        content.withUnsafeBytes {
            #expect(TextPattern("needle")?.isFound(in: $0) == false)
            #expect(TextPattern("*needle")?.isFound(in: $0) == true)
        }
    }

    @Test func `lists of events come back as they were`() {
        var dice = Dice(state: 9)
        for density in [1, 2, 7, 60, 500, 20_000] {
            let places = (0..<EventSet.most).filter { _ in Int.random(in: 0..<density, using: &dice) == 0 }
            var found: [Int] = []
            let list = EventList.encode(places)
            list.withUnsafeBytes { EventList.forEach(in: $0) { found.append($0) } }
            #expect(found == places)
            #expect(list.count <= EventSet.most / 8 + 2)
            var set = EventSet(EventSet.most)
            for place in places { set.insert(place) }
            var (walked, next): ([Int], Int) = ([], EventSet.most)
            while let place = set.last(before: next) {
                walked.append(place)
                next = place
            }
            #expect(walked == places.reversed() && set.count == places.count)
        }
    }

    @Test func `a damaged list ends no process`() {
        var dice = Dice(state: 11)
        for _ in 0..<500 {
            let list = (0..<Int.random(in: 0...40, using: &dice)).map { _ in UInt8.random(in: 0...255, using: &dice) }
            var set = EventSet(100)
            list.withUnsafeBytes { EventList.forEach(in: $0) { set.insert($0) } }
            #expect(set.count <= 128)
            _ = list.withUnsafeBytes { BlockIDs.decode($0) }
        }
    }

    @Test func `ids of events come back as they were`() {
        let ids = [5, 1 << 21, (1 << 62) + 9, Int64.max].map { EventID($0) }
        #expect(BlockIDs.encode(ids).withUnsafeBytes { BlockIDs.decode($0) } == ids)
    }
}
