import Crypto
import Domain
import Net
import Routes
import Signatures
import Testing

@Suite("A route that was changed beside its file", .timeLimit(.minutes(1)))
struct RouteOverlayTests {
    private func added(_ label: String, _ values: [String: String]) -> AddedSecrets {
        AddedSecrets(label: label, values: values.mapValues { Secret($0) })
    }

    private static let open = MadeUp.route(
        #"verify: "bitbucket", secrets: { SECRET: ["env:A", "env:B"] }, allow: ["192.0.2.0/24"], types: { a: "*" }"#,
        environment: ["A": "one", "B": "two"])

    @Test func `has the secrets of both, each by its label`() throws {
        let written = try #require(Self.open.only(.serve))
        let (route, problem) = written.overlaid(by: RouteOverlay(added: [added("partner", ["SECRET": "three"])]))
        #expect(problem == nil)
        #expect(route.liveSecrets.map(\.label) == ["SECRET[0]", "SECRET[1]", "SECRET:partner"])
        #expect(route.liveSecrets.map(\.secret.text) == ["one", "two", "three"])
        #expect(route.liveSecrets.map(\.credential) == [nil, nil, "partner"])
        #expect(route.secretNames == ["SECRET"])
        #expect(route.asWritten === written)
        #expect(route.overlaid(by: RouteOverlay()).route === written, "nothing is left of it")
    }

    @Test func `admits other addresses, also where they are its verifier`() throws {
        let written = try #require(Self.open.only(.serve))
        let (route, _) = written.admitting([try #require(IPRange(text: "198.51.100.0/24"))])
        let (old, new) = (IPAddress(v4: 0xc000_0201), IPAddress(v4: 0xc633_6401))
        #expect(written.admits(old) && !written.admits(new))
        #expect(!route.admits(old) && route.admits(new))
        #expect(route.liveSecrets.count == 2)
        let byAddress = MadeUp.route(#"verify: { type: "ip" }, allow: ["192.0.2.0/24"], types: { a: "*" }"#)
        let (other, _) = try #require(byAddress.only(.serve)).admitting([try #require(IPRange(text: "198.51.100.0/24"))]
        )
        let verifier = try Verifier(try #require(other.proof).verifier)
        let sample = SampleRequest(path: "/r", fields: [], body: "")
        let now = WallTime(seconds: 1)
        #expect(
            sample.with { verifier.verify($0, from: new, publicURL: nil, at: now) }
                == .accepted(Proof(coverage: .address, provenBy: "")))
        #expect(sample.with { verifier.verify($0, from: old, publicURL: nil, at: now) } == .refused(.address))
    }

    @Test func `is opened by a secret that its file lacks, and by nothing else`() throws {
        let closed = MadeUp.route(#"verify: "bitbucket", secrets: { SECRET: "env:NOT" }, types: { a: "*" }"#)
        let written = try #require(closed.only(.serve))
        #expect(written.proof == nil)
        #expect(written.overlaid(by: RouteOverlay(added: [added("a", ["SECRET": "x"])])).route.proof != nil)
        let (route, problem) = written.overlaid(by: RouteOverlay(added: [added("a", ["OTHER": "x"])]))
        #expect(route.proof == nil && problem != nil && route.liveSecrets.isEmpty)
    }

    @Test func `stays closed when something besides its secrets is wrong`() throws {
        let closed = MadeUp.route(
            #"verify: "incode", secrets: { TOKEN: "env:S" }, tokens: { clientId: "c", clientSecret: "env:NOT" }, types: { a: "*" }"#
        )
        let written = try #require(closed.only(.serve))
        let (route, problem) = written.overlaid(by: RouteOverlay(added: [added("a", ["TOKEN": "x"])]))
        #expect(route.proof == nil && problem != nil)
    }

    @Test func `keeps the credentials that fit when one does not`() throws {
        let key = MadeUp.route(
            #"verify: "hurupay", secrets: { PUBKEY: "file:key" }, types: { a: "*" }"#)
        var world = key
        world.files["routes/key"] = publicKey
        let written = try #require(world.only(.serve))
        let overlay = RouteOverlay(added: [
            added("wrong", ["PUBKEY": "canary-4711"]), added("right", ["PUBKEY": publicKey]),
        ])
        let (route, problem) = written.overlaid(by: overlay)
        #expect(route.added.map(\.label) == ["right"])
        #expect(problem?.contains("wrong") == true && problem?.contains("canary-4711") == false)
    }

    @Test func `that is disabled keeps everything else`() throws {
        let written = try #require(Self.open.only(.serve))
        let (route, _) = written.overlaid(by: RouteOverlay(disabled: "leaked"))
        #expect(route.disabled == "leaked" && written.disabled == nil)
        #expect(route.proof != nil && route.name == written.name && route.path == written.path)
        #expect(route.allow == written.allow)
    }

    @Test func `stays changed while another secret of its file is tried`() throws {
        let world = MadeUp.route(
            #"verify: "bitbucket", secrets: { SECRET: "env:A" }, types: { a: "*" }"#, environment: ["A": "one"])
        let overlay = RouteOverlay(
            allow: [try #require(IPRange(text: "198.51.100.0/24"))], added: [added("partner", ["SECRET": "two"])])
        let route = try #require(world.only(.serve)).overlaid(by: overlay).route
        let trial = try route.trying(CandidateSecret(name: nil, value: Secret("three")), world.surroundings)
        #expect(trial.liveSecrets.map(\.secret.text) == ["three", "two"])
        #expect(trial.allow == route.allow)
    }

    @Test func `is tried out before a credential is added`() throws {
        let written = try #require(Self.open.only(.serve))
        #expect(try written.adding(["SECRET": Secret("x")], as: "new").added.map(\.label) == ["new"])
        #expect(throws: CandidateProblem.self) { try written.adding(["OTHER": Secret("x")], as: "new") }
        #expect(throws: CandidateProblem.self) { try written.adding(["SECRET": Secret("")], as: "new") }
    }
}
