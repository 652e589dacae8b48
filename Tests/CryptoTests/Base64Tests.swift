import Crypto
import Testing

@Suite("Base 64") struct Base64Tests {
    /// RFC 4648 section 10.
    @Test(
        "of the RFC reads and writes",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func examples(_ plain: String, _ text: String) {
        #expect(Base64.encode(bytes(plain)) == text)
        #expect(Base64.decode(text, .canonical) == bytes(plain))
        #expect(Base64.decode(text, .lenient) == bytes(plain))
        #expect(Base64.decode(text, .key) == bytes(plain))
    }

    @Test(
        "has one spelling where a second would be a second signature",
        arguments: [
            "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm9v\n", " Zm9v", "Zm9-", "Zm9_", "Zm9v====", "=", "====", "Z",
        ])
    func canonical(_ text: String) { #expect(Base64.decode(text, .canonical) == nil) }

    @Test("for URLs has its own alphabet and needs no padding")
    func url() {
        #expect(Base64.decode("-_-_", .url) == [0xfb, 0xff, 0xbf])
        #expect(Base64.decode("Zg", .url) == bytes("f"))
        #expect(Base64.decode("Zg==", .url) == bytes("f"))
        #expect(Base64.decode("+/+/", .url) == nil)
        #expect(Base64.decode("Zh", .url) == nil)
        #expect(Base64.decode("Z", .url) == nil)
        #expect(Base64.encode([0xfb, 0xff, 0xbf, 0x66], url: true) == "-_-_Zg")
    }

    @Test("of keys forgives what people paste")
    func keys() {
        #expect(Base64.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", .key)?.count == 23)
        #expect(Base64.decode("-_+/", .key) == [0xfb, 0xff, 0xbf])
        #expect(Base64.decode("Zm9v!", .key) == nil)
    }

    /// What Node's `Buffer.from(text, "base64")` gives.
    @Test(
        "read leniently is what Node reads",
        arguments: [
            ("secret", "b1e72b7a"), ("Z", ""), ("Zg", "66"), ("Zg==ignored", "66"), ("Z m\n9*v", "666f6f"),
            ("-_+/", "fbffbf"),
        ])
    func lenient(_ text: String, _ hex: String) {
        #expect(Base64.decode(text, .lenient).map { Hex.encode($0) } == hex)
    }

    @Test("does not write behind its target")
    func bounds() {
        let text = bytes("Zm9vYmFy")
        var target = [UInt8](repeating: 0, count: 5)
        for reading in [Base64.Reading.canonical, .url, .key, .lenient] {
            let count = text.withUnsafeBytes { text in
                target.withUnsafeMutableBytes { Base64.decode(text, reading, into: $0) }
            }
            #expect(count == nil)
        }
    }

    @Test("has a sibling of sixteen digits")
    func hex() {
        #expect(Hex.encode([0x00, 0xab, 0xff]) == "00abff")
        #expect(Hex.decode("00ABff") == [0x00, 0xab, 0xff])
        #expect(Hex.decode("0") == nil)
        #expect(Hex.decode("0g") == nil)
        #expect(Hex.decode(" 0a") == nil)
    }
}
