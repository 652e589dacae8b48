import Domain
import Testing

@Suite("Ids")
struct IDTests {
    @Test("read back what they print", arguments: [0, 1, 31, 32, Int64.max, 1_763_720_000_123 << 21])
    func roundTrip(_ raw: Int64) {
        #expect(EventID(text: EventID(raw).text) == EventID(raw))
        let delivery = DeliveryID(event: EventID(raw), ordinal: 7)
        #expect(DeliveryID(text: delivery.text) == delivery)
    }

    @Test("sort as text in the order of their numbers")
    func order() {
        let ids = [0, 5, 31, 32, 1 << 20, 1 << 40, Int64.max].map { EventID($0) }
        #expect(ids.map(\.text).sorted() == ids.map(\.text))
    }

    @Test(
        "text that is no id is refused",
        arguments: [
            "", "evt_", "evt_0000000000000i", "evt_000000000000", "evt_00000000000000", "EVT_0000000000000",
            "evt_zzzzzzzzzzzzz",
        ])
    func refused(_ text: String) { #expect(EventID(text: text) == nil) }

    @Test(
        "delivery text that is no id is refused",
        arguments: [
            "dlv_0000000000000", "dlv_0000000000000-", "dlv_0000000000000-0", "dlv_0000000000000-1-1",
            "dlv_0000000000000--1",
        ])
    func refusedDelivery(_ text: String) { #expect(DeliveryID(text: text) == nil) }

    @Test("of a sequence grow, within a millisecond and when the clock is set back")
    func sequence() {
        var sequence = EventIDSequence(node: 3)
        var last = EventID(0)
        for step in 0..<30_000 {
            let now = WallTime(
                microseconds: 1_700_000_000_000_000 + Int64(step % 7) * 1000 - Int64(step / 10_000) * 5_000_000)
            let next = sequence.next(at: now)
            #expect(next > last)
            last = next
        }
    }

    @Test("of a sequence go on after the greatest one that is already there")
    func continued() {
        var first = EventIDSequence(node: 1)
        let old = first.next(at: WallTime(seconds: 2_000_000_000))
        var second = EventIDSequence(node: 1, after: old)
        #expect(second.next(at: WallTime(seconds: 1_000_000_000)) > old)
    }
}
