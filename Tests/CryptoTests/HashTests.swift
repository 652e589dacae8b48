import Crypto
import Domain
import Testing

/// Published digests: FIPS 180-4 and FIPS 202 examples, RFC 2202, RFC 4231, NIST's HMAC-SHA3 examples.
@Suite("Hashes and MACs") struct HashTests {
    @Test(
        "of a known message are the published ones",
        arguments: [
            (HashAlgorithm.sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (.sha224, "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"),
            (.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                .sha384,
                "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"
            ),
            (
                .sha512,
                "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                    + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
            ),
            (.sha3With256, "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"),
            (
                .sha3With512,
                "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e"
                    + "10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0"
            ),
        ])
    func digests(_ algorithm: HashAlgorithm, _ expected: String) throws {
        let digest = try bytes("abc").withUnsafeBytes { try algorithm.digest($0) }
        #expect(Hex.encode(digest) == expected)
    }

    @Test(
        "with a key are the published ones",
        arguments: [
            (HashAlgorithm.sha1, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
            (.sha256, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
            (
                .sha512,
                "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
                    + "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"
            ),
        ])
    func macs(_ algorithm: HashAlgorithm, _ expected: String) throws {
        var mac = try HMAC(algorithm, key: Secret("Jefe"))
        let digest = bytes("what do ya want for nothing?").withUnsafeBytes { mac.authenticate($0) }
        #expect(Hex.encode(digest) == expected)
    }

    @Test("do not depend on where a message is cut")
    func pieces() throws {
        let message = Array("what do ya want for nothing?".utf8)
        var mac = try HMAC(.sha256, key: Secret("Jefe"))
        let whole = message.withUnsafeBytes { mac.authenticate($0) }
        for cut in 0...message.count {
            message.withUnsafeBytes { mac.update(UnsafeRawBufferPointer(rebasing: $0[..<cut])) }
            message.withUnsafeBytes { mac.update(UnsafeRawBufferPointer(rebasing: $0[cut...])) }
            var result = [UInt8](repeating: 0, count: 32)
            result.withUnsafeMutableBytes { mac.finish(into: $0) }
            #expect(result == whole)
        }
    }

    @Test("forget an unfinished message when restarted, and keep the key")
    func restart() throws {
        var mac = try HMAC(.sha256, key: Secret("k"))
        let first = bytes("a").withUnsafeBytes { mac.authenticate($0) }
        bytes("left over").withUnsafeBytes { mac.update($0) }
        mac.restart()
        #expect(bytes("a").withUnsafeBytes { mac.authenticate($0) } == first)
    }

    @Test("refuse an empty key")
    func emptyKey() {
        #expect(throws: CryptoError.weakKey(reason: "it is empty")) { _ = try HMAC(.sha256, key: Secret("")).size }
    }

    @Test("of SHA-256 come with a kept context")
    func sha256() throws {
        var hash = try SHA256()
        let once = bytes("abc").withUnsafeBytes { hash.hash($0) }
        bytes("a").withUnsafeBytes { hash.update($0) }
        bytes("bc").withUnsafeBytes { hash.update($0) }
        #expect(hash.finish() == once)
        #expect(once.hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test("are compared as bytes, never by a prefix")
    func constantTime() {
        #expect(equal("same", "same"))
        #expect(equal("", ""))
        #expect(!equal("same", "samf"))
        #expect(!equal("same", "sam"))
        #expect(!equal("", "s"))
    }

    @Test("include the checksum that PNG and zlib use")
    func checksum() {
        #expect(bytes("123456789").withUnsafeBytes { crc32($0) } == 0xcbf4_3926)
        #expect([UInt8]().withUnsafeBytes { crc32($0) } == 0)
    }

    private func equal(_ a: String, _ b: String) -> Bool {
        bytes(a).withUnsafeBytes { a in bytes(b).withUnsafeBytes { equalInConstantTime(a, $0) } }
    }
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
