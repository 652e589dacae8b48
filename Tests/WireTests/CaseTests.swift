import HTTPCases
import Testing

@Suite("Every case", .timeLimit(.minutes(2))) struct CaseTests {
    @Test("has its verdict when it comes whole", arguments: Case.all)
    func whole(_ sample: Case) {
        #expect(Conversation.run([sample.input], thenEnd: sample.thenEnd) == sample.verdict)
    }

    @Test("has its verdict when it comes byte by byte", arguments: Case.all)
    func byteByByte(_ sample: Case) {
        let pieces = sample.input.map { [$0] }
        #expect(Conversation.run(pieces, thenEnd: sample.thenEnd) == sample.verdict)
    }

    @Test("has its verdict when it is cut in two, at every byte", arguments: Case.all)
    func cut(_ sample: Case) {
        // The long ones repeat one byte: cuts at their ends and at some places between show all there is to see.
        let stride = max(1, sample.input.count / 600)
        for place in Swift.stride(from: 1, to: max(1, sample.input.count), by: stride) {
            let pieces = [Array(sample.input[..<place]), Array(sample.input[place...])]
            let seen = Conversation.run(pieces, thenEnd: sample.thenEnd)
            #expect(seen == sample.verdict, "cut at \(place)")
        }
    }

    @Test("has a name of its own")
    func names() {
        #expect(Set(Case.all.map(\.name)).count == Case.all.count)
        #expect(Case.all.count >= 300)
    }
}
