import Crypto
import Testing

@Suite("What is sealed") struct SealingTests {
    private let key: SealingKey

    init() throws { key = try SealingKey(Secret([UInt8](0..<32))) }

    @Test("opens with the same key for the same purpose", arguments: ["", "x", "whsec_c2VjcmV0"])
    func opens(_ text: String) throws {
        let box = try key.seal(Secret(text), for: Array("row 1".utf8))
        let opened = try #require(try key.open(box, for: Array("row 1".utf8)))
        #expect(opened.withBytes { String(decoding: $0, as: UTF8.self) } == text)
        #expect(box.count == text.utf8.count + 28)
    }

    @Test func `does not open in another place`() throws {
        let box = try key.seal(Secret("text"), for: Array("row 1".utf8))
        #expect(try key.open(box, for: Array("row 2".utf8)) == nil)
    }

    @Test func `does not open with another key`() throws {
        let other = try SealingKey(Secret([UInt8](1..<33)))
        #expect(other.id != key.id)
        #expect(try other.open(try key.seal(Secret("text"), for: []), for: []) == nil)
    }

    @Test func `does not open when one bit of it was changed, wherever`() throws {
        let box = try key.seal(Secret("a text"), for: [1])
        for place in box.indices {
            var changed = box
            changed[place] ^= 1
            #expect(try key.open(changed, for: [1]) == nil, "byte \(place)")
        }
        for count in 0..<box.count { #expect(try key.open(Array(box.prefix(count)), for: [1]) == nil) }
    }

    @Test func `looks different each time`() throws {
        #expect(try key.seal(Secret("text"), for: []) != key.seal(Secret("text"), for: []))
    }

    @Test func `shows nothing of its key in its name`() throws {
        #expect(key.id.count == 16)
        #expect(key.id == (try SealingKey(Secret([UInt8](0..<32))).id))
    }

    @Test(
        "takes keys as they are printed",
        arguments: [
            ("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", true),
            (" AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n", true),
            ("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", true),
            ("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==", false),
            ("a passphrase", false), ("", false),
        ])
    func readsKeys(_ text: String, _ isKey: Bool) throws {
        guard isKey else {
            #expect(throws: CryptoError.self) { try SealingKey(base64: Secret(text)) }
            return
        }
        #expect(try SealingKey(base64: Secret(text)).id == key.id)
    }
}
