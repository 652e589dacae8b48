import Crypto
import Domain
import Glibc
import Net
import Testing

@testable import Ledgers

/// A gateway's ledger with an index behind it, in small blocks.
final class IndexScene {
    let scene: Scene
    let work: SearchWork
    private(set) var events: [EventID] = []

    init(bytes: Int64 = .max, retention: Retention = Retention()) throws {
        scene = try Scene()
        var sizes = SearchSizes()
        (sizes.blockEvents, sizes.stepEvents, sizes.fold, sizes.mostEvents) = (8, 3, 4, 64)
        sizes.settling = .zero
        work = SearchWork(
            ledger: scene.path, bytes: bytes, retention: retention, clock: LateClock(), sizes: sizes)
    }

    /// One event with a fate of its own, and words of its own.
    func add(_ number: Int, body: String? = nil) throws {
        scene.pass(.milliseconds(10))
        let body =
            body
            ?? "{\"order\":\"ord_\(number)\",\"city\":\"\(["Köln", "Bonn", "Ulm"][number % 3])\",\"even\":\(number % 2 == 0)}"
        let type = number % 11 == 5 ? nil : "order.\(["paid", "sent", "lost"][number % 3])"
        let to = number % 5 == 0 ? [0, 1, 2] : [number % 3]
        let id = try scene.accept(try scene.event("p-\(number)", body: body, type: type), to: to)
        events.append(id)
        for (place, subscriber) in to.enumerated() {
            let delivery = DeliveryID(event: id, ordinal: Int32(place + 1))
            switch (number + subscriber) % 4 {
            case 0: try scene.settle(delivery, of: subscriber, outcome: .connect, next: .dead)
            case 1: try scene.settle(delivery, of: subscriber, outcome: .tls, next: .retry(at: scene.now))
            case 2: try scene.settle(delivery, of: subscriber)
            default: break
            }
        }
    }

    func index() throws { while try work.step() == .more {} }

    func queries() -> [EventQuery] {
        var queries: [EventQuery] = []
        func add(_ change: (inout EventQuery) -> Void) {
            var query = EventQuery()
            change(&query)
            queries.append(query)
        }
        for type in ["order.paid", "order.*", "*.lost", "*", "none", "*a*"] { add { $0.types = EventFilter([type]) } }
        add { $0.types = EventFilter(["order.paid", "order.s*"]) }
        for id in ["p-3", "p-17", "nobody"] { add { $0.providerID = Bytes(id) } }
        for text in [
            "ord_7", "ord_1", "köln", "ulm\",\"even\":true", "application/json", "\"ord", "d_7", "*rd_7", "*", "zz",
            ":",
        ] {
            add { $0.containing = TextPattern(text) }
        }
        for range in ["10.0.0.0/8", "10.0.0.1", "192.0.2.0/24", "::/0", "2001:db8::/32"] {
            add { $0.source = IPRange(text: range) }
        }
        add { ($0.containing, $0.types) = (TextPattern("bonn"), EventFilter(["order.sent"])) }
        add { ($0.containing, $0.route) = (TextPattern("bonn"), "other") }
        add { ($0.containing, $0.within) = (TextPattern("bonn"), ["shop"]) }
        for state in DeliveryState.allCases { add { $0.delivery = DeliveryQuery(subscriber: "stock", state: state) } }
        for outcome in [Outcome.ok, .connect, .tls, .reset] {
            add {
                var query = DeliveryQuery()
                query.outcome = outcome
                $0.delivery = query
            }
        }
        add {
            var query = DeliveryQuery(subscriber: "billing")
            query.status = 200
            ($0.delivery, $0.containing) = (query, TextPattern("ulm"))
        }
        return queries
    }

    /// Kept: to make one takes longer than to ask it.
    private func reader(_ isIndexed: Bool) throws -> LedgerReader {
        if let reader = readers[isIndexed] { return reader }
        let reader = try scene.reader()
        reader.ignoresIndex = !isIndexed
        readers[isIndexed] = reader
        return reader
    }
    private var readers: [Bool: LedgerReader] = [:]

    /// Everything in pages, by the index and by reading.
    func answers(_ query: EventQuery, limit: Int, isIndexed: Bool) throws -> [EventID] {
        var (found, after): ([EventID], EventID?) = ([], nil)
        repeat {
            let page = try reader(isIndexed).events(query, after: after, limit: limit)
            found += page.rows.map(\.id)
            after = page.next
        } while after != nil
        return found
    }

    func deliveries(_ query: DeliveryQuery, limit: Int, isIndexed: Bool) throws -> [DeliveryID] {
        var (found, after): ([DeliveryID], DeliveryID?) = ([], nil)
        repeat {
            let page = try reader(isIndexed).deliveries(query, after: after, limit: limit)
            found += page.rows.map(\.id)
            after = page.next
        } while after != nil
        return found
    }

    func expectAgreement(_ comment: Comment? = nil) throws {
        for query in queries() {
            for limit in [13, 1000] {
                let (indexed, read) = (
                    try answers(query, limit: limit, isIndexed: true),
                    try answers(query, limit: limit, isIndexed: false)
                )
                #expect(indexed == read, "\(query) \(limit) \(comment?.rawValue ?? "")")
            }
            guard var delivery = query.delivery else { continue }
            delivery.containing = query.containing
            for limit in [9] {
                let (indexed, read) = (
                    try deliveries(delivery, limit: limit, isIndexed: true),
                    try deliveries(delivery, limit: limit, isIndexed: false)
                )
                #expect(indexed == read, "\(delivery) \(limit) \(comment?.rawValue ?? "")")
            }
        }
    }

    var bytes: [UInt8] {
        ["", "-wal"].flatMap { fileBytes(SearchFile.path(of: scene.path) + $0) }
    }

    func holds(_ word: String) -> Bool {
        let pattern = TextPattern("*" + word)
        return bytes.withUnsafeBytes { pattern?.occurs(in: $0) ?? false }
    }
}

private func fileBytes(_ path: String) -> [UInt8] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var (bytes, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 1 << 16))
    while true {
        let count = fread(&buffer, 1, buffer.count, file)
        guard count > 0 else { return bytes }
        bytes += buffer[..<count]
    }
}

/// Behind everything that the scenes write.
private struct LateClock: Clock {
    func wall() -> WallTime { WallTime(seconds: 1_800_000_000) }
    func monotonic() -> MonotonicTime { SystemClock().monotonic() }
}
