import Config
import Crypto
import Domain
import Routes
import Signatures
import Testing

@testable import headgate

extension Preset: CustomTestStringConvertible {
    public var testDescription: String { name }
}

@Suite("headgate providers", .timeLimit(.minutes(2)))
struct ProvidersTests {
    private func told(_ words: [String], width: Int = 80) -> (status: headgate.ExitStatus, written: Written) {
        let written = Written()
        let console = Console(width: width) { written.add($1, to: $0) }
        return (
            CommandTable.headgate.run(words, surroundings: Surroundings(environment: [:]), console: console), written
        )
    }

    @Test(arguments: Preset.all)
    func `show prints a route that check accepts once its secrets are set`(_ preset: Preset) throws {
        let (status, written) = told(["providers", "show", preset.name])
        #expect(status == .success)
        var environment: [String: String] = [:]
        let outline = VerifierOutline(preset.node)
        let start = RouteStart(preset)
        let made = try MadeSecrets(outline)
        for (name, value) in made.texts { environment[start.variable(name)] = value }
        for name in ProviderCard(preset).handshakeSecrets { environment[start.variable(name)] = "a-token-of-mine" }
        for name in ["CLIENT_ID", "CLIENT_SECRET"] { environment[start.variable(name)] = "0123456789abcdef" }
        let text = written.output
        let loaded = RouteTable.load(
            directory: "routes",
            surroundings: Surroundings(
                environment: environment, readFile: { _, _ in .success(Array(text.utf8)) },
                fileNames: { _ in .success(["\(preset.name).json5"]) }),
            signing: [Secret(Array(repeating: 7, count: 32))], purpose: .check)
        // What no route of this provider can help: that it proves little, or names no id.
        let honest = [
            "only the source address proves", "an old request can be sent again", "nothing proves who sent a request",
        ]
        let lines = loaded.diagnostics.all.map(\.line).filter { line in !honest.contains(where: line.contains) }
        #expect(lines == [])
        let route = try #require(loaded.table?.routes.first)
        #expect(route.preset == preset.name || outline.schemes == ["token", "jwt-hs256"])
        #expect(route.handshakes.isEmpty == (preset.handshake == nil))
        guard case .ready = route.state else { return #expect(Bool(false), "closed") }
    }

    @Test(arguments: Preset.all)
    func `a route file can say itself what the preset says`(_ preset: Preset) throws {
        func answer(_ ack: Preset.Acknowledgement) -> String {
            guard ack.status != 204 else { return "{ status: 204 }" }
            let type = ack.type.map { ", type: '\($0)'" } ?? ""
            return "{ status: \(ack.status)\(type), body: '\(ack.body)' }"
        }
        var members = ["verify: \(preset.verify)", "ack: \(answer(preset.ack))", "allow: ['203.0.113.0/24']"]
        if let refusal = preset.refusal { members.append("reject: \(answer(refusal))") }
        if let handshake = preset.handshake { members.append("handshake: \(handshake)") }
        if preset.repeatsBodies { members.append("dedup: 'off'") }
        let event = [preset.id.map { "id: '\($0)'" }, preset.type.map { "type: '\($0)'" }].compactMap { $0 }
        members.append("event: { \(event.joined(separator: ", ")) }")
        let texts = try MadeSecrets(VerifierOutline(preset.node)).texts
        let names = Set(texts.keys).union(ProviderCard(preset).handshakeSecrets)
            .subtracting(["TOKENS_CLIENT_SECRET"]).sorted()
        members.append("secrets: { \(names.map { "\($0): 'env:\($0)'" }.joined(separator: ", ")) }")
        func route(_ members: [String]) throws -> RouteConfig {
            let text = "{ publicUrl: 'https://h.example.com/p', subscribers: [], \(members.joined(separator: ", ")) }"
            let loaded = RouteTable.load(
                directory: "routes",
                surroundings: Surroundings(
                    environment: texts.merging(["VERIFY_TOKEN": "a-token-of-mine"]) { $1 },
                    readFile: { _, _ in .success(Array(text.utf8)) }, fileNames: { _ in .success(["p.json5"]) }),
                signing: [Secret(Array(repeating: 7, count: 32))], purpose: .serve)
            #expect(loaded.diagnostics.all.filter { $0.severity == .error }.map(\.line) == [])
            return try #require(loaded.table?.routes.first)
        }
        let written = try route(members)
        let named = try route(["verify: '\(preset.name)'", members[2], members[members.count - 1]])
        #expect(written.preset == nil && named.preset == preset.name || preset.name == "incode")
        #expect(written.ack.status == named.ack.status && written.ack.body == named.ack.body)
        #expect(written.reject?.status == named.reject?.status && written.dedup == named.dedup)
        #expect(written.handshakes.count == named.handshakes.count)
        if case .ready(let own) = written.state, case .ready(let known) = named.state {
            #expect(own.verifier.coverage == known.verifier.coverage)
            #expect(own.verifier.hasReplayWindow == known.verifier.hasReplayWindow)
            #expect(own.verifier.secretNames == known.verifier.secretNames)
            #expect((own.id == nil) == (known.id == nil) && (own.type == nil) == (known.type == nil))
        } else {
            // Its keys would have to be said where they are, which no preset says either.
            #expect(VerifierOutline(preset.node).needsKeyURL || preset.name == "incode")
        }
    }

    @Test(arguments: Preset.all)
    func `show says what the preset rests on`(_ preset: Preset) {
        let output = told(["providers", "show", preset.name]).written.output
        #expect(output.contains("// Rests on assumption: ") == (preset.manners.assumes != nil))
        #expect(output.replacing("\n// ", with: " ").contains("Documentation: \(preset.docs ?? "none is public")"))
        #expect(output.contains("// Secret: "), "where is it found?")
    }

    @Test func `what rests on assumption is known to be so`() {
        let assuming = Set(Preset.all.filter { $0.manners.assumes != nil }.map(\.name))
        #expect(
            assuming.isSuperset(of: ["klarna", "alfred-readme", "flutterwave", "gitlab-signing-token", "mercadopago"]))
    }

