import Domain
import Ledgers
import Net
import Testing

@Suite("What was refused", .timeLimit(.minutes(1)))
struct QuarantineTests {
    @Test func `is kept as it came, beside the events`() throws {
        let scene = try Scene()
        let change = try scene.refuse([try scene.refused("10.0.0.1", body: "{\"n\":1}", hidden: "token")])
        #expect(change.kept == 1 && change.dropped == 0 && !change.isEmpty)
        let row = try #require(try scene.kept().first)
        #expect(row.route == "shop" && row.reason == "signature-wrong" && row.hasBody && row.bodyBytes == 7)
        #expect(row.receivedAt == scene.now && QuarantineID(text: row.id.text) == row.id)
        let request = try #require(try scene.reader().refused(row.id)?.request)
        #expect(request.body?.text == "{\"n\":1}" && request.headers.text == "x-a: 1\r\n")
        #expect(try scene.reader().events(EventQuery(), after: nil, limit: 10).rows.isEmpty)
        #expect(try scene.ledger.statistics().quarantineRequests == 1)
    }

    @Test func `a flood from one neighbourhood pushes nobody out`() throws {
        let scene = try Scene()
        let caps = QuarantineCaps(requests: 40)
        _ = try scene.refuse([try scene.refused("192.0.2.1"), try scene.refused("192.0.2.2")], caps)
        for round in 0..<10 {
            let flood = try (0..<20).map { try scene.refused("10.0.0.\(round * 20 + $0)") }
            _ = try scene.refuse(flood, caps)
        }
        #expect(try scene.kept().count == 20, "the route's share of the whole")
        let late = try scene.refuse([try scene.refused("198.51.100.7"), try scene.refused("192.0.2.3")], caps)
        #expect(late.kept == 2 && late.dropped == 2)
        let sources = try scene.kept().map(\.source.v4).compactMap { $0.map { $0 >> 24 } }
        #expect(sources.filter { $0 == 192 }.count == 3 && sources.filter { $0 == 198 }.count == 1)
    }

    @Test func `a flooded route leaves others their share`() throws {
        let scene = try Scene()
        let caps = QuarantineCaps(requests: 20)
        _ = try scene.refuse(try (0..<50).map { try scene.refused("10.0.\($0).1") }, caps)
        _ = try scene.refuse(try (0..<50).map { try scene.refused("10.0.\($0).1", route: 1) }, caps)
        let routes = try scene.kept().map(\.route)
        #expect(routes.filter { $0 == "shop" }.count == 10 && routes.filter { $0 == "other" }.count == 10)
    }

    @Test func `what has no body gives way to what could be released`() throws {
        let scene = try Scene()
        let caps = QuarantineCaps(requests: 20)
        _ = try scene.refuse(try (0..<10).map { try scene.refused("10.0.\($0).1", body: nil) }, caps)
        _ = try scene.refuse(try (0..<10).map { _ in try scene.refused("192.0.2.1") }, caps)
        #expect(try scene.kept().allSatisfy(\.hasBody))
        #expect(try scene.refuse([try scene.refused("198.51.100.1", body: nil)], caps).kept == 0)
    }

    @Test func `bytes are bounded as well as requests, also over a restart`() throws {
        let scene = try Scene()
        let caps = QuarantineCaps(requests: 1000, bytes: 64 << 10)
        let body = String(repeating: "x", count: 4 << 10)
        for _ in 0..<3 {
            _ = try scene.refuse(try (0..<20).map { try scene.refused("10.0.\($0).1", body: body) }, caps)
            #expect(try scene.ledger.statistics().quarantineBytes <= 32 << 10)
            let count = try scene.kept().count
            try scene.restart()
            #expect(try scene.ledger.statistics().quarantineRequests == count)
        }
        let huge = String(repeating: "x", count: 40 << 10)
        #expect(try scene.refuse([try scene.refused("192.0.2.1", body: huge)], caps).kept == 0)
    }

