import Domain
import Routes
import Testing

/// The exact text is the interface: file, path inside it, what is wrong, the cure.
@Suite("A diagnostic of a route") struct RouteDiagnosticTests {
    static let subscriberURLs: [(String, String)] = [
        (
            "ftp://x.example/",
            "the URL is neither http:// nor https://; write the whole URL, such as https://billing.example.com/hooks"
        ),
        (
            "billing.example.com",
            "the URL is neither http:// nor https://; write the whole URL, such as https://billing.example.com/hooks"
        ),
        (
            "https://user:pw@x.example/",
            "the URL holds a user name or password; use auth: { basic: { user, password } }"
        ),
        ("https://x.example/#top", "the URL holds a fragment (#…); remove the #; it is never sent"),
        (
            "https://x.example/a b",
            "the URL holds a character that does not belong in one; percent-encode it (a space is %20)"
        ),
        (
            "https://x.example/a\\r\\nX: y",
            "the URL holds a character that does not belong in one; percent-encode it (a space is %20)"
        ),
        (
            "https://x.example/\\u0000",
            "the URL holds a character that does not belong in one; percent-encode it (a space is %20)"
        ),
        (
            "https://x.example/%zz",
            "the URL holds a character that does not belong in one; percent-encode it (a space is %20)"
        ),
        (
            "https://x.example\\\\@y/",
            "the URL holds a character that does not belong in one; percent-encode it (a space is %20)"
        ),
        (
            "https://x.example/ü",
            "the URL holds a character that does not belong in one; percent-encode it (a space is %20)"
        ),
        ("https://ünï.example/", "the URL's host is not in ASCII; write the host as xn--…"),
        ("https://ünï.example", "the URL's host is not in ASCII; write the host as xn--…"),
        (
            "https:///path",
            "the URL's host is not a name or an address; write a name in ASCII (xn--… for others), an IPv4 address, or an IPv6 address in brackets"
        ),
        (
            "https://[::1/",
            "the URL's host is not a name or an address; write a name in ASCII (xn--… for others), an IPv4 address, or an IPv6 address in brackets"
        ),
        (
            "http://2130706433/",
            "the URL's host is a number that some would read as an address; write the address with four decimal numbers, such as 10.0.0.7"
        ),
        (
            "http://0x7f.1/",
            "the URL's host is a number that some would read as an address; write the address with four decimal numbers, such as 10.0.0.7"
        ),
        (
            "http://127.1/",
            "the URL's host is a number that some would read as an address; write the address with four decimal numbers, such as 10.0.0.7"
        ),
        (
            "https://x.example:0/",
            "the URL's port is not a number from 1 to 65535; write a port such as :8443, or leave it out"
        ),
        (
            "https://x.example:99999/",
            "the URL's port is not a number from 1 to 65535; write a port such as :8443, or leave it out"
        ),
        (
            "https://x.example:/",
            "the URL's port is not a number from 1 to 65535; write a port such as :8443, or leave it out"
        ),
        (
            "http://169.254.169.254/latest",
            "the URL's address is metadata; no subscriber may be there; use the address of the service itself"
        ),
        (
            "http://[fd00:ec2::254]/",
            "the URL's address is metadata; no subscriber may be there; use the address of the service itself"
        ),
        (
            "http://[fe80::1]/",
            "the URL's address is link-local; no subscriber may be there; use the address of the service itself"
        ),
        (
            "http://0.0.0.0:80/",
            "the URL's address is unspecified; no subscriber may be there; use the address of the service itself"
        ),
        (
            "http://[::ffff:169.254.169.254]/",
            "the URL's address is metadata; no subscriber may be there; use the address of the service itself"
        ),
        (
            "http://[64:ff9b::a9fe:a9fe]/",
            "the URL's address is metadata; no subscriber may be there; use the address of the service itself"
        ),
    ]

