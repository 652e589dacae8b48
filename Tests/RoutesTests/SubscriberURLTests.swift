import Domain
import Net
import Routes
import Testing

@Suite("A subscriber's URL") struct SubscriberURLTests {
    static let strangers = AddressPolicy(allowsPrivate: false)

    @Test(
        "is kept as written, with its host and port read",
        arguments: [
            ("https://a.example.com", "a.example.com", 443, true),
            ("http://A.Example.com:8080/x?y=%20z", "a.example.com", 8080, false),
            ("HTTPS://xn--mnchen-3ya.example/", "xn--mnchen-3ya.example", 443, true),
            ("http://localhost:9001/", "localhost", 9001, false),
            ("http://my_service/", "my_service", 80, false), ("https://a.example?x=1", "a.example", 443, true),
            ("https://a.example/(a)/~b/c;d=e,f!*'$&+=:@", "a.example", 443, true),
        ])
    func names(_ text: String, _ host: String, _ port: UInt16, _ isSecure: Bool) throws {
        let url = try SubscriberURL.read(text, policy: .routeFile).get()
        #expect(url.text == text)
        #expect(url.host == .name(host))
        #expect(url.port == port)
        #expect(url.isSecure == isSecure)
    }

    @Test(
        "knows an address",
        arguments: [
            ("http://10.0.0.7:9000/in", "10.0.0.7"), ("http://[::1]:9/", "::1"),
            ("http://[2606:4700::1]", "2606:4700::1"),
        ])
    func addresses(_ text: String, _ address: String) throws {
        let url = try SubscriberURL.read(text, policy: .routeFile).get()
        #expect(url.host == IPAddress(text: address).map { .address($0) })
    }

    @Test(
        "of a stranger leads to no private place",
        arguments: [
            ("http://127.0.0.1/", SubscriberURLProblem.address(.loopback)), ("http://[::1]/", .address(.loopback)),
            ("http://localhost/", .address(.loopback)), ("http://x.LOCALHOST/", .address(.loopback)),
            ("http://10.1.2.3/", .address(.private)), ("http://[fd00::1]/", .address(.private)),
            ("http://[::ffff:10.0.0.1]/", .address(.private)), ("http://100.64.0.1/", .address(.private)),
            ("http://169.254.169.254/", .address(.metadata)), ("http://[64:ff9b::7f00:1]/", .address(.loopback)),
            ("http://[2002:7f00:1::]/", .address(.loopback)), ("http://224.0.0.1/", .address(.multicast)),
        ])
    func strangers(_ text: String, _ problem: SubscriberURLProblem) {
        #expect(SubscriberURL.read(text, policy: Self.strangers) == .failure(problem))
    }

    @Test(
        "of a stranger may lead to the world",
        arguments: ["https://a.example/", "http://8.8.8.8/", "https://[2606:4700::1]/"])
    func world(_ text: String) { #expect((try? SubscriberURL.read(text, policy: Self.strangers).get()) != nil) }

    @Test(
        "with a host that readers understand differently is refused",
        arguments: [
            ("http://0177.0.0.1/", SubscriberURLProblem.numericHost), ("http://1/", .numericHost),
            ("http://0x7f000001/", .numericHost),
            ("http://127.0.0.1.5/", .numericHost), ("http://a.1/", .numericHost), ("http://a.0x/", .numericHost),
            ("http://127.0.0.1./", .host), ("http://a..b/", .host), ("http://.a/", .host), ("http://-a/", .host),
            ("http://a%2eb/", .host), ("http://[v1.x]/", .host), ("http://[::1%25lo]/", .host),
            ("http://[127.0.0.1]/", .host),
            ("http://a b/", .character), ("http://a\tb/", .character), ("http://a\\b/", .character),
            ("http:/a/", .scheme), ("//a/", .scheme),
            ("http://a:b@c/", .userinfo), ("http://@c/", .userinfo), ("http://a:80:90/", .host),
            ("http://a:+80/", .port),
            ("file:///etc/passwd", .scheme), ("gopher://a/", .scheme), ("", .scheme),
        ])
    func ambiguous(_ text: String, _ problem: SubscriberURLProblem) {
        #expect(SubscriberURL.read(text, policy: .routeFile) == .failure(problem))
    }

    @Test(
        "shows its query without values",
        arguments: [
            ("https://a.example/x", "https://a.example/x"), ("https://a.example/x?", "https://a.example/x?***"),
            ("https://a.example/x?key=s3cret&team=a=b&flag", "https://a.example/x?key=***&team=***&***"),
            ("https://a.example?k=http://b/?c=d", "https://a.example?k=***"),
        ])
    func shown(_ text: String, _ expected: String) { #expect(SubscriberURL.shown(text) == expected) }

    @Test("is no longer than its limit")
    func length() {
        let longest = "https://a.example/" + String(repeating: "x", count: Limits.subscriberURLBytes - 18)
        #expect((try? SubscriberURL.read(longest, policy: .routeFile).get()) != nil)
        #expect(SubscriberURL.read(longest + "x", policy: .routeFile) == .failure(.long))
    }
}