    @Test func `goes when it is old`() throws {
        let scene = try Scene()
        let caps = QuarantineCaps(age: .seconds(60))
        _ = try scene.refuse([try scene.refused("10.0.0.1")], caps)
        scene.pass(.seconds(59))
        #expect(try scene.refuse([try scene.refused("10.0.0.2")], caps).expired == 0)
        scene.pass(.seconds(2))
        #expect(try scene.refuse([], caps).expired == 1)
        #expect(try scene.kept().count == 1)
    }

    @Test(arguments: [QuarantineCaps(requests: 5), QuarantineCaps(bytes: 3000), .off])
    func `gives up the oldest when it may be less than before`(_ caps: QuarantineCaps) throws {
        let scene = try Scene()
        let body = String(repeating: "x", count: 200)
        _ = try scene.refuse(try (0..<40).map { try scene.refused("10.0.\($0).1", body: body) }, QuarantineCaps())
        let rows = { try scene.reader().quarantine(QuarantineQuery(), after: nil, limit: 100).rows.map(\.id) }
        let before = try rows()
        #expect(try scene.refuse([], caps).expired == before.count - rows().count)
        #expect(try rows() == Array(before.prefix(rows().count)))
        let statistics = try scene.ledger.statistics()
        #expect(statistics.quarantineRequests <= caps.requests && statistics.quarantineBytes <= caps.bytes)
        #expect(try rows().isEmpty == (caps == .off))
    }

    @Test func `is found by route, class, source and time, page by page`() throws {
        let scene = try Scene()
        for minute in 0..<6 {
            let source = minute % 2 == 0 ? "10.0.0.1" : "10.0.0.2"
            _ = try scene.refuse([try scene.refused(source, reason: minute < 3 ? "time-stale" : "token-wrong")])
            scene.pass(.seconds(60))
        }
        var query = QuarantineQuery()
        query.reason = "time-stale"
        query.source = IPRange(text: "10.0.0.1")
        #expect(try scene.reader().quarantine(query, after: nil, limit: 10).rows.count == 2)
        query = QuarantineQuery()
        query.since = WallTime(seconds: 1_700_000_060)
        query.until = WallTime(seconds: 1_700_000_240)
        #expect(try scene.reader().quarantine(query, after: nil, limit: 10).rows.count == 3)
        let first = try scene.reader().refused(query, after: nil, limit: 2, bytes: .max)
        let second = try scene.reader().refused(query, after: first.next, limit: 2, bytes: .max)
        #expect(first.rows.count == 2 && second.rows.count == 1 && second.next == nil)
        #expect(try scene.reader().refused(query, after: nil, limit: 10, bytes: 1).rows.count == 1)
        query.route = "nothing"
        #expect(try scene.reader().quarantine(query, after: nil, limit: 10).rows.isEmpty)
    }

    @Test func `is read by name in parts, the oldest first, and no more bodies at once than asked for`() throws {
        let scene = try Scene()
        let body = String(repeating: "x", count: 10_000)
        _ = try scene.refuse(try (0..<5).map { try scene.refused("10.0.\($0).1", body: body) })
        let ids = try scene.kept().map(\.id)
        var query = QuarantineQuery()
        query.ids = ids + [QuarantineID(.max)]
        var (found, after): ([[QuarantineID]], QuarantineID?) = ([], nil)
        repeat {
            let part = try scene.reader().refused(query, after: after, limit: 100, bytes: 15_000)
            found.append(part.rows.map(\.row.id))
            after = part.next
        } while after != nil
        #expect(found.map(\.count) == [2, 2, 1] && found.flatMap { $0 } == ids.reversed())
        #expect(try scene.reader().quarantined(ids, within: ["shop"]) == ids)
        #expect(try scene.reader().quarantined(ids, within: ["other"]).isEmpty)
    }

