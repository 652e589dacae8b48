import Domain
import Ledgers
import Testing

@Suite("Every ledger, looking for duplicates", .timeLimit(.minutes(1)))
struct DedupTests {
    static let day = DedupRule.within(.seconds(86400))

    enum Verdict { case duplicate, conflict, new }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var first: (id: String?, body: String, route: Int) = ("a", "1", 0)
        var second: (id: String?, body: String, route: Int) = ("a", "1", 0)
        var after = TimeSpan.zero
        var rule = day
        let verdict: Verdict
    }

    static let cases: [Case] = [
        Case(testDescription: "same id, same body", verdict: .duplicate),
        Case(testDescription: "same id, other body", second: ("a", "2", 0), verdict: .conflict),
        Case(testDescription: "other id, same body", second: ("b", "1", 0), verdict: .new),
        Case(testDescription: "same id on another route", second: ("a", "1", 1), verdict: .new),
        Case(testDescription: "at the end of the window", after: .seconds(86400), verdict: .duplicate),
        Case(
            testDescription: "after the window", after: TimeSpan(microseconds: 86_400_000_001), verdict: .new),
        Case(
            testDescription: "other body after the window", second: ("a", "2", 0), after: .seconds(86401), verdict: .new
        ),
        Case(testDescription: "clock set back", after: .seconds(-7200), verdict: .duplicate),
        Case(testDescription: "rule off", rule: .off, verdict: .new),
        Case(testDescription: "no id, same body", first: (nil, "1", 0), second: (nil, "1", 0), verdict: .duplicate),
        Case(testDescription: "no id, other body", first: (nil, "1", 0), second: (nil, "2", 0), verdict: .new),
        Case(testDescription: "no id, then an id", first: (nil, "1", 0), second: ("a", "1", 0), verdict: .new),
        Case(testDescription: "an id, then none", first: ("a", "1", 0), second: (nil, "1", 0), verdict: .new),
        Case(testDescription: "empty id twice", first: ("", "1", 0), second: ("", "1", 0), verdict: .duplicate),
        Case(testDescription: "empty id, then none", first: ("", "1", 0), second: (nil, "1", 0), verdict: .new),
    ]

    @Test(arguments: LedgerKind.allCases, cases)
    func `decides`(_ kind: LedgerKind, _ example: Case) throws {
        let scene = try Scene(kind)
        let first = try scene.accept(
            try scene.event(example.first.id, body: example.first.body, route: example.first.route), to: [],
            dedup: example.rule)
        scene.pass(example.after)
        let result = try scene.append(
            try scene.event(example.second.id, body: example.second.body, route: example.second.route), to: [],
            dedup: example.rule)
        switch (example.verdict, result) {
        case (.duplicate, .duplicate(of: first)): break
        case (.conflict, .accepted(_, conflictsWith: first)): break
        case (.new, .accepted(let id, conflictsWith: nil)): #expect(id > first)
        default: Issue.record("expected \(example.verdict), got \(result)")
        }
    }

    @Test(arguments: LedgerKind.allCases)
    func `decides within one batch`(_ kind: LedgerKind) throws {
        let scene = try Scene(kind)
        let results = try scene.commit([
            scene.entry(try scene.event("a", body: "1"), dedup: Self.day),
            scene.entry(try scene.event("a", body: "1"), dedup: Self.day),
            scene.entry(try scene.event("a", body: "2"), dedup: Self.day),
        ])
        guard case .appended(.accepted(let first, nil)) = results[0] else { throw Unexpected() }
        guard case .appended(.duplicate(of: first)) = results[1] else { throw Unexpected() }
        guard case .appended(.accepted(_, conflictsWith: first)) = results[2] else { throw Unexpected() }
        #expect(try scene.claim().deliveries.count == 2)
    }

    @Test(arguments: LedgerKind.allCases)
    func `finds an equal body behind others with the same id`(_ kind: LedgerKind) throws {
        let scene = try Scene(kind)
        var ids: [EventID] = []
        for body in ["1", "2", "3"] {
            ids.append(try scene.accept(try scene.event("a", body: body), dedup: Self.day))
        }
        for (body, id) in zip(["1", "2", "3"], ids) {
            #expect(try scene.append(try scene.event("a", body: body), dedup: Self.day) == .duplicate(of: id))
        }
    }

    @Test(arguments: LedgerKind.allCases)
    func `tells the subscriber of the conflict`(_ kind: LedgerKind) throws {
        let scene = try Scene(kind)
        let first = try scene.accept(try scene.event("a", body: "1"), dedup: Self.day)
        _ = try scene.accept(try scene.event("a", body: "2"), dedup: Self.day)
        #expect(try scene.claim().deliveries.map(\.conflictsWith) == [nil, first])
    }

    @Test(arguments: LedgerKind.allCases)
    func `remembers after a restart`(_ kind: LedgerKind) throws {
        let scene = try Scene(kind)
        let id = try scene.accept(try scene.event("a"), dedup: Self.day)
        try scene.restart()
        #expect(try scene.append(try scene.event("a"), dedup: Self.day) == .duplicate(of: id))
    }

    @Test(arguments: LedgerKind.allCases)
    func `finds every one of many, before and after a restart`(_ kind: LedgerKind) throws {
        let scene = try Scene(kind)
        let count = 80_000
        let events = try (0..<count).map { try scene.event("\($0)") }
        func store() throws -> [AppendResult] {
            var results: [AppendResult] = []
            for start in stride(from: 0, to: count, by: 1000) {
                results += try scene.commit(
                    events[start..<start + 1000].map { scene.entry($0, to: [], dedup: Self.day) }
                ).compactMap { if case .appended(let result) = $0 { result } else { nil } }
            }
            return results
        }
        let ids = try store().compactMap { if case .accepted(let id, nil) = $0 { id } else { nil } }
        #expect(ids.count == count)
        #expect(try store() == ids.map { .duplicate(of: $0) })
        try scene.restart()
        #expect(try store() == ids.map { .duplicate(of: $0) })
    }

    @Test(arguments: LedgerKind.allCases)
    func `keeps the longest window while shorter ones sweep`(_ kind: LedgerKind) throws {
        let scene = try Scene(kind)
        let week = DedupRule.within(.seconds(7 * 86400))
        let hour = DedupRule.within(.seconds(3600))
        let id = try scene.accept(try scene.event("kept"), to: [], dedup: week)
        try scene.restart()
        scene.pass(.seconds(6 * 86400))
        for number in 0..<200 { try scene.append(try scene.event("\(number)"), to: [], dedup: hour) }
        #expect(try scene.append(try scene.event("kept"), to: [], dedup: week) == .duplicate(of: id))
    }
}
