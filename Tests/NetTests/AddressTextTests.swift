import Domain
import Net
import Testing

@Suite("Addresses as text")
struct AddressTextTests {
    @Test(
        "read and print alike",
        arguments: ["127.0.0.1", "203.0.113.7", "::1", "2001:db8::5", "fe80::1"])
    func roundTrip(_ text: String) throws {
        #expect(try #require(IPAddress(text: text)).text == text)
    }

    @Test("a mapped address is its IPv4 address")
    func mapped() { #expect(IPAddress(text: "::ffff:10.1.2.3") == IPAddress(text: "10.1.2.3")) }

    @Test(
        "other spellings are refused",
        arguments: [
            "127.1", "0177.0.0.1", "0x7f.1", "2130706433", "", " 127.0.0.1", "1.2.3.4.", "::1%lo", "[::1]", "1.2.3.4\0",
            "::1\0.5",
        ])
    func strict(_ text: String) { #expect(IPAddress(text: text) == nil) }

    @Test(
        "ranges hold what their prefix says",
        arguments: [
            ("203.0.113.0/24", "203.0.113.255", true), ("203.0.113.0/24", "203.0.114.0", false),
            ("0.0.0.0/0", "8.8.8.8", true), ("0.0.0.0/0", "2001:db8::1", false), ("10.0.0.7", "10.0.0.7", true),
            ("10.0.0.7", "10.0.0.8", false), ("2001:db8::/32", "2001:db8:ffff::1", true), ("::/0", "::1", true),
            ("::1/128", "::1", true), ("2001:db8::/65", "2001:db8:0:0:8000::", false),
        ])
    func ranges(_ range: String, _ address: String, _ inside: Bool) throws {
        #expect(try #require(IPRange(text: range)).contains(#require(IPAddress(text: address))) == inside)
    }

    @Test(
        "bad ranges are refused",
        arguments: ["10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "/8", "10.0.0.0/08", "10.0.0.0/8/8", "::/129"])
    func badRanges(_ text: String) { #expect(IPRange(text: text) == nil) }

    @Test("socket addresses keep their port", arguments: ["127.0.0.1:0", "0.0.0.0:8080", "[::1]:65535"])
    func sockets(_ text: String) throws { #expect(try #require(SocketAddress(text: text)).text == text) }

    @Test(
        "bad socket addresses are refused", arguments: ["127.0.0.1", ":80", "::1:80", "1.2.3.4:65536", "localhost:80"])
    func badSockets(_ text: String) { #expect(SocketAddress(text: text) == nil) }
}
