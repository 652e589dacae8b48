import Config
import Crypto
import Domain
import Net
import Routes
import Testing

@Suite("The settings of serve") struct SettingsTests {
    static func read(
        _ arguments: [String], environment: [String: String] = [:], files: [String: String] = [:]
    ) -> (settings: Settings, lines: [String]) {
        var diagnostics = Diagnostics()
        let surroundings = MadeUp(files, environment: environment).surroundings
        let values = FlagValues(
            arguments, of: Settings.flags, environment: surroundings.environment, into: &diagnostics)
        let settings = Settings.read(values, surroundings: surroundings, into: &diagnostics)
        return (settings, diagnostics.all.map(\.line))
    }

    static let token = "a-token-of-thirty-two-characters"

    @Test("have the documented defaults")
    func defaults() {
        let (settings, lines) = Self.read([])
        #expect(settings.routes == "routes")
        #expect(settings.ledger == "data/ledger.db")
        #expect(settings.listen.map(\.text) == ["0.0.0.0:8080"])
        #expect(settings.admin.text == "127.0.0.1:8081")
        #expect(settings.adminToken == nil)
        #expect(settings.signing.isEmpty)
        #expect(settings.tls == nil)
        #expect(settings.trustedProxies.isEmpty)
        #expect(!settings.proxyProtocol)
        #expect(!settings.allowPrivate)
        #expect(settings.logLevel == .info)
        #expect(settings.logFormat == .text)
        #expect(
            lines == [
                "warning: --admin-token: not set, so the API answers nobody; "
                    + "set HEADGATE_ADMIN_TOKEN to a long random text"
            ])
    }

    @Test("take warn for warning")
    func warn() { #expect(Self.read(["--log-level", "warn"]).settings.logLevel == .warning) }

    @Test("come from flags")
    func flags() {
        let (settings, lines) = Self.read(
            [
                "--routes", "r", "--ledger=sqlite:l.db", "--listen", "127.0.0.1:1", "--listen", "[::1]:2", "--admin",
                "127.0.0.1:3", "--admin-token", "env:T", "--signing-secret", "file:keys", "--tls-cert", "c",
                "--tls-key",
                "k", "--trusted-proxy", "10.0.0.0/8", "--trusted-proxy", "::1", "--proxy-protocol", "--allow-private",
                "--log-level", "debug", "--log-format", "json",
            ], environment: ["T": Self.token],
            files: ["keys": "\(MadeUp.key) \(MadeUp.key)\n", "c": "pem", "k": "pem"])
        #expect(lines == [])
        #expect(settings.routes == "r")
        #expect(settings.ledger == "l.db")
        #expect(settings.listen.map(\.text) == ["127.0.0.1:1", "[::1]:2"])
        #expect(settings.admin.text == "127.0.0.1:3")
        #expect(settings.adminToken?.text == Self.token)
        #expect(settings.signing.map(\.count) == [24, 24])
        #expect(settings.tls == .init(certificate: "c", key: "k"))
        #expect(settings.trustedProxies.map(\.text) == ["10.0.0.0/8", "::1/128"])
        #expect(settings.proxyProtocol)
        #expect(settings.allowPrivate)
        #expect(settings.logLevel == .debug)
        #expect(settings.logFormat == .json)
    }

    @Test("come from variables, each of them")
    func variables() {
        let (settings, lines) = Self.read(
            [],
            environment: [
                "HEADGATE_ROUTES": "r", "HEADGATE_LEDGER": "l.db", "HEADGATE_LISTEN": "127.0.0.1:1 127.0.0.1:2",
                "HEADGATE_ADMIN": "127.0.0.1:3", "HEADGATE_ADMIN_TOKEN": Self.token,
                "HEADGATE_SIGNING_SECRET": MadeUp.key, "HEADGATE_TLS_CERT": "c", "HEADGATE_TLS_KEY": "k",
                "HEADGATE_TRUSTED_PROXY": "10.0.0.1", "HEADGATE_PROXY_PROTOCOL": "true",
                "HEADGATE_ALLOW_PRIVATE": "1", "HEADGATE_LOG_LEVEL": "error", "HEADGATE_LOG_FORMAT": "json",
            ], files: ["c": "pem", "k": "pem"])
        #expect(lines == [])
        #expect(settings.routes == "r")
        #expect(settings.ledger == "l.db")
        #expect(settings.listen.map(\.text) == ["127.0.0.1:1", "127.0.0.1:2"])
        #expect(settings.admin.text == "127.0.0.1:3")
        #expect(settings.adminToken?.text == Self.token)
        #expect(settings.signing.count == 1)
        #expect(settings.tls == .init(certificate: "c", key: "k"))
        #expect(settings.trustedProxies.map(\.text) == ["10.0.0.1/32"])
        #expect(settings.proxyProtocol)
        #expect(settings.allowPrivate)
        #expect(settings.logLevel == .error)
        #expect(settings.logFormat == .json)
    }

    @Test("have a variable for every flag, named after it")
    func names() {
        for flag in Settings.flags {
            let name = flag.name.dropFirst(2).uppercased().split(separator: "-").joined(separator: "_")
            #expect(flag.variable == "HEADGATE_\(name)")
        }
    }

    static let problems: [([String], String)] = [
        (
            ["--listen", "8080"],
            #"error: --listen: "8080" is no address and port; write one such as 0.0.0.0:8080 or [::1]:8080"#
        ),
        (
            ["--listen", "::1:8080"],
            #"error: --listen: "::1:8080" is no address and port; write one such as 0.0.0.0:8080 or [::1]:8080"#
        ),
        (
            ["--listen", "127.0.0.1:1", "--listen", "127.0.0.1:1"],
            "error: --listen: 127.0.0.1:1 is given twice; keep one of them"
        ),
        (
            ["--listen", "127.0.0.1:8081"],
            "error: --admin: 127.0.0.1:8081 is also where webhooks come in; give each its own port"
        ),
        (
            ["--quarantine-requests", "-1"],
            #"error: --quarantine-requests: "-1" is not from 0 to 1000000; write one such as 10000"#
        ),
        (
            ["--quarantine-size", "64"],
            #"error: --quarantine-size: "64" is not from 1MiB to 16GiB; write one such as 64MiB"#
        ),
        (
            ["--quarantine-age", "long"],
            #"error: --quarantine-age: "long" is not from 1m to 365d; write one such as 7d"#
        ),
        (
            ["--ledger", "postgres://db/x"],
            #"error: --ledger: this build has no ledger of the kind "postgres"; write a path, or sqlite:PATH"#
        ),
        (["--ledger", "sqlite:"], "error: --ledger: names nothing; write a path"),
        (["--routes", ""], "error: --routes: is empty; write --routes DIR, or leave it out"),
        (["--tls-cert", "c"], "error: --tls-cert: a certificate and its key belong together; give both"),
        (
            ["--tls-cert", "c", "--tls-key", "none"],
            "error: --tls-key: file none does not exist; name a PEM file this user can read"
        ),
        (
            ["--trusted-proxy", "10.0.0.0/33"],
            #"error: --trusted-proxy: "10.0.0.0/33" is no address and no range; write one such as 10.0.0.0/8"#
        ),
        (
            ["--trusted-proxy", "0.0.0.0/0"],
            "warning: --trusted-proxy: everybody is trusted, and may name any source address; name the proxy's own addresses"
        ),
        (
            ["--trusted-proxy", "::/0"],
            "warning: --trusted-proxy: everybody is trusted, and may name any source address; name the proxy's own addresses"
        ),
        (
            ["--proxy-protocol"],
            "error: --proxy-protocol: without a trusted proxy anybody could name a source address; name the proxy's address with --trusted-proxy"
        ),
        (["--log-level", "inof"], #"error: --log-level: "inof" is not known; did you mean info?"#),
        (["--log-format", "xml"], #"error: --log-format: "xml" is not known; write one of text, json"#),
        (
            ["--signing-secret", "env:NOT"],
            "error: --signing-secret: variable NOT is not set; set it in the gateway's environment"
        ),
        (
            ["--signing-secret", "env:WRONG"],
            "error: --signing-secret: a secret is not base 64 after whsec_; write whsec_ and the base 64 of 24 to 64 random bytes, as `headgate secrets new` prints it"
        ),
        (["--admin-token", "env:SHORT"], "warning: --admin-token: shorter than 16 bytes; use 32 random ones or more"),
        (
            ["--admin-token", "env:CONTROL"],
            "error: --admin-token: holds a character that no header may; use printable ASCII"
        ),
        (
            ["--admin-token", token],
            "warning: --admin-token: every user of this machine can read arguments; write env:NAME or file:PATH instead"
        ),
        (["--lisetn", "x"], #"error: "--lisetn": unknown flag; did you mean --listen?"#),
    ]

    @Test("say what is wrong and the cure", arguments: problems)
    func diagnostics(_ arguments: [String], _ line: String) {
        var environment = ["WRONG": "whsec_!", "SHORT": "abc", "CONTROL": "sixteen bytes or\u{7f}"]
        if !arguments.contains("--admin-token") { environment["HEADGATE_ADMIN_TOKEN"] = Self.token }
        #expect(Self.read(arguments, environment: environment, files: ["c": "pem"]).lines == [line])
    }

    @Test("warn of a variable that is nearly one of ours, and of no other")
    func nearVariables() {
        let lines = Self.read(
            [],
            environment: [
                "HEADGATE_ADMIN_TOKEN": Self.token, "HEADGATE_LISTN": "x", "HEADGATE_DEMO": "x", "HEADGATE_SECRET": "x",
                "HEADGATE_HURUPAY_KEY": "x",
            ]
        ).lines
        #expect(lines == ["warning: HEADGATE_LISTN: this variable is not read; did you mean HEADGATE_LISTEN?"])
    }

    @Test("show no secret in a diagnostic")
    func secrets() {
        let canary = "whsec_canary-7f3a"
        let lines =
            Self.read(["--signing-secret", canary, "--admin-token", canary]).lines
            + Self.read(["--sining-secret", canary]).lines + Self.read(["--admin-tokn=\(canary)"]).lines
            + Self.read([], environment: ["HEADGATE_SIGNING_SECRET": canary]).lines
        #expect(lines.count >= 5)
        #expect(!lines.contains { $0.contains("canary") })
    }
}
