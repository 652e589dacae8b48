import Domain
import Testing

@testable import Server

@Suite("Descriptors and memory of a server")
struct DescriptorTests {
    @Test(
        "connections from outside, to intake and to the admin listener, may take half of what is there beyond the gateway's own",
        arguments: [
            (descriptors: 128, loops: 1, intake: 30, admin: 10), (512, 1, 174, 58), (1024, 1, 366, 122),
            (1024, 4, 91, 122), (1_048_576, 2, Limits.connections, Limits.adminConnections), (20, 1, 1, 1),
        ])
    func share(_ descriptors: Int, _ loops: Int, _ intake: Int, _ admin: Int) {
        #expect(DescriptorShare.connections(of: descriptors, loops: loops) == intake)
        #expect(DescriptorShare.adminConnections(of: descriptors) == admin)
        #expect(descriptors < 128 || loops * intake + admin <= (descriptors - Limits.ownDescriptors) / 2)
    }

    @Test("the sum of what is lent stays within the bound, and the rest is lent in part")
    func lends() {
        let memory = ReceiveMemory(most: 100)
        #expect(memory.take(upTo: 60) == 60)
        #expect(memory.take(upTo: 60) == 40)
        #expect(memory.take(upTo: 1) == 0)
        memory.give(60)
        #expect(memory.take(upTo: 70) == 60)
    }
}
