internal import Config
internal import Domain
internal import Net
internal import Routes
internal import Signatures

extension Command {
    static let check = Command(
        "check", "say what is wrong with routes and settings",
        about: """
            Reads the settings and every route file as serve would, and starts nothing. Prints one diagnostic a line: what \
            is wrong, where, and the cure. Exit status 0, or 1 when something is wrong.
            """,
        flags: Settings.flags + [Flag("--strict", nil, "Warnings count as errors.")],
        examples: ["headgate check", "headgate check --routes /etc/headgate/routes --strict"]
    ) { call in
        var diagnostics = Diagnostics()
        let settings = Settings.read(call.values, surroundings: call.surroundings, into: &diagnostics)
        let loaded = RouteTable.load(
            directory: settings.routes, surroundings: call.surroundings, signing: settings.signing, purpose: .check)
        let certificates =
            CertificateCheck(call)?.diagnostics(at: SystemClock().wall(), call.surroundings.readFile) ?? []
        let places = PlacesCheck(call: call, settings: settings).diagnostics
        let found = diagnostics.all + certificates + places + loaded.diagnostics.all
        for diagnostic in found { call.console.print(diagnostic.line) }
        let errors = found.count { $0.severity == .error }
        if errors > 0 || call.isOn("--strict") && !found.isEmpty { return .failure }
        let routes = loaded.table?.routes ?? []
        let subscribers = routes.reduce(0) { $0 + $1.subscribers.count }
        call.console.print(
            "ok: \(counted(routes.count, "route")) with \(counted(subscribers, "subscriber")) in \(settings.routes)")
        for coverage in [Coverage.partial, .address, .none] {
            let names = routes.filter { $0.coverage == coverage }.map(\.name)
            if !names.isEmpty {
                call.console.print("headgate-verified: \(coverage.text): \(names.joined(separator: ", "))")
            }
        }
        return .success
    }
}

private func counted(_ count: Int, _ thing: String) -> String { "\(count) \(thing)\(count == 1 ? "" : "s")" }

extension RouteConfig {
    /// The least that is proven of an event; nil while the route takes none.
    fileprivate var coverage: Coverage? {
        if case .ready(let proof) = state { proof.verifier.coverage } else { nil }
    }
}