    @Test("of a subscriber's URL", arguments: subscriberURLs)
    func urls(_ url: String, _ text: String) {
        let world = MadeUp.route(#"subscribers: [{ name: "s", url: "\#(url)" }]"#)
        #expect(world.lines() == ["error: routes/r.json5: subscribers[0].url: \(text)"])
    }

    static let members: [(String, String)] = [
        (#"subscriber: []"#, "subscriber: unknown key; did you mean subscribers?"),
        (#"path: "r""#, #"path: "r" does not begin with /; write "/r""#),
        (#"path: "/a//b""#, #"path: "/a//b" has an empty, "." or ".." segment; remove it"#),
        (#"path: "/a/../b""#, #"path: "/a/../b" has an empty, "." or ".." segment; remove it"#),
        (
            #"path: "/a b""#,
            #"path: "/a b" holds a character that providers would have to encode; use letters, digits, "-", ".", "_", "~" and "/""#
        ),
        (
            #"publicUrl: "hooks.example.com""#,
            "publicUrl: the URL is neither http:// nor https://; write the whole URL, such as https://billing.example.com/hooks"
        ),
        (
            #"allow: ["10.0.0.0/33"]"#,
            #"allow[0]: "10.0.0.0/33" is no address and no range; write an address or a range such as 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32"#
        ),
        (
            #"publicUrl: "https://h.example.com/r?x=1""#,
            "publicUrl: the URL holds a query; leave it out; that of each request is added by itself"
        ),
        (#"methods: []"#, "methods: the list is empty; name the provider's methods, or leave the key out"),
        (#"allow: []"#, "allow: the list is empty; name the provider's addresses, or leave the key out"),
        (#"maxBody: "64MiB""#, #"maxBody: 64MiB is more than 32MiB; write a size from 1B to 32MiB, such as "256KiB""#),
        (
            #"dedup: "never""#,
            #"dedup: "never" is no duration; write a duration from 1s to 30d, such as "250ms", "5s", "2m", "1h" or "1d", or "off""#
        ),
        (
            #"dedup: "0s""#,
            #"dedup: 0ms is less than 1s; write a duration from 1s to 30d, such as "250ms", "5s", "2m", "1h" or "1d", or "off""#
        ),
        (#"methods: ["DELETE"]"#, #"methods[0]: "DELETE" is not known; write one of "POST", "PUT", "PATCH", "GET""#),
        (#"ack: { status: 500 }"#, "ack.status: 500 is more than 299; write a whole number from 200 to 299"),
        (#"ack: { status: 204, body: "x" }"#, "ack.body: an answer 204 has no body; leave it out, or answer 200"),
        (#"ack: { type: "text/plain" }"#, "ack.type: a type without a body; give the body as well"),
        (#"ack: { body: "x", type: "plain" }"#, #"ack.type: "plain" is no media type; write one such as "text/plain""#),
        (#"types: { a: [] }"#, "types.a: the list is empty; name event types, or leave the key out for all"),
        (
            #"retry: { schedule: ["8d"] }"#,
            #"retry.schedule[0]: 8d is more than 7d; write a duration from 0ms to 7d, such as "250ms", "5s", "2m", "1h" or "1d""#
        ),
        (#"retry: { jitter: 2 }"#, "retry.jitter: 2.0 is more than 1.0; write a number from 0.0 to 1.0"),
        (
            #"retry: { timeout: "1s", connectTimeout: "2s" }"#,
            "retry.connectTimeout: is longer than the whole attempt may take, 1s; make timeout longer, or this shorter"
        ),
        (
            #"retry: { permanent: [200] }"#,
            "retry.permanent[0]: 200 is less than 300; write a whole number from 300 to 599"
        ),
        (#"retry: { timeuot: "3s" }"#, "retry.timeuot: unknown key; did you mean timeout?"),
        (#"enabled: "yes""#, "enabled: expected a boolean, found a string; write true or false"),
        (#"subscribers: { name: "a" }"#, "subscribers: expected a list, found an object; write [ { name, url }, … ]"),
        (
            #"subscribers: [{ url: "https://a.example" }]"#,
            #"subscribers[0]: a subscriber without a name; give it one, such as name: "billing""#
        ),
        (
            #"subscribers: [{ name: "a" }]"#,
            #"subscribers[0]: a subscriber without a url; say where it listens, such as "https://…""#
        ),
        (
            #"subscribers: [{ name: "Big One", url: "https://a.example" }]"#,
            #"subscribers[0].name: "Big One" cannot be a name; use small letters, digits, ".", "_" and "-", beginning with a letter or digit, at most 64 of them"#
        ),
        (
            #"subscribers: [{ name: "a", url: "https://a.example" }, { name: "a", url: "https://b.example" }]"#,
            #"subscribers[1]: "a" is also the name of subscribers[0]; give each its own name"#
        ),
        (
            #"subscribers: [{ name: "a", url: "env:NOT_SET" }]"#,
            "subscribers[0].url: variable NOT_SET is not set; set it in the gateway's environment"
        ),
        (
            #"tokens: { clientId: "env:S" }"#,
            #"tokens: clientId and clientSecret are both needed; name them: "env:NAME" or "file:PATH""#
        ),
        (
            #"verify: "incode", tokens: { clientId: "env:S", clientSecret: "env:LONG", expires: "2d" }"#,
            #"tokens.expires: 2d is more than 1d; write a duration from 1m to 1d, such as "250ms", "5s", "2m", "1h" or "1d""#
        ),
    ]

    @Test("of a member", arguments: members)
    func member(_ text: String, _ line: String) {
        let world = MadeUp.route(text, environment: ["LONG": "a-long-enough-client-secret"])
        #expect(world.lines().filter { $0.hasPrefix("error") } == ["error: routes/r.json5: \(line)"])
        #expect(world.load().table == nil)
    }

    static let subscriberMembers: [(String, String)] = [
        (#"conurrency: 1"#, "conurrency: unknown key; did you mean concurrency?"),
        (#"concurrency: 0"#, "concurrency: 0 is less than 1; write a whole number from 1 to 1024"),
        (#"rate: "fast""#, #"rate: "fast" is no rate; write a rate such as "100/s" or "600/m""#),
        (#"events: []"#, "events: the list is empty; name event types, or leave the key out for all"),
        (#"headers: { "Host": "x" }"#, "headers.Host: this header belongs to the connection or the body; remove it"),
        (
            #"headers: { "content-length": "1" }"#,
            "headers.content-length: this header belongs to the connection or the body; remove it"
        ),
        (
            #"headers: { "Content-Type": "x" }"#,
            "headers.Content-Type: this header belongs to the connection or the body; remove it"
        ),
        (
            #"headers: { "Proxy-Authorization": "x" }"#,
            "headers.Proxy-Authorization: this header belongs to the connection or the body; remove it"
        ),
        (
            #"headers: { "Webhook-Id": "x" }"#,
            #"headers.Webhook-Id: headers of this name are the gateway's own; use another name, such as "x-…""#
        ),
        (
            #"headers: { "headgate-x": "x" }"#,
            #"headers.headgate-x: headers of this name are the gateway's own; use another name, such as "x-…""#
        ),
        (#"headers: { "x y": "x" }"#, #"headers.x y: this is no name of a header; use letters, digits and "-""#),
        (
            #"headers: { "x": "a\r\nb: c" }"#,
            "headers.x: the value holds a character that no header may, or is too long; use printable ASCII, at most 8KiB"
        ),
        (#"headers: { "X": "1", "x": "2" }"#, "headers.x: this header is given twice; keep one of them"),
        (
            #"headers: { authorization: "x" }, auth: { bearer: "env:S" }"#,
            "headers.authorization: auth already makes this header; keep one of them"
        ),
        (
            #"auth: { bearer: "env:S", basic: {} }"#,
            "auth: neither one of basic and bearer nor the other; give one of them"
        ),
        (
            #"auth: { basic: { user: "a:b", password: "env:S" } }"#,
            "auth.basic.user: a colon or an unprintable character in the user; remove it"
        ),
        (#"auth: { basic: { user: "a" } }"#, "auth.basic: user and password are both needed; write { user, password }"),
        (#"forward: ["a b"]"#, #"forward[0]: "a b" is no name of a header; write one such as "x-*""#),
        (#"tls: { cert: "c.pem" }"#, "tls: cert and key belong together; give both"),
        (#"paused: 1"#, "paused: expected a boolean, found a number; write true or false"),
    ]

    @Test("of a subscriber's member", arguments: subscriberMembers)
    func subscriberMember(_ text: String, _ line: String) {
        var world = MadeUp.subscriber(text)
        world.files["routes/c.pem"] = "-----BEGIN CERTIFICATE-----"
        #expect(world.lines() == ["error: routes/r.json5: subscribers[0].\(line)"])
    }

    @Test("names everything that is wrong in one run")
    func all() {
        let world = MadeUp(
            [
                "routes/a.json5": #"{ verify: "github", secrets: { SECRET: "env:S" }, maxBody: 0, dedup: 5 }"#,
                "routes/b.json5": "{", "routes/c.json": "[]",
            ], environment: ["S": "x"])
        #expect(world.lines().filter { $0.hasPrefix("error") }.count == 4)
    }

    @Test("asks for a signing secret where nothing signs")
    func unsigned() {
        let world = MadeUp.subscriber("")
        #expect(
            world.lines(signing: []) == [
                "error: routes/r.json5: subscribers[0]: nothing signs for this subscriber; "
                    + "set HEADGATE_SIGNING_SECRET (or --signing-secret), or give it a secret of its own"
            ])
    }
}
