import Domain
import Ledgers
import Testing

@Suite("Every ledger, counting", .timeLimit(.minutes(1)))
struct StatisticsTests {
    /// What the ledger should say, found by keeping every delivery in a dictionary.
    struct Model {
        struct Entry {
            let subscriber: Int
            var state = DeliveryState.pending
            var attempts: Int32 = 0
            var dueAt: WallTime
            var isClaimed: Bool
        }
        var deliveries: [DeliveryID: Entry] = [:]

        func counts(_ subscriber: Int) -> [DeliveryState: Int64] {
            var counts: [DeliveryState: Int64] = [.pending: 0, .delivered: 0, .dead: 0]
            for entry in deliveries.values where entry.subscriber == subscriber { counts[entry.state, default: 0] += 1 }
            return counts
        }

        func oldestDue(_ subscriber: Int) -> WallTime? {
            deliveries.values.filter { $0.subscriber == subscriber && $0.state == .pending && !$0.isClaimed }
                .map(\.dueAt).min()
        }
    }

    @Test(arguments: LedgerKind.allCases, [1, 2, 3] as [UInt64])
    func `is true after random operations`(_ kind: LedgerKind, _ seed: UInt64) throws {
        let scene = try Scene(kind)
        var random = Seeded(seed)
        var model = Model()
        for step in 0..<250 {
            scene.pass(.milliseconds(Int64.random(in: 0...2000, using: &random)))
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<4:
                let to = [0, 1, 2].filter { _ in Bool.random(using: &random) }
                let claimed = Bool.random(using: &random)
                let id = try scene.accept(try scene.event("\(step)"), to: to, claimed: claimed)
                for (index, subscriber) in to.enumerated() {
                    model.deliveries[DeliveryID(event: id, ordinal: Int32(index) + 1)] = Model.Entry(
                        subscriber: subscriber, dueAt: scene.now, isClaimed: claimed)
                }
            case 4..<6:
                let subscriber = Int.random(in: 0...2, using: &random)
                for delivery in try scene.claim(subscriber, most: 4).deliveries {
                    let entry = try #require(model.deliveries[delivery.id])
                    #expect(!entry.isClaimed && entry.state == .pending && entry.attempts == delivery.attempts)
                    model.deliveries[delivery.id]?.isClaimed = true
                }
            case 6..<9:
                let held = model.deliveries.filter { $0.value.isClaimed }.sorted { $0.key < $1.key }
                guard let (id, entry) = held.randomElement(using: &random) else { continue }
                let next: Settlement.Next =
                    [.delivered, .dead, .retry(at: scene.now + .seconds(1)), .again(at: scene.now)].randomElement(
                        using: &random) ?? .dead
                try scene.settle(id, of: entry.subscriber, number: entry.attempts + 1, next: next)
                model.deliveries[id]?.isClaimed = false
                model.deliveries[id]?.attempts += 1
                switch next {
                case .delivered: model.deliveries[id]?.state = .delivered
                case .dead: model.deliveries[id]?.state = .dead
                case .retry(let at), .again(let at): model.deliveries[id]?.dueAt = at
                }
            default:
                if step % 3 == 0 {
                    try scene.restart()
                    let held = model.deliveries.filter { $0.value.isClaimed }
                    #expect(try scene.ledger.recover(at: scene.now) == held.count)
                    for id in held.keys {
                        model.deliveries[id]?.isClaimed = false
                        model.deliveries[id]?.attempts += 1
                    }
                } else if let (id, _) = model.deliveries.first(where: { $0.value.isClaimed }) {
                    _ = try scene.commit([.release([id])])
                    model.deliveries[id]?.isClaimed = false
                }
            }
        }
        let statistics = try scene.ledger.statistics()
        for subscriber in 0...2 {
            let id = scene.subscriber(subscriber)
            #expect(statistics.deliveries[id] == model.counts(subscriber))
            #expect(statistics.oldestDue[id] == model.oldestDue(subscriber))
        }
        #expect(statistics.ledgerBytes > 0)
    }
}

/// SplitMix64: the same numbers in every run.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}
