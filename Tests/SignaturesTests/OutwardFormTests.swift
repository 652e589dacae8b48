import Config
import Crypto
import Domain
import Testing

@testable import Signatures

@Suite("A delivery in a provider's form") struct OutwardFormTests {
    private let now = WallTime(seconds: 1_800_000_000)
    private let url = "https://receiver.example.com/in"
    private let body = Array(#"{"id":"1","amount":1000.00}"#.utf8)

    /// Those whose signatures stand in a field and cover the body.
    static let names = [
        "adyen-header", "bitbucket", "box", "cashfree", "checkout", "circle", "coinbase-cdp-v0", "coinbase-commerce",
        "criptoladrillo", "discord", "dropbox", "fluxvend", "fluxvend-java", "fluxvend-node", "flutterwave", "github",
        "github-sha1", "gocardless", "hubspot-v3", "hurupay", "hurupay-auto", "hurupay-go", "intercom", "jira",
        "klarna",
        "meta", "mollie", "monnify", "mux", "notion", "pagerduty", "paddle", "paystack", "quickbooks", "razorpay",
        "sendgrid", "sentry", "shopify", "slack", "square", "stripe", "svix", "twitter", "wise", "workos", "xero",
        "zoom",
    ]

    @Test("is accepted by that provider's verifier, body and URL unchanged", arguments: names)
    func roundTrip(_ name: String) throws {
        let preset = try #require(Preset.named(name))
        let made = try TestSecrets(VerifierOutline(preset.node))
        var diagnostics = Diagnostics()
        let given = name == "svix" ? [try #require(field("svix-id", "{id}"))] : []
        let form = try #require(
            OutwardForm(preset.node, secrets: made.table, privateKey: made.key, fields: given, into: &diagnostics),
            "\(diagnostics.all.map(\.line))")
        let fields = body.withUnsafeBytes { form.fields(id: "evt_1", type: "t", body: $0, url: url, at: now) }
        #expect(Set(fields.map { $0.name.lowercased() }) == form.fieldNames)
        let spec = try #require(read(preset.node, made.table).spec)
        let result = try ProviderRequest(url: url, fields: fields, body: body).withView {
            try Verifier(spec).verify($0, from: .unspecified, publicURL: url, at: now)
        }
        #expect(result.isAccepted, "\(result)")
    }

    @Test("needs no public half beside the private one")
    func ownKey() throws {
        var diagnostics = Diagnostics()
        let form = OutwardForm(
            ConfigNode(.string("hurupay"), file: "t"), secrets: [:], privateKey: try TestKeys.one(.rsa), fields: [],
            into: &diagnostics)
        #expect(form?.fieldNames == ["x-webhook-signature"])
    }

    @Test("names the event and its time")
    func words() throws {
        var diagnostics = Diagnostics()
        let given = [try #require(field("X-A", "{type}/{id}@{timestamp}"))]
        let form = try #require(
            OutwardForm(
                ConfigNode(.string("github"), file: "t"), secrets: ["SECRET": [Secret("k")]], privateKey: nil,
                fields: given,
                into: &diagnostics))
        let fields = body.withUnsafeBytes { form.fields(id: "evt_1", type: "push", body: $0, url: url, at: now) }
        #expect(fields.contains(.init("X-A", "push/evt_1@1800000000")))
        func makes(_ name: String) -> Bool { Array(name.utf8).withUnsafeBytes { form.makes(field: $0) } }
        #expect(makes("x-hub-SIGNATURE-256") && makes("x-a") && !makes("x-hub-signature"))
    }

    @Test(
        "is refused where it would change the body, or sign nothing of it",
        arguments: [
            ("alfred", "puts its signature into the body, which is never changed"),
            ("linear", "has its timestamp in the body, which is never changed"),
            ("mercadopago", "signs parts of the request alone"), ("gitlab", "signs no body"),
            ("mpesa", "signs no body"),
            ("svix", "signs the header svix-id, which a delivery has not"),
            ("coinbase-cdp", "signs parts of the request alone"),
        ])
    func refused(_ name: String, _ problem: String) throws {
        let preset = try #require(Preset.named(name))
        let made = try TestSecrets(VerifierOutline(preset.node))
        var diagnostics = Diagnostics()
        #expect(
            OutwardForm(preset.node, secrets: made.table, privateKey: made.key, fields: [], into: &diagnostics) == nil)
        #expect(diagnostics.all.map(\.problem) == [problem])
    }

    @Test("is refused without the private half of its key")
    func noKey() throws {
        var diagnostics = Diagnostics()
        let secrets: SecretTable = ["PUBKEY": [Secret(try TestKeys.one(.rsa).publicPEM)]]
        let form = OutwardForm(
            ConfigNode(.string("wise"), file: "t"), secrets: secrets, privateKey: nil, fields: [], into: &diagnostics)
        #expect(form == nil)
        #expect(diagnostics.all.first?.problem.hasPrefix("cannot be signed: ") == true)
    }

    @Test("has fields of text, id, type and time alone", arguments: ["{body}", "{secret:A}", "a\nb", "ä", "{id"])
    func text(_ text: String) { #expect(field("X", text) == nil) }

    private func field(_ name: String, _ text: String) -> OutwardForm.GivenField? {
        var diagnostics = Diagnostics()
        return OutwardForm.GivenField(name, ConfigNode(.string(text), file: "t"), into: &diagnostics)
    }
}