    @Test func `the list leaves nothing out where there is room`() throws {
        let lines = told(["providers"], width: .max).written.output.split(separator: "\n").map(String.init)
        for title in ["SECRETS", "WINDOW", "PROVES", "ID", "ACK", "WAITS", "RETRIES", "DOCUMENTATION"] {
            #expect(lines[0].contains(title))
        }
        for preset in Preset.all {
            let line = try #require(lines.first { $0.hasPrefix(preset.name + " ") })
            for text in [preset.manners.waits, preset.manners.retries] {
                #expect(line.contains(text ?? "not documented"))
            }
            #expect(line.hasSuffix(preset.docs ?? "none is public"))
        }
    }

    @Test func `the list shows less the narrower the terminal is`() {
        let titles = [80, 120, 160, 240].map { width in
            told(["providers"], width: width).written.output.prefix { $0 != "\n" }.split(separator: "  ").count
        }
        #expect(titles == [6, 8, 10, 11])
    }

    @Test(arguments: [80, 132, 160, 240])
    func `the list names every provider and fits`(_ width: Int) {
        let (status, written) = told(["providers"], width: width)
        #expect(status == .success)
        let lines = written.output.split(separator: "\n")
        #expect(lines.dropFirst().map { String($0.prefix { $0 != " " }) } == Preset.names.sorted())
        #expect(lines.allSatisfy { $0.count <= width })
    }

    @Test func `the list in JSON is one object a line`() throws {
        let lines = told(["providers", "--json"]).written.output.split(separator: "\n")
        #expect(lines.count == Preset.all.count)
        let stripe = try #require(lines.first { $0.hasPrefix(#"{"name":"stripe""#) })
        for part in [
            #""schemes":["hmac-sha256"]"#, #""signatureIn":["header:Stripe-Signature"]"#,
            #""secrets":[{"name":"SECRET","form":"text"}]"#, #""windowSeconds":300"#, #""id":"json:id""#,
            #""verified":"full""#,
        ] { #expect(stripe.contains(part)) }
    }

    @Test func `a name that is misspelt is refused with the nearest one`() {
        let (status, written) = told(["providers", "show", "strip"])
        #expect(status == .usage)
        #expect(written.complaints == "headgate: \"strip\" is no provider that is known; did you mean stripe?\n")
    }
}
