import Domain
import Testing

@testable import Server

@Suite("Descriptors and memory of a server")
struct DescriptorTests {
    @Test(
        "connections from outside may take half of what there is beyond the gateway's own",
        arguments: [(128, 1, 40), (1024, 1, 488), (1024, 4, 122), (1_048_576, 2, Limits.connections), (20, 1, 1)])
    func share(_ descriptors: Int, _ loops: Int, _ expected: Int) {
        #expect(DescriptorShare.connections(of: descriptors, loops: loops) == expected)
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
