import Config
import Domain
import Routes
import Testing

@Suite("The shipped routes") struct ShippedRoutesTests {
    static let directory = "routes"

    static let environment = [
        "ALFRED_SECRET": "secret", "FLUXVEND_API_KEY": "key", "FLUXVEND_API_SECRET": "secret", "INCODE_TOKEN": "token",
        "INCODE_CLIENT_ID": "client", "INCODE_CLIENT_SECRET": "a-long-enough-client-secret",
        "CRIPTOLADRILLO_SECRET": "secret", "HURUPAY_PUBKEY": publicKey,
    ]

    static func load(_ purpose: RouteTable.Purpose, without variable: String? = nil) -> LoadedRoutes {
        // Tests run in the package's directory.
        RouteTable.load(
            directory: directory, surroundings: Surroundings(environment: environment.filter { $0.key != variable }),
            signing: MadeUp.signing, purpose: purpose)
    }

    @Test("pass the check, apart from honest warnings about the two that are not signed")
    func check() {
        let loaded = Self.load(.check)
        let warning =
            "verify: only the source address proves who sent a request; have subscribers ask the provider before they act"
        let local =
            "allow: whoever reaches a proxy on this machine is believed; "
            + "remove this machine's addresses, or have serve know the proxy by --trusted-proxy"
        #expect(
            loaded.diagnostics.all.map(\.line) == [
                "warning: routes/fluxvend-monnify.json5: \(warning)",
                "warning: routes/fluxvend-monnify.json5: \(local)",
                "warning: routes/fluxvend-opay.json5: \(warning)", "warning: routes/fluxvend-opay.json5: \(local)",
            ])
        #expect(
            loaded.table?.routes.map(\.name) == [
                "alfred", "criptoladrillo", "fluxvend", "fluxvend-monnify", "fluxvend-opay", "hurupay", "incode",
            ])
    }

    @Test("have two subscribers each, on the documented ports")
    func subscribers() throws {
        for route in try #require(Self.load(.serve).table).routes {
            #expect(route.subscribers.map(\.url.port) == [9001, 9002])
            #expect(route.subscribers.allSatisfy { $0.held == nil })
        }
    }

    @Test("close the one route whose secret is missing", arguments: environment.keys.sorted())
    func missing(_ variable: String) throws {
        let table = try #require(Self.load(.serve, without: variable).table)
        let closed = table.routes.filter {
            if case .unavailable = $0.state { true } else { false }
        }
        #expect(closed.count == 1)
        #expect(variable.lowercased().hasPrefix(closed.first?.name ?? "?"))
    }
}
