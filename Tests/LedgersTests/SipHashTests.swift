import Ledgers
import Testing

@Suite("SipHash-2-4")
struct SipHashTests {
    /// Appendix A of the paper, and the first vectors of its reference implementation: the key is 00 01 … 0f, the input
    /// 00 01 … of the given length.
    static let vectors: [(length: Int, hash: UInt64)] = [
        (0, 0x726f_db47_dd0e_0e31), (1, 0x74f8_39c5_93dc_67fd), (7, 0xab02_00f5_8b01_d137),
        (8, 0x93f5_f579_9a93_2462), (15, 0xa129_ca61_49be_45e5),
    ]

    @Test(arguments: vectors)
    func `gives what the paper gives`(_ length: Int, _ expected: UInt64) throws {
        let key = try (0..<16).map { UInt8($0) }.withUnsafeBytes { try #require(SipHash.Key($0)) }
        var hash = SipHash(key)
        (0..<length).map { UInt8($0) }.withUnsafeBytes { hash.update($0) }
        #expect(hash.finish() == expected)
    }
}
