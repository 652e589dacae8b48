import Domain
import Ledgers
import Testing

@testable import Delivery

@Suite("The gate of a lane")
struct LaneGateTests {
    private func event(_ bytes: Int) -> Event {
        Event(
            route: RouteID(1), receivedAt: WallTime(seconds: 1_700_000_000), source: .unspecified, providerID: nil,
            type: nil, headers: .empty,
            body: Bytes(count: bytes) { _ = $0.initializeMemory(as: UInt8.self, repeating: 0) },
            bodyDigest: .zero, coverage: .full, provenBy: "")
    }

    private func delivery(of event: Event) -> ClaimedDelivery {
        ClaimedDelivery(
            id: DeliveryID(event: EventID(1), ordinal: 1), event: event, url: "", attempts: 0, dueAt: event.receivedAt,
            conflictsWith: nil)
    }

    private func gates(_ count: Int) -> (memory: DispatchMemory, gates: [LaneGate]) {
        let memory = DispatchMemory { _ in }
        let gates = (0..<count).map { _ in LaneGate(sharing: memory) }
        for gate in gates { gate.open(to: Limits.laneLookAhead) }
        return (memory, gates)
    }

    @Test("is forgotten when its lane is gone, nothing is inside, and nobody can enter any more")
    func forgotten() throws {
        let hub = try DispatchHub(loops: 1)
        let (free, held, full) = (SubscriberID(1), SubscriberID(2), SubscriberID(3))
        _ = hub.gate(of: free)
        let heldGate = hub.gate(of: held)
        hub.gate(of: full).open(to: 1)
        let event = event(10)
        #expect(hub.gate(of: full).tryEnter(event))
        hub.configure([])
        #expect(Set(hub.depths.keys) == [held, full])
        #expect(heldGate === hub.gate(of: held))
        hub.gate(of: full).leave(event)
        hub.configure([])
        #expect(Set(hub.depths.keys) == [held])
    }

    @Test("counts a body that many lanes hold once, until the last one is done with it")
    func shared() {
        let (memory, gates) = gates(1000)
        let event = event(900_000)
        for gate in gates { #expect(gate.tryEnter(event)) }
        #expect(memory.taken == event.weight + 1000 * Limits.deliveryBytes)
        for gate in gates.dropLast() { gate.leave(event) }
        #expect(memory.taken == event.weight + Limits.deliveryBytes)
        gates.last?.letGo(delivery(of: event))
        #expect(memory.taken == Limits.deliveryBytes)
        gates.last?.leave()
        #expect(memory.taken == 0)
    }

    @Test("takes no more than its part in bytes, so that one slow subscriber leaves room for others")
    func part() {
        let (memory, gates) = gates(2)
        let events = (0..<10).map { _ in event(900_000) }
        #expect(events.filter { gates[0].tryEnter($0) }.count == Limits.laneBytes / 900_256)
        #expect(memory.taken <= Limits.laneBytes)
        #expect(gates[1].tryEnter(event(900_000)))
        #expect(!gates[0].mayFetch && gates[1].mayFetch)
    }

    @Test("refuses what would exceed the bound of all, and leaves no trace of it")
    func full() {
        let (memory, gates) = gates(20)
        var inside: [(LaneGate, Event)] = []
        for gate in gates {
            for _ in 0..<4 {
                let event = event(900_000)
                if gate.tryEnter(event) { inside.append((gate, event)) }
            }
        }
        #expect(inside.count == Limits.dispatchBytes / (900_256 + Limits.deliveryBytes))
        #expect(memory.taken <= Limits.dispatchBytes)
        for (gate, event) in inside { gate.leave(event) }
        #expect(memory.taken == 0)
        #expect(gates.allSatisfy { $0.count == 0 })
    }

    @Test("counts each fetched event for what it is, and gives back what the grant had more", arguments: [false, true])
    func fetched(_ doubtful: Bool) throws {
        let (memory, gates) = gates(1)
        let grant = try #require(memory.ask(SubscriberID(1), largest: 1 << 20, deliveries: 2, isDoubtful: doubtful))
        #expect(grant.bytes == (doubtful ? 1 << 20 + 2 * Limits.deliveryBytes : Limits.laneBytes))
        let event = event(1000)
        var both = [delivery(of: event), delivery(of: event)]
        gates[0].enter(both, under: grant)
        #expect(memory.taken == event.weight + 2 * Limits.deliveryBytes)
        #expect(memory.takenDoubtful == (doubtful ? memory.taken : 0))
        for index in both.indices {
            both[index].isDoubtful = doubtful
            gates[0].letGo(both[index])
        }
        #expect(memory.taken == 2 * Limits.deliveryBytes && memory.takenDoubtful == 0)
        gates[0].leave()
        gates[0].leave()
        #expect(memory.taken == 0 && gates[0].count == 0)
    }
}