    @Test func `becomes an event when it is released, with who ordered it in the chain`() throws {
        let scene = try Scene()
        _ = try scene.refuse([try scene.refused("10.0.0.1")])
        let id = try #require(try scene.kept().first).id
        let event = try scene.event("p-1")
        scene.pass(.seconds(3600))
        let release = Release(id: id, append: scene.unclaimed(event))
        let result = try scene.operate(.releaseRefused([release, release]))
        guard case .released(let results, let subscribers) = result, case .accepted(let made) = results[0] else {
            throw Unexpected()
        }
        #expect(results[1] == .gone && subscribers == [scene.subscriber(0)])
        let detail = try #require(try scene.reader().event(made))
        #expect(detail.row.receivedAt == event.receivedAt && detail.deliveries.map(\.state) == [.pending])
        #expect(detail.row.release?.actor == "tests" && detail.row.release?.reason == "because")
        #expect(try scene.kept().isEmpty)
        let action = try #require(try scene.actions().first)
        #expect(action.kind == .release && action.target == "\(made.text) from \(id.text)")
        #expect(try scene.verify().fault == nil)
        #expect(try scene.claim().deliveries.count == 1)
    }

    @Test func `is no second event when the provider sent it again`() throws {
        let scene = try Scene()
        _ = try scene.refuse([try scene.refused("10.0.0.1")])
        let late = try scene.event("p-1")
        scene.pass(.seconds(600))
        let known = try scene.accept(try scene.event("p-1"), dedup: .within(.seconds(3600)))
        let release = Release(
            id: try #require(try scene.kept().first).id, append: scene.unclaimed(late, dedup: .within(.seconds(3600))))
        let result = try scene.operate(.releaseRefused([release]))
        #expect(result == .released([.duplicate(of: known)], subscribers: []))
        #expect(try scene.kept().isEmpty)
        #expect(try scene.actions().map(\.skipped) == [1])
    }

    @Test func `is discarded with a record, once`() throws {
        let scene = try Scene()
        _ = try scene.refuse([try scene.refused("10.0.0.1"), try scene.refused("10.0.0.2")])
        let ids = try scene.kept().map(\.id)
        #expect(try scene.operate(.discardRefused(ids)) == .done(changed: 2, subscribers: []))
        #expect(try scene.operate(.discardRefused(ids)) == .done(changed: 0, subscribers: []))
        #expect(try scene.actions().map(\.kind) == [.discardRefused])
        #expect(try scene.ledger.statistics().quarantineBytes == 0)
        #expect(try scene.verify().fault == nil)
    }
}

extension Scene {
    /// - Parameter source: four numbers and dots.
    func refused(
        _ source: String, route: Int = 0, reason: String = "signature-wrong", body: String? = "{}", hidden: String = ""
    ) throws -> RefusedRequest {
        let address = source.split(separator: ".").reduce(UInt32(0)) { $0 << 8 | (UInt32($1) ?? 0) }
        return RefusedRequest(
            route: ids.routes[route].route, receivedAt: now, source: IPAddress(v4: address), reason: reason,
            method: Bytes("POST"), path: Bytes("/shop"), headers: Bytes("x-a: 1\r\n"),
            hidden: .init(query: Bytes("q=\(hidden)"), credentials: Bytes("x-token: \(hidden)\r\n")),
            body: body.map { Bytes($0) }, bodyBytes: body?.utf8.count)
    }

    func refuse(_ requests: [RefusedRequest], _ caps: QuarantineCaps = QuarantineCaps()) throws -> QuarantineChange {
        try ledger.quarantine(requests, caps: caps, at: now)
    }

    func kept() throws -> [QuarantineRow] {
        try reader().quarantine(QuarantineQuery(), after: nil, limit: 1000).rows
    }

    func unclaimed(_ event: Event, dedup: DedupRule = .off) -> Append {
        Append(
            event: event,
            deliveries: [NewDelivery(subscriber: subscriber(0), endpoint: endpoint(0), claimed: false)], dedup: dedup)
    }
}
