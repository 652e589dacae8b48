import Net
import Routes
import Signatures
import Testing

@Suite("How a route's keys are fetched") struct KeySettingsTests {
    private static let sns = #"verify: "aws-sns", secrets: { TOPIC: "env:S" }, types: { all: ["*"] }, "#
    private static let openid =
        #"verify: "openid", secrets: { ISSUER: "env:S", AUDIENCE: "env:S" }, types: { all: ["*"] }, "#

    @Test func `is as the provider has it, or as the file says`() throws {
        let plain = try #require(MadeUp.route(Self.sns).only())
        #expect(plain.keys == .init() && !plain.confirms)
        let made = MadeUp.route(
            Self.openid
                + #"keys: { url: "https://issuer.example.com/jwks", via: "10.0.0.7:8443", ca: "file:ca.pem", allowPrivate: true }"#
        )
        var files = made
        files.files["routes/ca.pem"] = "-----BEGIN CERTIFICATE-----"
        let keys = try #require(files.only()).keys
        #expect(keys.url == "https://issuer.example.com/jwks" && keys.authorities == "routes/ca.pem")
        #expect(keys.via == SocketAddress(text: "10.0.0.7:8443") && keys.allowsPrivate)
        #expect(try #require(MadeUp.route(Self.sns + "confirm: true").only()).confirms)
    }

    private static let cases: [(String, String)] = [
        (
            openid + #"keys: { url: "http://issuer.example.com/jwks" }"#,
            "error: routes/r.json5: keys.url: keys that come in clear text prove nothing; write https://"
        ),
        (
            openid + #"keys: { url: "https://127.0.0.1/jwks" }"#,
            "error: routes/r.json5: keys.url: the URL's address is loopback; permit private ones with allowPrivate: true"
        ),
        (
            openid + #"keys: { url: "https://169.254.169.254/jwks", allowPrivate: true }"#,
            "error: routes/r.json5: keys.url: the URL's address is metadata; name the issuer's own"
        ),
        (
            sns + #"keys: { via: "egress" }"#,
            "error: routes/r.json5: keys.via: \"egress\" is no address to go by; write ADDRESS:PORT, such as 10.0.0.7:8443"
        ),
        (
            sns + #"keys: { via: "169.254.169.254:80" }"#,
            "error: routes/r.json5: keys.via: \"169.254.169.254:80\" is no address to go by; write ADDRESS:PORT, such as 10.0.0.7:8443"
        ),
        (
            sns + #"keys: { ca: "file:none.pem" }"#,
            "error: routes/r.json5: keys.ca: file routes/none.pem does not exist; put the PEM file there, readable for the gateway's user"
        ),
        (
            openid,
            "error: routes/r.json5: verify: nothing says where the issuer's keys are; give the route keys: { url: \"https://…\" }, the jwks_uri of the issuer"
        ),
        (
            #"confirm: true"#,
            "error: routes/r.json5: confirm: the provider has nothing confirmed by an address; leave confirm out"
        ),
        (
            #"verify: "aws-sns", confirm: true"#,
            "error: routes/r.json5: confirm: would confirm whatever anybody subscribes to this route; give the route secrets: { TOPIC: \"env:…\" }, so that only what is yours passes"
        ),
        (
            #"verify: "aws-sns", types: { all: ["*"] }"#,
            "warning: routes/r.json5: without TOPIC, what anybody else has the provider send here passes as well; add TOPIC to secrets"
        ),
        (
            #"keys: { allowPrivate: true }"#,
            "warning: routes/r.json5: keys: no key is fetched: the verifier has its own; leave keys out, or the key"
        ),
    ]

    @Test("is told when it is wrong", arguments: cases)
    func problems(_ members: String, _ line: String) {
        #expect(MadeUp.route(members).lines().contains(line), "\(MadeUp.route(members).lines())")
    }
}
